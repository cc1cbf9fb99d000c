card_SRCS =
