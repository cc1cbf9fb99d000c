# Our side of the interoperability tests.
JOSE_TOOL_LIBS := card jose crypto base bearssl

$(OUT)/tests/interop/jose_tool: $(OUT)/tests/interop/jose_tool.o \
    $(call own_libs,$(JOSE_TOOL_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(JOSE_TOOL_LIBS))

TEST_TOOLS += $(OUT)/tests/interop/jose_tool

# What our mapping makes of messages, for validators that are not in C.
$(OUT)/tests/interop/bundle_tool: $(OUT)/tests/interop/bundle_tool.o \
    $(call own_libs,$(guichet-intake_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(guichet-intake_LIBS))

TEST_TOOLS += $(OUT)/tests/interop/bundle_tool

# What the courier would send an S3 store, for botocore to compare with.
REQUEST_TOOL_LIBS := courier net wire crypto ipc config os base uv picohttpparser bearssl

$(OUT)/tests/interop/request_tool: $(OUT)/tests/interop/request_tool.o \
    $(call own_libs,$(REQUEST_TOOL_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(REQUEST_TOOL_LIBS))

TEST_TOOLS += $(OUT)/tests/interop/request_tool
