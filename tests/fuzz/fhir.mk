# FHIR Bundles, sidecars, and the bodies they come in.
FUZZ += fhir_body_fuzz fhir_fuzz sidecar_fuzz

fhir_body_fuzz_SRCS       = wire/http.c wire/http_body.c wire/multipart.c
fhir_body_fuzz_THIRD_SRCS = $(SYSROOT)/src/picohttpparser/picohttpparser.c
fhir_body_fuzz_CPPFLAGS   = -I$(SYSROOT)/src/picohttpparser

# The digest is a stand-in, as for parse_fuzz.
fhir_fuzz_SRCS = \
    base/arena.c \
    base/base64.c \
    base/hex.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    crypto/random.c \
    fhir/check.c \
    fhir/codes.c \
    input/exams.c \
    input/fhir_answer.c \
    input/fhir_context.c \
    input/fhir_document.c \
    input/fhir_entries.c \
    input/fhir_input.c \
    input/fhir_observation.c \
    input/fhir_order.c \
    input/fhir_patient.c \
    input/fhir_people.c \
    input/fhir_report.c \
    input/fhir_results.c \
    input/fhir_value.c \
    input/sidecar.c \
    $(release_SRCS) \
    wire/charset.c \
    wire/charset_tables.c \
    wire/ed.c \
    wire/hl7.c \
    wire/hl7_escape.c \
    wire/hl7_time.c \
    wire/ins.c \
    wire/json_tree.c \
    wire/pdf.c \
    wire/scan.c
fhir_fuzz_THIRD_SRCS = tests/fakes/sha256_fake.c
fhir_fuzz_CPPFLAGS   = -idirafter $(SYSROOT)/include

sidecar_fuzz_SRCS       = $(fhir_fuzz_SRCS)
sidecar_fuzz_THIRD_SRCS = $(fhir_fuzz_THIRD_SRCS)
sidecar_fuzz_CPPFLAGS   = $(fhir_fuzz_CPPFLAGS)
