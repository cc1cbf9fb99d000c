net_SRCS = \
    conn.c \
    listener.c \
    tls.c \
    tls_clients.c \
    tls_identity.c \
    tls_suites.c
