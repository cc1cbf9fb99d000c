# What init reads of the card: the site's archive and configuration, its own records, the
# partition table, the boot-control block, the last kernel's messages.
FUZZ += control_fuzz fallback_fuzz gpt_fuzz records_fuzz seed_fuzz

init_fuzz = $(1:%=firmware/init/%.c)
slots_fuzz = $(1:%=firmware/slots/%.c)

control_fuzz_THIRD_SRCS = $(call slots_fuzz,control crc32)
control_fuzz_CPPFLAGS   = -Ifirmware
fallback_fuzz_THIRD_SRCS = $(call init_fuzz,fallback)
fallback_fuzz_SRCS      = config/address.c config/codes.c config/config.c \
    config/fingerprints.c config/interface.c config/keys.c config/networks.c \
    config/remote.c config/senders.c config/values.c config/words.c
fallback_fuzz_CPPFLAGS  = -Ifirmware
gpt_fuzz_THIRD_SRCS     = $(call slots_fuzz,gpt crc32)
gpt_fuzz_CPPFLAGS       = -Ifirmware
records_fuzz_THIRD_SRCS = $(call init_fuzz,facts history reasons)
records_fuzz_SRCS       = config/lines.c
records_fuzz_CPPFLAGS   = -Ifirmware
seed_fuzz_THIRD_SRCS    = $(call init_fuzz,seed)
seed_fuzz_CPPFLAGS      = -Ifirmware
