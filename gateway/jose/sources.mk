jose_SRCS =
