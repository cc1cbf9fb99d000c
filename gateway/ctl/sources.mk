ctl_SRCS = \
    desk.c \
    input.c \
    intake.c \
    service.c \
    terminal.c \
    update.c
