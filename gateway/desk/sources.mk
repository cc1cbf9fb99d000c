desk_SRCS =
