desk_SRCS = \
    audit.c \
    audit_walk.c \
    bundles.c \
    cards.c \
    command.c \
    desk.c \
    format.c \
    policy.c \
    session.c \
    slip.c \
    status.c \
    texts.c
