fhir_SRCS = \
    bundle.c \
    check.c \
    codes.c \
    composition.c \
    diagnostic_report.c \
    element.c \
    narrative.c \
    observation.c \
    order.c \
    outline.c \
    people.c \
    value.c
