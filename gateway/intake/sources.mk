intake_SRCS = \
    budget.c \
    delivery.c \
    identity.c \
    intake.c \
    keyfile.c \
    policy.c \
    region.c \
    seal.c \
    session.c
