courier_SRCS = \
    courier.c \
    dialect.c \
    dialect_keystone.c \
    dialect_s3.c \
    dialect_swift.c \
    dialect_text.c \
    http_call.c \
    http_pool.c \
    link.c \
    policy.c \
    push.c \
    sigv4.c \
    store.c \
    store_answer.c \
    texts.c
