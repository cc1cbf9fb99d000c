vault_SRCS = \
    policy.c
