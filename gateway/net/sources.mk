net_SRCS =
