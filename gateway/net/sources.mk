net_SRCS = \
    conn.c \
    listener.c \
    tls.c \
    tls_anchors.c \
    tls_cache.c \
    tls_clients.c \
    tls_identity.c \
    tls_pem.c \
    tls_records.c \
    tls_server.c \
    tls_suites.c
