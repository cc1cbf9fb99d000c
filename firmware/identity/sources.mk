identity_SRCS = \
    certificate.c \
    der.c \
    hosts.c \
    pem.c \
    policy.c

# A key and a certificate for a box that was given none.
PROGRAMS += guichet-identity
guichet-identity_LIBS = identity crypto os base bearssl
FILTERED += identity
