# Our side of the interoperability tests.
JOSE_TOOL_LIBS := card jose crypto base bearssl

$(OUT)/tests/interop/jose_tool: $(OUT)/tests/interop/jose_tool.o \
    $(call own_libs,$(JOSE_TOOL_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(JOSE_TOOL_LIBS))

TEST_TOOLS += $(OUT)/tests/interop/jose_tool
