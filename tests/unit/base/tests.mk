UNIT += \
    base/arena_test \
    base/base64_test \
    base/hex_test \
    base/json_writer_test \
    base/log_test \
    base/span_test

base/arena_test_SRCS       = base/arena.c base/wipe.c
base/base64_test_SRCS      = base/base64.c
base/hex_test_SRCS         = base/hex.c
base/json_writer_test_SRCS = base/json_writer.c base/base64.c
base/log_test_SRCS         = base/log.c
base/span_test_SRCS        = base/status.c base/wipe.c
