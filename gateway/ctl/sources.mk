ctl_SRCS = \
    desk.c \
    intake.c \
    terminal.c
