ctl_SRCS = \
    terminal.c
