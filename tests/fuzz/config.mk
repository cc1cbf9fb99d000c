FUZZ += config_fuzz

config_fuzz_SRCS = \
    config/address.c \
    config/config.c \
    config/keys.c \
    config/values.c \
    ipc/messages.c
