pickup_SRCS = \
    policy.c
