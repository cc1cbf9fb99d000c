courier_SRCS = \
    courier.c \
    http_call.c \
    link.c \
    policy.c \
    push.c \
    store.c
