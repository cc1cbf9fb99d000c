UNIT += \
    spool/entries_test \
    spool/folder_test \
    spool/names_test \
    spool/watch_test

# The other end of the channel.
UNIT += intake/spool_entrance_test
intake/spool_entrance_test_SRCS = \
    base/log.c \
    base/wipe.c \
    intake/budget.c \
    intake/refusals.c \
    intake/region.c \
    intake/spool_entrance.c \
    wire/hl7.c \
    wire/scan.c
intake/spool_entrance_test_LIBS = uv

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
