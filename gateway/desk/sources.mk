desk_SRCS = \
    policy.c
