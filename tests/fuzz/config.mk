FUZZ += config_fuzz

config_fuzz_SRCS = \
    config/address.c \
    config/codes.c \
    config/config.c \
    config/fingerprints.c config/keys.c config/networks.c config/senders.c \
    config/values.c \
    ipc/messages.c

FUZZ += codes_fuzz
codes_fuzz_SRCS = \
    config/codes.c \
    intake/calendar.c \
    intake/hold.c \
    intake/release.c \
    intake/release_genetics.c \
    wire/hl7_zone.c
