UNIT += \
    ipc/channel_test \
    ipc/inbox_test \
    ipc/messages_test \
    ipc/queue_test

ipc/messages_test_SRCS = ipc/messages.c
ipc/inbox_test_SRCS    = ipc/inbox.c base/wipe.c
ipc/queue_test_SRCS    = ipc/queue.c base/wipe.c

ipc/channel_test_SRCS = \
    base/log.c \
    base/status.c \
    base/wipe.c \
    ipc/channel.c \
    ipc/inbox.c \
    ipc/messages.c \
    ipc/queue.c
ipc/channel_test_LIBS = uv
