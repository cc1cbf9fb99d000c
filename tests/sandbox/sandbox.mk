# The attacks of tests/sandbox/run: linked with each role's own policy.
SANDBOX_POLICIES := courier desk dhcp health identity intake pickup service spool update vault
SANDBOX_OBJECTS  := $(OUT)/tests/sandbox/attack.o $(OUT)/tests/sandbox/attacks.o \
    $(foreach p,$(SANDBOX_POLICIES),$(OUT)/$(call place,$(p))/policy.o) \
    $(call filters,$(SANDBOX_POLICIES))

$(OUT)/tests/sandbox/attack: $(SANDBOX_OBJECTS) $(call own_libs,os base)
	@echo "  LD    $@"
	$(Q)$(call link,$@,$(SANDBOX_OBJECTS),os base seccomp)

TEST_TOOLS += $(OUT)/tests/sandbox/attack
