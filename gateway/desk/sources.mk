desk_SRCS = \
    alarms.c \
    audit.c \
    audit_walk.c \
    bundles.c \
    card_new.c \
    cards.c \
    channels.c \
    command.c \
    credentials.c \
    desk.c \
    drop.c \
    format.c \
    heap.c \
    holds.c \
    options.c \
    outbox.c \
    phone.c \
    phrases.c \
    policy.c \
    quarantine.c \
    session.c \
    slip.c \
    status.c \
    texts.c

# Heaps that held a code are wiped (desk/heap.h).
$(OUT)/bin/guichet-desk: private LDFLAGS += -Wl,--wrap=free,--wrap=realloc
