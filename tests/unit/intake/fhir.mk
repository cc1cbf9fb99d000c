# FHIR, sidecars and HTTPS in; included by tests.mk of this folder.
UNIT += \
    intake/fhir_input_test \
    intake/fhir_results_test \
    intake/fhir_value_test \
    intake/sidecar_test

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
    intake/exams.c \
    intake/fhir_answer.c \
    intake/fhir_context.c \
    intake/fhir_document.c \
    intake/fhir_entries.c \
    intake/fhir_input.c \
    intake/fhir_observation.c \
    intake/fhir_order.c \
    intake/fhir_patient.c \
    intake/fhir_people.c \
    intake/fhir_report.c \
    intake/fhir_results.c \
    intake/fhir_value.c \
    intake/sidecar.c \
    $(release_SRCS) \
    wire/charset.c \
    wire/charset_tables.c \
    wire/ed.c \
    wire/hl7_time.c \
    wire/ins.c \
    wire/json_tree.c \
    wire/pdf.c \
    wire/scan.c

intake/fhir_input_test_SRCS    = $(fhir_in_SRCS)
intake/fhir_input_test_FAKES   = fhir_samples.c
intake/fhir_input_test_LIBS    = bearssl
intake/fhir_results_test_SRCS  = $(fhir_in_SRCS)
intake/fhir_results_test_FAKES = fhir_samples.c
intake/fhir_results_test_LIBS  = bearssl
intake/fhir_value_test_SRCS    = $(fhir_in_SRCS)
intake/fhir_value_test_FAKES   = fhir_samples.c
intake/fhir_value_test_LIBS    = bearssl
intake/sidecar_test_SRCS       = $(fhir_in_SRCS)
intake/sidecar_test_FAKES      = fhir_samples.c
intake/sidecar_test_LIBS       = bearssl

UNIT += intake/https_exchange_test
intake/https_exchange_test_SRCS = \
    base/arena.c \
    base/base64.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    intake/budget.c \
    intake/fhir_answer.c \
    intake/https_exchange.c \
    intake/https_route.c \
    intake/region.c \
    wire/http.c \
    wire/http_body.c \
    wire/http_response.c \
    wire/multipart.c
intake/https_exchange_test_FAKES = conn_fake.c
intake/https_exchange_test_LIBS  = uv picohttpparser
