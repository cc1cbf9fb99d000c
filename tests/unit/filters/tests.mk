UNIT += filters/rules_test

filters/rules_test_OBJECTS = $(OUT)/firmware/sdk/filters/rules.o
filters/rules_test_LIBS    = seccomp
$(OUT)/tests/unit/filters/rules_test.o: CPPFLAGS += -Ifirmware/sdk/filters
