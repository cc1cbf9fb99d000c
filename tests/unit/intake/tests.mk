UNIT += \
    intake/budget_test \
    intake/check_texts_test \
    intake/delivery_test \
    intake/identity_test \
    intake/keyfile_test \
    intake/peers_test \
    intake/refusals_test \
    intake/seal_test \
    intake/session_test

intake/budget_test_SRCS   = intake/budget.c
intake/peers_test_SRCS    = intake/peers.c config/fingerprints.c config/interface.c config/networks.c
intake/identity_test_SRCS = input/fold.c intake/identity.c base/wipe.c base/log.c $(release_SRCS) $(crypto_SRCS:%=crypto/%)
intake/identity_test_LIBS = bearssl
intake/identity_test_FAKES = reports.c
intake/keyfile_test_SRCS  = intake/keyfile.c crypto/random.c base/log.c
intake/session_test_SRCS  = \
    base/log.c \
    base/wipe.c \
    intake/budget.c \
    intake/region.c \
    intake/session.c \
    wire/hl7.c \
    wire/hl7_ack.c \
    wire/hl7_batch.c \
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
    intake/auditor.c \
    intake/deliveries.c \
    intake/delivery.c \
    intake/delivery_answer.c \
    intake/delivery_vault.c \
    intake/facts.c \
    input/fold.c \
    input/hl7_input.c \
    input/hold.c \
    intake/identity.c \
    $(release_SRCS) \
    config/codes.c \
    ipc/messages.c \
    wire/hl7.c \
    wire/hl7_batch.c \
    wire/scan.c
intake/delivery_test_FAKES = reports.c
intake/delivery_test_LIBS = uv bearssl

intake/check_texts_test_SRCS = intake/check_texts.c
intake/refusals_test_SRCS = intake/refusals.c
