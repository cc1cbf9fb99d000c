clock_SRCS =
