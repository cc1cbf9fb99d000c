supervisor_SRCS = \
    confine.c \
    folders.c \
    launcher.c \
    listeners.c \
    load.c \
    pairs.c \
    places.c \
    process.c \
    pulse.c \
    report.c \
    supervisor.c \
    topology.c \
    update_keys.c
