crypto_SRCS = \
    aead.c \
    constant_time.c \
    digest.c \
    md5.c \
    p256.c \
    random.c \
    sha_blocks.c
