ipc_SRCS =
