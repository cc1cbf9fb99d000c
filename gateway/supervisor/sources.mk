supervisor_SRCS = \
    confine.c \
    folders.c \
    listeners.c \
    load.c \
    process.c \
    supervisor.c \
    topology.c
