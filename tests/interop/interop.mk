# Our side of the interoperability tests, and of the sealing bench.
JOSE_TOOL_LIBS := card jose crypto base bearssl

$(OUT)/tests/interop/jose_tool: $(OUT)/tests/interop/jose_tool.o \
    $(call own_libs,$(JOSE_TOOL_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(JOSE_TOOL_LIBS))

$(OUT)/tests/bench/seal_bench: $(OUT)/tests/bench/seal_bench.o \
    $(call own_libs,$(JOSE_TOOL_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(JOSE_TOOL_LIBS))

TEST_TOOLS += $(OUT)/tests/interop/jose_tool
