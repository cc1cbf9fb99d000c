UNIT += \
    jose/concat_kdf_test \
    jose/json_header_test \
    jose/jwe_test \
    jose/jwk_test \
    jose/jws_test

# What a key and a digest need.
jose_test_P256 := \
    base/base64.c \
    base/log.c \
    base/wipe.c \
    crypto/digest.c \
    crypto/p256.c \
    crypto/random.c \
    crypto/sha_blocks.c

jose/concat_kdf_test_SRCS = $(jose_test_P256) jose/concat_kdf.c
jose/concat_kdf_test_LIBS = bearssl

jose/json_header_test_SRCS = jose/json_header.c

jose/jwe_test_SRCS = $(jose_test_P256) \
    base/json_writer.c \
    crypto/aead.c \
    jose/compact.c \
    jose/concat_kdf.c \
    jose/json_header.c \
    jose/jwe.c \
    jose/jwk.c
jose/jwe_test_LIBS = bearssl

jose/jwk_test_SRCS = $(jose_test_P256) base/json_writer.c jose/jwk.c
jose/jwk_test_LIBS = bearssl

jose/jws_test_SRCS = $(jose_test_P256) \
    base/json_writer.c \
    jose/compact.c \
    jose/json_header.c \
    jose/jwk.c \
    jose/jws.c
jose/jws_test_LIBS = bearssl
