dhcp_SRCS = \
    client.c \
    packet.c \
    policy.c

PROGRAMS += guichet-dhcp
# Of network, the check of a lease and nothing else.
guichet-dhcp_LIBS = dhcp network os base
FILTERED += dhcp
