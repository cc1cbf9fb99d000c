config_SRCS = \
    address.c \
    config.c \
    example.c \
    fingerprints.c \
    keys.c \
    networks.c \
    values.c
