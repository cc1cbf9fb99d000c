update_SRCS = \
    apply.c \
    caller.c \
    container.c \
    medium.c \
    policy.c \
    refusal.c \
    show.c \
    slot.c \
    texts.c \
    trust.c \
    updater.c

# Writes a signed update into the slot that does not run.  Links no parser but
# that of a container's header.
PROGRAMS += guichet-updater
guichet-updater_LIBS = update slots crypto ipc config os base uv bearssl
FILTERED += update
