spool_SRCS = \
    entries.c \
    folder.c \
    names.c \
    policy.c \
    spool.c \
    texts.c \
    transfer.c \
    watch.c
