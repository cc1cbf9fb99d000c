FUZZ += ipc_fuzz ipc_frames_fuzz

ipc_fuzz_SRCS        = ipc/messages.c
ipc_frames_fuzz_SRCS = base/wipe.c ipc/inbox.c ipc/messages.c
