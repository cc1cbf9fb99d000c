UNIT += \
    spool/entries_test \
    spool/folder_test \
    spool/names_test \
    spool/watch_test

spool/names_test_SRCS = spool/names.c

spool/entries_test_SRCS = \
    spool/entries.c \
    spool/folder.c \
    spool/names.c

spool/folder_test_SRCS = \
    spool/folder.c \
    spool/names.c

spool/watch_test_SRCS = \
    base/log.c \
    base/status.c \
    base/wipe.c \
    spool/entries.c \
    spool/folder.c \
    spool/names.c \
    spool/texts.c \
    spool/transfer.c \
    spool/watch.c
spool/watch_test_LIBS = uv
