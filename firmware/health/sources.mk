health_SRCS = \
    ask_intake.c \
    ask_mllp.c \
    ask_pickup.c \
    crowd.c \
    health.c \
    output.c \
    plan.c \
    policy.c

# What init runs every half minute: does the box serve?  Links no parser of
# what a LIS sends, and nothing that stores.
PROGRAMS += guichet-health
guichet-health_LIBS = health net crypto ipc config os base uv bearssl
FILTERED += health
# Before its own filter, that of guichetd, below which every role runs.
$(OUT)/bin/guichet-health: $(OUT)/gen/filters/supervisor.o
