intake_SRCS = \
    budget.c \
    deliveries.c \
    delivery.c \
    facts.c \
    hl7_card.c \
    hl7_coded.c \
    hl7_context.c \
    hl7_input.c \
    hl7_observation.c \
    hl7_patient.c \
    hl7_report.c \
    hl7_value.c \
    identity.c \
    intake.c \
    keyfile.c \
    mllp_entrance.c \
    parse.c \
    peers.c \
    policy.c \
    region.c \
    release.c \
    seal.c \
    session.c
