UNIT += \
    input/calendar_test \
    input/cda_test \
    input/fold_test \
    input/hl7_card_test \
    input/hl7_patient_test \
    input/hold_test \
    input/parse_report_test \
    input/parse_samples_test \
    input/parse_test \
    input/parse_text_test \
    input/parse_value_test \
    input/parse_version_test \
    input/release_matrix_test \
    input/release_test

# The release matrix, and what that needs.
release_SRCS = \
    input/calendar.c \
    input/release.c \
    input/release_genetics.c \
    base/zone.c
input/calendar_test_SRCS = input/calendar.c base/zone.c
input/hold_test_SRCS     = input/hold.c config/codes.c $(release_SRCS)
input/release_test_SRCS = $(release_SRCS)

# What turns a frame into reports, and what that needs.
parse_SRCS = \
    base/arena.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    config/senders.c \
    $(crypto_SRCS:%=crypto/%) \
    input/card_pattern.c \
    input/cda_report.c \
    input/cda_results.c \
    input/cda_texts.c \
    input/cda_value.c \
    input/exams.c \
    input/hl7_card.c \
    input/hl7_coded.c \
    input/hl7_context.c \
    input/hl7_metadata.c \
    input/hl7_observation.c \
    input/hl7_patient.c \
    input/hl7_report.c \
    input/hl7_value.c \
    input/parse.c \
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
input/parse_test_SRCS = $(parse_SRCS) wire/hl7_ack.c
input/parse_test_LIBS = bearssl expat
input/parse_report_test_SRCS = $(parse_SRCS)
input/parse_report_test_LIBS = bearssl expat
input/parse_text_test_SRCS = $(parse_SRCS)
input/parse_text_test_LIBS = bearssl expat
input/parse_value_test_SRCS = $(parse_SRCS)
input/parse_value_test_LIBS = bearssl expat
input/parse_version_test_SRCS = $(parse_SRCS) wire/hl7_ack.c
input/parse_version_test_LIBS = bearssl expat
input/parse_samples_test_SRCS = $(parse_SRCS)
input/parse_samples_test_LIBS = bearssl expat
input/release_matrix_test_SRCS = $(parse_SRCS)
input/release_matrix_test_LIBS = bearssl expat

include tests/unit/input/fhir.mk
include tests/unit/input/hprim.mk
input/cda_test_SRCS = $(parse_SRCS) base/base64.c
input/cda_test_LIBS = bearssl expat
input/hl7_patient_test_SRCS = $(parse_SRCS)
input/hl7_patient_test_LIBS = bearssl expat
input/hl7_card_test_SRCS = $(parse_SRCS)
input/hl7_card_test_LIBS = bearssl expat
input/fold_test_SRCS = input/fold.c
