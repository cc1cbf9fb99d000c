crypto_SRCS =
