os_SRCS = \
    capabilities.c \
    filter.c \
    landlock.c \
    locked.c \
    moment.c \
    passing.c \
    sandbox.c \
    spawn.c \
    users.c \
    whole.c

# make SANDBOX_TRACE=1: a refused system call is named before the role ends.
ifdef SANDBOX_TRACE
$(OUT)/gateway/os/filter.o: CPPFLAGS += -DSANDBOX_TRACE
endif
