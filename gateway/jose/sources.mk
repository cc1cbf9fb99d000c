jose_SRCS = \
    compact.c \
    concat_kdf.c \
    json_header.c \
    jwe.c \
    jwk.c \
    jws.c
