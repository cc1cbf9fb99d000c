wire_SRCS =
