service_SRCS = \
    bridge.c \
    policy.c

# The service port: what comes by it goes to three local sockets.
PROGRAMS += guichet-service
guichet-service_LIBS = service ipc wire config os base uv
FILTERED += service
