config_SRCS = \
    address.c \
    codes.c \
    config.c \
    example.c \
    fingerprints.c \
    keys.c \
    networks.c \
    senders.c \
    values.c
