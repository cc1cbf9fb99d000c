UNIT += network/lease_test network/hardware_test
network/lease_test_OBJECTS = $(OUT)/firmware/network/lease.o
network/hardware_test_OBJECTS = $(OUT)/firmware/network/hardware.o
network/hardware_test_SRCS = base/log.c
