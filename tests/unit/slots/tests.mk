UNIT += \
    slots/control_test \
    slots/gpt_test \
    slots/partition_test

slots = $(1:%=$(OUT)/firmware/slots/%.o)

slots/control_test_OBJECTS   = $(call slots,control crc32)
slots/gpt_test_OBJECTS       = $(call slots,crc32 gpt)
slots/partition_test_OBJECTS = $(call slots,partition)
