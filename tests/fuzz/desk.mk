FUZZ += phone_fuzz
phone_fuzz_SRCS = desk/phone.c base/wipe.c
