# What the WAN port's network says.
FUZZ += dhcp_fuzz
dhcp_fuzz_THIRD_SRCS = firmware/dhcp/client.c firmware/dhcp/packet.c firmware/network/lease.c
dhcp_fuzz_CPPFLAGS   = -Ifirmware
