ipc_SRCS = \
    channel.c \
    inbox.c \
    messages.c \
    packet.c \
    pump.c \
    queue.c \
    role.c
