NET_PLAIN_SRCS = net/conn.c net/listener.c base/status.c

UNIT += net/conn_test
net/conn_test_SRCS = $(NET_PLAIN_SRCS)
net/conn_test_LIBS = uv

UNIT += net/listener_test
net/listener_test_SRCS = $(NET_PLAIN_SRCS)
net/listener_test_LIBS = uv

NET_TLS_SRCS = $(filter net/tls%,$(net_SRCS:%=net/%)) base/wipe.c \
    crypto/digest.c crypto/random.c crypto/sha_blocks.c base/log.c

UNIT += net/tls_test
net/tls_test_SRCS = $(NET_PLAIN_SRCS) $(NET_TLS_SRCS)
net/tls_test_LIBS = uv bearssl

UNIT += net/tls_anchors_test
net/tls_anchors_test_SRCS = net/tls_anchors.c net/tls_der.c net/tls_pem.c base/wipe.c \
    crypto/digest.c crypto/sha_blocks.c
net/tls_anchors_test_LIBS = uv bearssl

UNIT += net/tls_cache_test
net/tls_cache_test_SRCS = net/tls_cache.c base/wipe.c
net/tls_cache_test_LIBS = bearssl

UNIT += net/tls_identity_test
net/tls_identity_test_SRCS = net/tls_identity.c net/tls_pem.c base/wipe.c base/status.c
net/tls_identity_test_LIBS = bearssl

UNIT += net/dns_test
net/dns_test_SRCS = net/dns.c

UNIT += net/hosts_test
net/hosts_test_SRCS = net/hosts.c

UNIT += net/tls_der_test
net/tls_der_test_SRCS = net/tls_der.c
net/tls_der_test_LIBS = bearssl

UNIT += net/open_test
net/open_test_SRCS = $(NET_PLAIN_SRCS) $(NET_TLS_SRCS)
net/open_test_LIBS = uv bearssl

UNIT += net/resolve_test
net/resolve_test_SRCS = net/resolve.c net/dns.c net/hosts.c crypto/random.c base/log.c base/status.c
net/resolve_test_LIBS = uv
