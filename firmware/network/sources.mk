network_SRCS = \
    hardware.c \
    lease.c \
    netns.c \
    network.c \
    ports.c \
    rtnl.c \
    rules.c \
    uplink.c
