card_SRCS = \
    derive.c \
    issue.c \
    symbols.c
