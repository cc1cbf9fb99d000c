UNIT += \
    crypto/aead_test \
    crypto/constant_time_test \
    crypto/digest_test \
    crypto/md5_test \
    crypto/p256_test \
    crypto/sha_blocks_test

crypto/aead_test_SRCS = \
    base/hex.c \
    base/log.c \
    base/wipe.c \
    crypto/aead.c \
    crypto/random.c
crypto/aead_test_LIBS = bearssl

crypto/constant_time_test_SRCS = \
    base/log.c \
    crypto/constant_time.c \
    crypto/random.c

crypto/digest_test_SRCS = base/hex.c base/wipe.c crypto/digest.c \
    crypto/sha_blocks.c
crypto/digest_test_LIBS = bearssl

crypto/p256_test_SRCS = \
    base/hex.c \
    base/log.c \
    base/wipe.c \
    crypto/digest.c \
    crypto/p256.c \
    crypto/random.c \
    crypto/sha_blocks.c
crypto/p256_test_LIBS = bearssl

crypto/sha_blocks_test_SRCS = \
    base/wipe.c \
    crypto/digest.c \
    crypto/sha_blocks.c
crypto/sha_blocks_test_LIBS = bearssl

crypto/md5_test_SRCS = crypto/md5.c
crypto/md5_test_LIBS = bearssl
