config_SRCS = \
    address.c \
    codes.c \
    config.c \
    example.c \
    fingerprints.c \
    keys.c \
    networks.c \
    remote.c \
    senders.c \
    values.c
