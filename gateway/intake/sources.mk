intake_SRCS =
