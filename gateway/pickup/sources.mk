pickup_SRCS =
