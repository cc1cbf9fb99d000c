# The provider of gateway/crypto/sqlcipher_provider.c: alone against published
# vectors, under SQLCipher, and beside other readers and writers of its files.
UNIT += sqlcipher/provider_test

sqlcipher_provider_OBJECTS := base/log.c base/status.c base/wipe.c crypto/random.c \
    crypto/sqlcipher_provider.c

sqlcipher/provider_test_SRCS = base/hex.c $(sqlcipher_provider_OBJECTS)
sqlcipher/provider_test_LIBS = sqlcipher bearssl

UNIT += sqlcipher/interop_test
sqlcipher/interop_test_SRCS = $(sqlcipher_provider_OBJECTS)
sqlcipher/interop_test_LIBS = sqlcipher bearssl
