UNIT += \
    intake/budget_test \
    intake/delivery_test \
    intake/identity_test \
    intake/keyfile_test \
    intake/seal_test \
    intake/session_test

intake/budget_test_SRCS   = intake/budget.c
intake/identity_test_SRCS = intake/identity.c base/wipe.c base/log.c $(crypto_SRCS:%=crypto/%)
intake/identity_test_LIBS = bearssl
intake/identity_test_FAKES = reports.c
intake/keyfile_test_SRCS  = intake/keyfile.c crypto/random.c base/log.c
intake/session_test_SRCS  = \
    base/log.c \
    base/wipe.c \
    intake/budget.c \
    intake/region.c \
    intake/session.c \
    wire/mllp.c \
    wire/scan.c
intake/session_test_FAKES = conn_fake.c
intake/session_test_LIBS  = uv

intake/seal_test_SRCS = \
    base/base64.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    $(crypto_SRCS:%=crypto/%) \
    $(fhir_SRCS:%=fhir/%) \
    intake/region.c \
    intake/seal.c \
    $(jose_SRCS:%=jose/%)
intake/seal_test_FAKES = reports.c
intake/seal_test_LIBS = bearssl

intake/delivery_test_SRCS = \
    $(intake/seal_test_SRCS) \
    base/arena.c \
    base/hex.c \
    base/status.c \
    intake/budget.c \
    intake/delivery.c \
    intake/identity.c \
    ipc/messages.c
intake/delivery_test_FAKES = reports.c
intake/delivery_test_LIBS = uv bearssl
