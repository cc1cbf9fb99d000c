UNIT += desk/audit_walk_test desk/card_new_test desk/command_test \
    desk/drop_test desk/format_test desk/heap_test desk/outbox_test \
    desk/phone_test desk/phrases_test desk/session_test desk/slip_test \
    desk/texts_test
desk/audit_walk_test_SRCS = desk/audit_walk.c crypto/digest.c \
    crypto/sha_blocks.c base/wipe.c
desk/audit_walk_test_LIBS = bearssl
desk/command_test_SRCS    = desk/command.c desk/options.c desk/texts.c
desk/command_test_FAKES   = session_fake.c
desk/format_test_SRCS     = desk/format.c card/symbols.c crypto/random.c \
                            base/log.c base/wipe.c
desk/heap_test_SRCS       = desk/heap.c base/wipe.c
desk/texts_test_SRCS      = desk/texts.c
desk/phone_test_SRCS      = desk/phone.c base/wipe.c
desk/phrases_test_SRCS    = desk/phrases.c
# What a command's own file stands on, but for the session.
DESK_COMMAND_SRCS = base/base64.c base/json_writer.c base/log.c \
    base/status.c base/wipe.c card/symbols.c config/address.c config/remote.c \
    crypto/random.c desk/channels.c desk/format.c desk/texts.c
desk/card_new_test_SRCS   = desk/card_new.c desk/phone.c $(DESK_COMMAND_SRCS)
desk/card_new_test_FAKES  = desk_fake.c
desk/drop_test_SRCS       = desk/cards.c desk/drop.c $(DESK_COMMAND_SRCS)
desk/drop_test_FAKES      = desk_fake.c
desk/outbox_test_SRCS     = desk/alarms.c desk/credentials.c desk/outbox.c \
    $(DESK_COMMAND_SRCS)
desk/outbox_test_FAKES    = desk_fake.c
desk/slip_test_SRCS       = desk/slip.c $(DESK_COMMAND_SRCS)
desk/slip_test_FAKES      = desk_fake.c
desk/slip_test_LIBS       = qrencode
desk/session_test_SRCS    = base/log.c base/status.c base/wipe.c \
    crypto/random.c desk/session.c desk/texts.c ipc/channel.c ipc/inbox.c \
    ipc/messages.c ipc/packet.c ipc/queue.c
desk/session_test_LIBS    = uv
