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

UNIT += ipc/packet_test ipc/role_test

ipc/packet_test_SRCS = \
    base/wipe.c \
    ipc/inbox.c \
    ipc/messages.c \
    ipc/packet.c \
    os/passing.c

ipc/role_test_SRCS = \
    base/log.c \
    base/status.c \
    base/wipe.c \
    config/address.c \
    config/codes.c \
    config/config.c \
    config/fingerprints.c config/keys.c config/interface.c config/networks.c config/remote.c config/senders.c \
    config/values.c \
    ipc/channel.c \
    ipc/inbox.c \
    ipc/messages.c \
    ipc/packet.c \
    ipc/queue.c \
    ipc/role.c \
    os/filter.c \
    os/landlock.c \
    os/passing.c \
    os/sandbox.c \
    os/users.c
ipc/role_test_LIBS = uv
