UNIT += \
    intake/budget_test \
    intake/fold_test \
    intake/hl7_card_test \
    intake/hl7_patient_test \
    intake/cda_test \
    intake/calendar_test \
    intake/check_texts_test \
    intake/delivery_test \
    intake/hold_test \
    intake/identity_test \
    intake/keyfile_test \
    intake/parse_report_test \
    intake/parse_samples_test \
    intake/parse_test \
    intake/parse_text_test \
    intake/parse_value_test \
    intake/parse_version_test \
    intake/release_matrix_test \
    intake/release_test \
    intake/refusals_test \
    intake/seal_test \
    intake/session_test

# The release matrix, and what that needs.
release_SRCS = \
    intake/calendar.c \
    intake/release.c \
    intake/release_genetics.c \
    wire/hl7_zone.c

intake/budget_test_SRCS   = intake/budget.c
UNIT += intake/peers_test
intake/peers_test_SRCS    = intake/peers.c config/fingerprints.c config/networks.c
intake/calendar_test_SRCS = intake/calendar.c wire/hl7_zone.c
intake/hold_test_SRCS     = intake/hold.c config/codes.c $(release_SRCS)
intake/identity_test_SRCS = intake/fold.c intake/identity.c base/wipe.c base/log.c $(release_SRCS) $(crypto_SRCS:%=crypto/%)
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
    intake/delivery.c \
    intake/delivery_answer.c \
    intake/delivery_vault.c \
    intake/facts.c \
    intake/fold.c \
    intake/hl7_input.c \
    intake/hold.c \
    intake/identity.c \
    $(release_SRCS) \
    config/codes.c \
    ipc/messages.c \
    wire/hl7.c \
    wire/hl7_batch.c \
    wire/scan.c
intake/delivery_test_FAKES = reports.c
intake/delivery_test_LIBS = uv bearssl

intake/release_test_SRCS = $(release_SRCS)

# What turns a frame into reports, and what that needs.
parse_SRCS = \
    base/arena.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    config/senders.c \
    $(crypto_SRCS:%=crypto/%) \
    intake/card_pattern.c \
    intake/cda_report.c \
    intake/cda_results.c \
    intake/cda_texts.c \
    intake/cda_value.c \
    intake/exams.c \
    intake/hl7_card.c \
    intake/hl7_coded.c \
    intake/hl7_context.c \
    intake/hl7_metadata.c \
    intake/hl7_observation.c \
    intake/hl7_patient.c \
    intake/hl7_report.c \
    intake/hl7_value.c \
    intake/parse.c \
    $(release_SRCS) \
    wire/cda.c \
    wire/cda_tree.c \
    wire/charset.c \
    wire/charset_tables.c \
    wire/ed.c \
    wire/hl7.c \
    wire/hl7_escape.c \
    wire/hl7_number.c \
    wire/hl7_time.c \
    wire/ins.c \
    wire/pdf.c \
    wire/scan.c

intake/parse_test_SRCS = $(parse_SRCS) wire/hl7_ack.c
intake/parse_test_LIBS = bearssl expat

intake/parse_report_test_SRCS = $(parse_SRCS)
intake/parse_report_test_LIBS = bearssl expat

intake/parse_text_test_SRCS = $(parse_SRCS)
intake/parse_text_test_LIBS = bearssl expat

intake/parse_value_test_SRCS = $(parse_SRCS)
intake/parse_value_test_LIBS = bearssl expat

intake/parse_version_test_SRCS = $(parse_SRCS) wire/hl7_ack.c
intake/parse_version_test_LIBS = bearssl expat

intake/parse_samples_test_SRCS = $(parse_SRCS)
intake/parse_samples_test_LIBS = bearssl expat

intake/check_texts_test_SRCS = intake/check_texts.c
intake/refusals_test_SRCS = intake/refusals.c

intake/release_matrix_test_SRCS = $(parse_SRCS)
intake/release_matrix_test_LIBS = bearssl expat
include tests/unit/intake/fhir.mk
include tests/unit/intake/hprim.mk

intake/cda_test_SRCS = $(parse_SRCS) base/base64.c
intake/cda_test_LIBS = bearssl expat

intake/hl7_patient_test_SRCS = $(parse_SRCS)
intake/hl7_patient_test_LIBS = bearssl expat

intake/hl7_card_test_SRCS = $(parse_SRCS)
intake/hl7_card_test_LIBS = bearssl expat

intake/fold_test_SRCS = intake/fold.c
