# The tests: what each unit test links is what its module really needs.
#
# A folder's tests.mk adds to UNIT, and per test
#   <test>_SRCS    sources under gateway/, nothing else of ours
#   <test>_FAKES   stand-ins under tests/fakes/
#   <test>_OBJECTS objects from elsewhere
#   <test>_LIBS    third parties (uv, bearssl, ...)
# A fuzz target FUZZ += name has the same variables; its source is
# tests/fuzz/<name>.c, its corpus tests/fuzz/corpus/<name>/.

UNIT :=
FUZZ :=
include $(wildcard tests/unit/*/tests.mk)
include $(wildcard tests/fuzz/*.mk)

TEST_CPPFLAGS = -Itests -Itests/fakes
$(OUT)/tests/%.o: CPPFLAGS += $(TEST_CPPFLAGS)

define unit_rule
$(OUT)/tests/unit/$(1): $(OUT)/tests/unit/$(1).o \
    $($(1)_SRCS:%.c=$(OUT)/gateway/%.o) $($(1)_FAKES:%.c=$(OUT)/tests/fakes/%.o) \
    $($(1)_OBJECTS)
	@echo "  LD    $$@"
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(foreach l,$$($(1)_LIBS),$$(THIRD_$$(l)))
endef
$(foreach t,$(UNIT),$(eval $(call unit_rule,$(t))))

UNIT_TESTS := $(UNIT:%=$(OUT)/tests/unit/%)

# Programs that scripts of tests/suites run.
TEST_TOOLS :=
-include tests/interop/interop.mk
-include tests/powerloss/powerloss.mk
-include tests/sandbox/sandbox.mk
-include tests/outward/outward.mk
-include tests/boot/network.mk
-include tests/boot/boot.mk

unit: $(UNIT_TESTS)	## build and run the unit tests
	$(Q)prove -e '$(RUN)' $(UNIT_TESTS)

# --- fuzzing -------------------------------------------------------------------
# Replay: gcc with ASan and UBSan, every file of every corpus, in make test.
# Hunting: make fuzz (clang's libFuzzer).  Neither needs the target's sysroot
# but for the headers and sources that a _THIRD_SRCS names.

FUZZ_OUT    := build/fuzz
SANITIZE     = -std=c11 -O1 -g -fsanitize=address,undefined \
               -fno-sanitize-recover=all -D_GNU_SOURCE -Igateway -Itests
FUZZ_SECONDS ?= 60

define fuzz_rule
$(FUZZ_OUT)/replay/$(1): tests/fuzz/$(1).c tests/fuzz/replay.c $(addprefix gateway/,$($(1)_SRCS)) $($(1)_THIRD_SRCS) | $(OUT)/sysroot.stamp
	@echo "  ASAN  $$@"
	@mkdir -p $$(@D)
	$$(Q)gcc $$(SANITIZE) $($(1)_CPPFLAGS) -o $$@ $$(filter %.c,$$^)
$(FUZZ_OUT)/hunt/$(1): tests/fuzz/$(1).c $(addprefix gateway/,$($(1)_SRCS)) $($(1)_THIRD_SRCS) | $(OUT)/sysroot.stamp
	@echo "  FUZZ  $$@"
	@mkdir -p $$(@D)
	$$(Q)clang $$(SANITIZE) -fsanitize=fuzzer $($(1)_CPPFLAGS) -o $$@ $$(filter %.c,$$^)
endef
$(foreach t,$(FUZZ),$(eval $(call fuzz_rule,$(t))))

FUZZ_REPLAYS := $(FUZZ:%=$(FUZZ_OUT)/replay/%)

fuzz: $(FUZZ:%=$(FUZZ_OUT)/hunt/%)	## fuzz every parser for FUZZ_SECONDS each (needs clang)
	$(Q)tests/fuzz/hunt $(FUZZ_OUT) $(FUZZ_SECONDS) $(FUZZ)

# --- everything ------------------------------------------------------------------

test: deps	## every test; ends with "N passed, N failed, N skipped"
	$(Q)$(MAKE) --no-print-directory test-built

test-built: all $(UNIT_TESTS) $(FUZZ_REPLAYS) $(TEST_TOOLS)
	$(Q)tests/run --out $(OUT) --unit "$(UNIT_TESTS)" --fuzz "$(FUZZ_REPLAYS)" $(if $(ONLY),--only "$(ONLY)") $(JOBS:%=--jobs %)

.PHONY: unit fuzz test test-built
