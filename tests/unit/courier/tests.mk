UNIT += courier/texts_test
courier/texts_test_SRCS = courier/texts.c wire/gsm7.c

UNIT += courier/sigv4_test
courier/sigv4_test_SRCS = courier/sigv4.c wire/uri.c crypto/digest.c crypto/sha_blocks.c base/hex.c base/wipe.c
courier/sigv4_test_LIBS = bearssl

UNIT += courier/dialect_test
dialect_SRCS = courier/dialect.c courier/dialect_keystone.c courier/dialect_s3.c courier/dialect_swift.c \
    courier/dialect_text.c courier/sigv4.c config/remote.c config/address.c wire/uri.c wire/json_tree.c \
    wire/charset.c wire/charset_tables.c wire/scan.c crypto/digest.c crypto/sha_blocks.c crypto/md5.c \
    base/arena.c base/base64.c base/hex.c base/json_writer.c base/log.c base/wipe.c
courier/dialect_test_SRCS = $(dialect_SRCS)
courier/dialect_test_LIBS = bearssl

UNIT += courier/http_call_test
courier/http_call_test_SRCS = courier/http_call.c courier/http_head.c courier/http_pool.c wire/http_answer.c wire/http_body.c \
    base/log.c base/wipe.c crypto/digest.c crypto/sha_blocks.c
courier/http_call_test_FAKES = conn_fake.c link_fake.c
courier/http_call_test_LIBS = uv bearssl picohttpparser

UNIT += courier/store_answer_test
courier/store_answer_test_SRCS = courier/store_answer.c wire/http_answer.c
courier/store_answer_test_LIBS = picohttpparser

UNIT += courier/mail_verdict_test courier/sms_verdict_test
courier/mail_verdict_test_SRCS = courier/mail_verdict.c
courier/sms_verdict_test_SRCS  = courier/sms_verdict.c

UNIT += courier/store_test
courier/store_test_SRCS = $(dialect_SRCS) courier/store.c courier/store_answer.c courier/store_login.c wire/http_answer.c base/status.c
courier/store_test_FAKES = http_call_fake.c link_fake.c
courier/store_test_LIBS = uv bearssl picohttpparser

UNIT += courier/courier_test
courier/courier_test_SRCS = courier/courier.c config/remote.c config/address.c base/log.c base/wipe.c
courier/courier_test_LIBS = uv

UNIT += courier/push_test
courier/push_test_SRCS = courier/push.c crypto/digest.c crypto/md5.c crypto/sha_blocks.c base/base64.c base/hex.c \
    base/log.c base/wipe.c
courier/push_test_LIBS = uv bearssl

UNIT += courier/link_test
courier/link_test_SRCS = courier/link.c config/fingerprints.c base/log.c
courier/link_test_FAKES = conn_fake.c
courier/link_test_LIBS = uv

UNIT += courier/s3_answer_test
courier/s3_answer_test_SRCS = courier/s3_answer.c wire/xml_scan.c

UNIT += courier/drop_findings_test
courier/drop_findings_test_SRCS = courier/drop_findings.c courier/dialect_text.c courier/s3_answer.c \
    wire/http_answer.c wire/xml_scan.c
courier/drop_findings_test_LIBS = picohttpparser
