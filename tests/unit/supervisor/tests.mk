UNIT += \
    supervisor/launcher_test \
    supervisor/process_test \
    supervisor/topology_test \
    supervisor/update_keys_test

supervisor/launcher_test_SRCS = os/passing.c os/spawn.c supervisor/launcher.c
supervisor/update_keys_test_SRCS = base/hex.c supervisor/update_keys.c

supervisor/process_test_SRCS = \
    base/log.c \
    base/status.c \
    ipc/inbox.c \
    base/wipe.c \
    ipc/messages.c \
    ipc/packet.c \
    os/passing.c \
    os/spawn.c \
    supervisor/launcher.c \
    supervisor/process.c
supervisor/process_test_LIBS = uv

supervisor/topology_test_SRCS = ipc/messages.c os/users.c supervisor/topology.c
