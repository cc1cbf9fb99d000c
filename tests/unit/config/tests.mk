UNIT += \
    config/address_test \
    config/codes_test \
    config/config_test

config/address_test_SRCS = config/address.c
config/codes_test_SRCS   = config/codes.c

config/config_test_SRCS = \
    config/address.c \
    config/codes.c \
    config/config.c \
    config/fingerprints.c config/keys.c config/networks.c config/senders.c \
    config/values.c \
    ipc/messages.c
