desk_SRCS = \
    audit.c \
    audit_walk.c \
    bundles.c \
    cards.c \
    command.c \
    desk.c \
    format.c \
    heap.c \
    holds.c \
    policy.c \
    quarantine.c \
    session.c \
    slip.c \
    status.c \
    texts.c

# Heaps that held a code are wiped (desk/heap.h).
$(OUT)/bin/guichet-desk: LDFLAGS += -Wl,--wrap=free,--wrap=realloc
