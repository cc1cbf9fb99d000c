courier_SRCS = \
    courier.c \
    policy.c
