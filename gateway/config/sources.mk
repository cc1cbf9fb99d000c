config_SRCS = \
    address.c \
    config.c \
    example.c \
    keys.c \
    values.c
