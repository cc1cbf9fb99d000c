FUZZ += config_fuzz

config_fuzz_SRCS = \
    config/address.c \
    config/codes.c \
    config/config.c \
    config/fingerprints.c config/keys.c config/networks.c config/senders.c \
    config/values.c \
    ipc/messages.c
