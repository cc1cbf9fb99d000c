# What a laboratory leaves as HPRIM files.
FUZZ += hprim_fuzz hprim_parse_fuzz

hprim_fuzz_SRCS = \
    wire/charset.c \
    wire/charset_tables.c \
    wire/hl7.c \
    wire/hprim.c \
    wire/hprim_medecin.c \
    wire/scan.c \
    wire/utf16.c

# The digest is a stand-in, as in parse_fuzz.
hprim_parse_fuzz_SRCS = \
    base/arena.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    config/senders.c \
    crypto/random.c \
    input/calendar.c \
    input/card_pattern.c \
    input/exams.c \
    input/format.c \
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
    input/release.c \
    input/release_genetics.c \
    wire/charset.c \
    wire/charset_tables.c \
    wire/ed.c \
    wire/hl7.c \
    wire/hl7_escape.c \
    wire/hl7_number.c \
    wire/hl7_time.c \
    base/zone.c \
    wire/hprim.c \
    wire/hprim_medecin.c \
    wire/pdf.c \
    wire/scan.c \
    wire/utf16.c
hprim_parse_fuzz_THIRD_SRCS = tests/fakes/sha256_fake.c
hprim_parse_fuzz_CPPFLAGS   = -idirafter $(SYSROOT)/include
