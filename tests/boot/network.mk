# The ports' part of init, for network_test.py.
NETWORK_TOOL_LIBS := network config os base

$(OUT)/tests/boot/network_tool: $(OUT)/tests/boot/network_tool.o $(call own_libs,$(NETWORK_TOOL_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$(filter %.o,$^),$(NETWORK_TOOL_LIBS))

TEST_TOOLS += $(OUT)/tests/boot/network_tool
