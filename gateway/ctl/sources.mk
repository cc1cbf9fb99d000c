ctl_SRCS =
