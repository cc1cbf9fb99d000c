UNIT += wire/cda_test
wire/cda_test_SRCS = base/arena.c base/log.c base/wipe.c wire/cda.c wire/cda_tree.c
wire/cda_test_LIBS = expat

UNIT += wire/charset_test
wire/charset_test_SRCS = wire/charset.c wire/charset_tables.c wire/scan.c

UNIT += wire/ed_test
wire/ed_test_SRCS = wire/ed.c wire/hl7.c wire/scan.c

UNIT += wire/hl7_ack_test
wire/hl7_ack_test_SRCS = wire/hl7_ack.c

UNIT += wire/hl7_number_test
wire/hl7_number_test_SRCS = wire/hl7_number.c

UNIT += wire/hl7_test
wire/hl7_test_SRCS = wire/hl7.c wire/hl7_escape.c wire/scan.c

UNIT += wire/hl7_time_test
wire/hl7_time_test_SRCS = wire/hl7_time.c base/zone.c

UNIT += wire/hprim_medecin_test
wire/hprim_medecin_test_SRCS = wire/hprim_medecin.c wire/scan.c

UNIT += wire/hprim_test
wire/hprim_test_SRCS = wire/hl7.c wire/hprim.c wire/scan.c

UNIT += wire/http_test
wire/http_test_SRCS = wire/http.c wire/http_response.c base/status.c
wire/http_test_LIBS = picohttpparser

UNIT += wire/ins_test
wire/ins_test_SRCS = wire/ins.c

UNIT += wire/mllp_test
wire/mllp_test_SRCS = wire/mllp.c wire/scan.c

UNIT += wire/pdf_test
wire/pdf_test_SRCS = wire/pdf.c

UNIT += wire/scan_test
wire/scan_test_SRCS = wire/scan.c

UNIT += wire/hl7_batch_test
wire/hl7_batch_test_SRCS = wire/hl7.c wire/hl7_ack.c wire/hl7_batch.c wire/scan.c

UNIT += wire/utf16_test
wire/utf16_test_SRCS = wire/charset.c wire/charset_tables.c wire/scan.c wire/utf16.c

UNIT += wire/http_body_test
wire/http_body_test_SRCS = wire/http_body.c

UNIT += wire/json_tree_test
wire/json_tree_test_SRCS = wire/json_tree.c wire/charset.c wire/charset_tables.c wire/scan.c base/arena.c base/wipe.c

UNIT += wire/multipart_test
wire/multipart_test_SRCS = wire/multipart.c

UNIT += wire/gsm7_test
wire/gsm7_test_SRCS = wire/gsm7.c

UNIT += wire/http_answer_test
wire/http_answer_test_SRCS = wire/http_answer.c base/status.c
wire/http_answer_test_LIBS = picohttpparser

UNIT += wire/smtp_test wire/mail_message_test
wire/smtp_test_SRCS         = wire/smtp.c base/base64.c
wire/mail_message_test_SRCS = wire/mail_message.c base/base64.c

UNIT += wire/dsn_test wire/pop3_test wire/sms_template_test
wire/dsn_test_SRCS          = wire/dsn.c
wire/pop3_test_SRCS         = wire/pop3.c
wire/sms_template_test_SRCS = wire/sms_template.c

UNIT += wire/xml_scan_test
wire/xml_scan_test_SRCS = wire/xml_scan.c

UNIT += wire/line_test wire/slip_test
wire/line_test_SRCS = wire/line.c wire/slip.c
wire/slip_test_SRCS = wire/slip.c
