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
    intake/calendar.c \
    intake/card_pattern.c \
    intake/exams.c \
    intake/format.c \
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
    intake/release.c \
    intake/release_genetics.c \
    wire/charset.c \
    wire/charset_tables.c \
    wire/ed.c \
    wire/hl7.c \
    wire/hl7_escape.c \
    wire/hl7_number.c \
    wire/hl7_time.c \
    wire/hl7_zone.c \
    wire/hprim.c \
    wire/hprim_medecin.c \
    wire/pdf.c \
    wire/scan.c \
    wire/utf16.c
hprim_parse_fuzz_THIRD_SRCS = tests/fakes/sha256_fake.c
hprim_parse_fuzz_CPPFLAGS   = -idirafter $(SYSROOT)/include
