ipc_SRCS = \
    channel.c \
    inbox.c \
    messages.c \
    packet.c \
    queue.c \
    role.c
