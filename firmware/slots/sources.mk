slots_SRCS = \
    control.c \
    crc32.c \
    gpt.c \
    partition.c
