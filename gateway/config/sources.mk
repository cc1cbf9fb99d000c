config_SRCS =
