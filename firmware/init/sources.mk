init_SRCS = \
    box.c \
    child.c \
    commit.c \
    configure.c \
    data.c \
    facts.c \
    fallback.c \
    files.c \
    fits.c \
    good.c \
    history.c \
    identity.c \
    machine.c \
    marks.c \
    mounts.c \
    past.c \
    reasons.c \
    relay.c \
    run.c \
    seed.c \
    site.c \
    watch.c \
    watchdog.c

# PID 1: no event loop, no protocol, no third party.
PROGRAMS += guichet-init
guichet-init_LIBS = init network slots ipc config os base
