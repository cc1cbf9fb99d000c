UNIT += \
    os/filter_test \
    os/locked_test \
    os/spawn_test \
    os/users_test \
    os/whole_test

os/filter_test_SRCS = os/filter.c base/log.c
os/locked_test_SRCS = os/locked.c base/log.c base/wipe.c
os/spawn_test_SRCS  = os/spawn.c
os/users_test_SRCS  = os/users.c
os/whole_test_SRCS  = os/whole.c
