fhir_SRCS =
