FUZZ += config_fuzz

config_fuzz_SRCS = \
    config/address.c \
    config/check.c \
    config/codes.c \
    config/config.c \
    config/fingerprints.c config/keys.c config/interface.c config/networks.c config/remote.c config/senders.c \
    config/values.c \
    config/words.c \
    ipc/messages.c

FUZZ += codes_fuzz
codes_fuzz_SRCS = \
    config/codes.c \
    input/calendar.c \
    input/hold.c \
    input/release.c \
    input/release_genetics.c \
    base/zone.c

# What init says about the box.
FUZZ += box_fuzz
box_fuzz_SRCS = config/box.c config/lines.c
