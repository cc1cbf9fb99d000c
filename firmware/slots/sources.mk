slots_SRCS = \
    control.c \
    crc32.c
