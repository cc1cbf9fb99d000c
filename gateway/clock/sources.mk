clock_SRCS = \
    clock.c
