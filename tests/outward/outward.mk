# Connecting out, against real servers: the tests here run this.
OUTWARD_OBJECTS := $(OUT)/tests/outward/probe.o \
    $(OUT)/gateway/courier/policy.o $(call filters,courier supervisor)

$(OUT)/tests/outward/probe: $(OUTWARD_OBJECTS) $(call own_libs,net crypto os base)
	@echo "  LD    $@"
	$(Q)$(call link,$@,$(OUTWARD_OBJECTS),net crypto os base uv bearssl)

TEST_TOOLS += $(OUT)/tests/outward/probe
