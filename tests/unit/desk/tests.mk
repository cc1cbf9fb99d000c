UNIT += desk/audit_walk_test desk/command_test desk/format_test \
    desk/heap_test desk/texts_test
desk/audit_walk_test_SRCS = desk/audit_walk.c crypto/digest.c \
    crypto/sha_blocks.c base/wipe.c
desk/audit_walk_test_LIBS = bearssl
desk/command_test_SRCS    = desk/command.c
desk/command_test_FAKES   = session_fake.c
desk/format_test_SRCS     = desk/format.c card/symbols.c crypto/random.c \
                            base/log.c base/wipe.c
desk/heap_test_SRCS       = desk/heap.c base/wipe.c
desk/texts_test_SRCS      = desk/texts.c
