UNIT += \
    fhir/bundle_test \
    fhir/check_test \
    fhir/codes_test

fhir_test_SRCS = \
    base/base64.c \
    base/json_writer.c \
    base/log.c \
    base/wipe.c \
    $(crypto_SRCS:%=crypto/%) \
    crypto/sha_blocks.c \
    $(fhir_SRCS:%=fhir/%)

# `bundle_test print` writes the sample bundles, one a line, for validators
# that are not in C (tests/interop/fhir_validate.mjs).
fhir/bundle_test_SRCS  = $(fhir_test_SRCS)
fhir/bundle_test_FAKES = reports.c
fhir/bundle_test_LIBS  = jansson bearssl
fhir/check_test_SRCS   = fhir/check.c
fhir/codes_test_SRCS   = fhir/codes.c
