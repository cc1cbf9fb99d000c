# What reads the laboratory's bytes and the patients' requests.
FUZZ += \
    cda_fuzz \
    cda_report_fuzz \
    charset_fuzz \
    ed_fuzz \
    hl7_fuzz \
    hl7_number_fuzz \
    hl7_time_fuzz \
    http_answer_fuzz \
    http_fuzz \
    mllp_fuzz \
    parse_fuzz

expat_SRCS = $(addprefix $(SYSROOT)/src/expat/,xmlparse.c xmlrole.c xmltok.c random_getrandom.c)

cda_fuzz_SRCS        = base/arena.c base/wipe.c wire/cda.c wire/cda_tree.c
cda_fuzz_THIRD_SRCS  = $(expat_SRCS)
cda_fuzz_CPPFLAGS    = -I$(SYSROOT)/src/expat

charset_fuzz_SRCS    = wire/charset.c wire/charset_tables.c wire/scan.c
ed_fuzz_SRCS         = wire/ed.c wire/hl7.c wire/pdf.c wire/scan.c
hl7_fuzz_SRCS        = wire/hl7.c wire/hl7_ack.c wire/hl7_batch.c wire/hl7_escape.c wire/scan.c
hl7_number_fuzz_SRCS = wire/hl7_number.c
hl7_time_fuzz_SRCS   = wire/hl7_time.c base/zone.c
mllp_fuzz_SRCS       = wire/mllp.c wire/scan.c

http_answer_fuzz_SRCS       = wire/http_answer.c wire/http_body.c
http_answer_fuzz_THIRD_SRCS = $(SYSROOT)/src/picohttpparser/picohttpparser.c
http_answer_fuzz_CPPFLAGS   = -I$(SYSROOT)/src/picohttpparser

http_fuzz_SRCS       = wire/http.c
http_fuzz_THIRD_SRCS = $(SYSROOT)/src/picohttpparser/picohttpparser.c
http_fuzz_CPPFLAGS   = -I$(SYSROOT)/src/picohttpparser

# The digest is a stand-in: BearSSL is not what is tested here.  Its header is
# looked for last, so that the target's C library stays out of the way.
parse_fuzz_SRCS = \
    base/arena.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    config/senders.c \
    crypto/random.c \
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
    input/calendar.c \
    input/release.c \
    input/release_genetics.c \
    wire/cda.c \
    wire/cda_tree.c \
    wire/charset.c wire/charset_tables.c \
    wire/ed.c \
    wire/hl7.c \
    wire/hl7_ack.c \
    wire/hl7_escape.c \
    wire/hl7_number.c \
    wire/hl7_time.c \
    base/zone.c \
    wire/ins.c \
    wire/pdf.c \
    wire/scan.c
parse_fuzz_THIRD_SRCS = tests/fakes/sha256_fake.c $(expat_SRCS)
parse_fuzz_CPPFLAGS   = -I$(SYSROOT)/src/expat -idirafter $(SYSROOT)/include

cda_report_fuzz_SRCS       = $(parse_fuzz_SRCS) base/base64.c
cda_report_fuzz_THIRD_SRCS = $(parse_fuzz_THIRD_SRCS)
cda_report_fuzz_CPPFLAGS   = $(parse_fuzz_CPPFLAGS)
