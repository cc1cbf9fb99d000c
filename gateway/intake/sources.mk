intake_SRCS = \
    policy.c
