UNIT += identity/certificate_test identity/der_test identity/hosts_test

identity = $(1:%=$(OUT)/firmware/identity/%.o)

identity/certificate_test_OBJECTS = $(call identity,certificate der hosts pem)
identity/certificate_test_SRCS = base/base64.c base/log.c base/wipe.c base/status.c \
    crypto/digest.c crypto/p256.c crypto/random.c crypto/sha_blocks.c
identity/certificate_test_LIBS = bearssl
identity/der_test_OBJECTS = $(call identity,der)
identity/hosts_test_OBJECTS = $(call identity,hosts)
