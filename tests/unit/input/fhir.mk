# FHIR, sidecars and HTTPS in; included by tests.mk of this folder.
UNIT += \
    input/fhir_input_test \
    input/fhir_results_test \
    input/fhir_value_test \
    input/sidecar_test

# What turns a Bundle into reports, and what that needs.
fhir_in_SRCS = \
    base/arena.c \
    base/base64.c \
    base/hex.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    card/symbols.c \
    $(crypto_SRCS:%=crypto/%) \
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
    wire/hl7_time.c \
    wire/ins.c \
    wire/json_tree.c \
    wire/pdf.c \
    wire/scan.c

input/fhir_input_test_SRCS    = $(fhir_in_SRCS)
input/fhir_input_test_FAKES   = fhir_samples.c
input/fhir_input_test_LIBS    = bearssl
input/fhir_results_test_SRCS  = $(fhir_in_SRCS)
input/fhir_results_test_FAKES = fhir_samples.c
input/fhir_results_test_LIBS  = bearssl
input/fhir_value_test_SRCS    = $(fhir_in_SRCS)
input/fhir_value_test_FAKES   = fhir_samples.c
input/fhir_value_test_LIBS    = bearssl
input/sidecar_test_SRCS       = $(fhir_in_SRCS)
input/sidecar_test_FAKES      = fhir_samples.c
input/sidecar_test_LIBS       = bearssl

UNIT += intake/https_exchange_test
intake/https_exchange_test_SRCS = \
    base/arena.c \
    base/base64.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    intake/budget.c \
    input/fhir_answer.c \
    intake/https_exchange.c \
    intake/https_route.c \
    intake/region.c \
    wire/http.c \
    wire/http_body.c \
    wire/http_response.c \
    wire/multipart.c
intake/https_exchange_test_FAKES = conn_fake.c
intake/https_exchange_test_LIBS  = uv picohttpparser
