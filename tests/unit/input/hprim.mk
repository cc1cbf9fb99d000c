# The readers of HPRIM files, and what they need.
UNIT += \
    input/format_test \
    input/hprim_document_test \
    input/hprim_medecin_test \
    input/hprim_sante_test \
    input/hprim_status_test

hprim_SRCS = \
    base/arena.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    config/senders.c \
    $(crypto_SRCS:%=crypto/%) \
    input/card_pattern.c \
    input/exams.c \
    input/hl7_coded.c \
    input/hl7_context.c \
    input/hl7_value.c \
    input/hprim_answer.c \
    input/hprim_card.c \
    input/hprim_document.c \
    input/hprim_group.c \
    input/hprim_medecin.c \
    input/hprim_observation.c \
    input/hprim_report.c \
    input/hprim_sante.c \
    input/hprim_status.c \
    input/hprim_text.c \
    $(release_SRCS) \
    wire/charset.c \
    wire/charset_tables.c \
    wire/ed.c \
    wire/hl7.c \
    wire/hl7_escape.c \
    wire/hl7_number.c \
    wire/hl7_time.c \
    wire/hprim.c \
    wire/hprim_medecin.c \
    wire/pdf.c \
    wire/scan.c \
    wire/utf16.c

input/hprim_document_test_SRCS = $(hprim_SRCS)
input/hprim_document_test_LIBS = bearssl
input/hprim_medecin_test_SRCS  = $(hprim_SRCS)
input/hprim_medecin_test_LIBS  = bearssl
input/hprim_sante_test_SRCS    = $(hprim_SRCS)
input/hprim_sante_test_LIBS    = bearssl
input/hprim_status_test_SRCS   = $(hprim_SRCS)
input/hprim_status_test_LIBS   = bearssl

input/format_test_SRCS = \
    base/wipe.c \
    input/format.c \
    wire/hl7.c \
    wire/hprim.c \
    wire/hprim_medecin.c \
    wire/scan.c \
    wire/utf16.c
