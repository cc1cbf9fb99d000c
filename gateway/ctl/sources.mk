ctl_SRCS = \
    desk.c \
    input.c \
    intake.c \
    terminal.c \
    update.c
