# The readers of HPRIM files, and what they need.
UNIT += \
    intake/format_test \
    intake/hprim_document_test \
    intake/hprim_medecin_test \
    intake/hprim_sante_test \
    intake/hprim_status_test

hprim_SRCS = \
    base/arena.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    config/senders.c \
    $(crypto_SRCS:%=crypto/%) \
    intake/card_pattern.c \
    intake/exams.c \
    intake/hl7_coded.c \
    intake/hl7_context.c \
    intake/hl7_value.c \
    intake/hprim_answer.c \
    intake/hprim_card.c \
    intake/hprim_document.c \
    intake/hprim_group.c \
    intake/hprim_medecin.c \
    intake/hprim_observation.c \
    intake/hprim_report.c \
    intake/hprim_sante.c \
    intake/hprim_status.c \
    intake/hprim_text.c \
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

intake/hprim_document_test_SRCS = $(hprim_SRCS)
intake/hprim_document_test_LIBS = bearssl
intake/hprim_medecin_test_SRCS  = $(hprim_SRCS)
intake/hprim_medecin_test_LIBS  = bearssl
intake/hprim_sante_test_SRCS    = $(hprim_SRCS)
intake/hprim_sante_test_LIBS    = bearssl
intake/hprim_status_test_SRCS   = $(hprim_SRCS)
intake/hprim_status_test_LIBS   = bearssl

intake/format_test_SRCS = \
    base/wipe.c \
    intake/format.c \
    wire/hl7.c \
    wire/hprim.c \
    wire/hprim_medecin.c \
    wire/scan.c \
    wire/utf16.c
