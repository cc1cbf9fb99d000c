net_SRCS = \
    conn.c \
    listener.c
