UNIT += \
    slots/control_test

slots/control_test_OBJECTS = $(OUT)/firmware/slots/control.o $(OUT)/firmware/slots/crc32.o
