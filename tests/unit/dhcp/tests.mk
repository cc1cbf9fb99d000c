UNIT += dhcp/client_test dhcp/packet_test
dhcp/client_test_OBJECTS = $(OUT)/firmware/dhcp/client.o $(OUT)/firmware/network/lease.o
dhcp/packet_test_OBJECTS = $(OUT)/firmware/dhcp/packet.o $(OUT)/firmware/network/lease.o
