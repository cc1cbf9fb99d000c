UNIT += \
    config/address_test \
    config/box_test \
    config/codes_test \
    config/config_test \
    config/fingerprints_test \
    config/lines_test \
    config/networks_test \
    config/remote_test \
    config/senders_test

config/address_test_SRCS = config/address.c
config/box_test_SRCS     = config/box.c config/lines.c
config/fingerprints_test_SRCS = config/fingerprints.c
config/lines_test_SRCS    = config/lines.c
config/networks_test_SRCS = config/interface.c config/networks.c
config/remote_test_SRCS = config/remote.c config/address.c
config/senders_test_SRCS = config/senders.c
config/codes_test_SRCS   = config/codes.c

config/config_test_SRCS = \
    config/address.c \
    config/check.c \
    config/codes.c \
    config/config.c \
    config/fingerprints.c config/keys.c config/interface.c config/networks.c config/remote.c config/senders.c \
    config/values.c \
    config/words.c \
    ipc/messages.c
