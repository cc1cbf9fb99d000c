supervisor_SRCS =
