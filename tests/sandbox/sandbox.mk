# The attacks of tests/sandbox/run: linked with each role's own policy.
SANDBOX_POLICIES := courier desk intake pickup spool vault
SANDBOX_OBJECTS  := $(OUT)/tests/sandbox/attack.o $(OUT)/tests/sandbox/attacks.o \
    $(SANDBOX_POLICIES:%=$(OUT)/gateway/%/policy.o) \
    $(call filters,$(SANDBOX_POLICIES))

$(OUT)/tests/sandbox/attack: $(SANDBOX_OBJECTS) $(call own_libs,os base)
	@echo "  LD    $@"
	$(Q)$(call link,$@,$(SANDBOX_OBJECTS),os base seccomp)

TEST_TOOLS += $(OUT)/tests/sandbox/attack
