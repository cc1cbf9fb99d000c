os_SRCS =
