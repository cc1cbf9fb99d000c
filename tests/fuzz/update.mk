# What the updater reads of a stranger's file.
FUZZ += container_fuzz
container_fuzz_SRCS = ../firmware/update/container.c
container_fuzz_CPPFLAGS = -Ifirmware
