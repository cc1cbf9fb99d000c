vault_SRCS =
