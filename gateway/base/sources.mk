base_SRCS = \
    arena.c \
    base64.c \
    hex.c \
    json_writer.c \
    log.c \
    status.c \
    wipe.c \
    zone.c
