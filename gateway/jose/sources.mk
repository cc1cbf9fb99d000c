jose_SRCS = \
    compact.c \
    json_header.c \
    jwe.c \
    jwk.c \
    jws.c
