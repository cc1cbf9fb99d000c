config_SRCS = \
    address.c \
    box.c \
    check.c \
    codes.c \
    config.c \
    example.c \
    fingerprints.c \
    interface.c \
    keys.c \
    lines.c \
    networks.c \
    remote.c \
    senders.c \
    values.c \
    words.c
