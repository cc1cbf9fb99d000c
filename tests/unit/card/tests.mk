UNIT += \
    card/issue_test \
    card/symbols_test \
    card/vectors_test

card/symbols_test_SRCS = card/symbols.c crypto/random.c base/log.c base/wipe.c

card/issue_test_SRCS = \
    base/base64.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    card/derive.c \
    card/issue.c \
    card/symbols.c \
    crypto/aead.c \
    crypto/digest.c \
    crypto/p256.c \
    crypto/random.c \
    crypto/sha_blocks.c \
    jose/jwk.c
card/issue_test_LIBS = bearssl

card/vectors_test_SRCS = \
    base/base64.c \
    base/hex.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    card/derive.c \
    card/symbols.c \
    crypto/aead.c \
    crypto/digest.c \
    crypto/p256.c \
    crypto/random.c \
    crypto/sha_blocks.c \
    jose/compact.c \
    jose/concat_kdf.c \
    jose/json_header.c \
    jose/jwe.c \
    jose/jwk.c \
    jose/jws.c
card/vectors_test_LIBS = bearssl jansson
