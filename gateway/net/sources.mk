net_SRCS = \
    conn.c \
    dns.c \
    hosts.c \
    listener.c \
    resolve.c \
    tls.c \
    tls_anchors.c \
    tls_cache.c \
    tls_check.c \
    tls_client.c \
    tls_clients.c \
    tls_der.c \
    tls_identity.c \
    tls_pair.c \
    tls_pem.c \
    tls_records.c \
    tls_server.c \
    tls_suites.c
