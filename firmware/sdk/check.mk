# What holds without running anything: make check; and what programs weigh.

CHECK := $(SDK)/check

# cppcheck 2.10 stumbles over C11: compound literals after `?` (its syntax tree
# breaks) and structs filled by a callee (taken for uninitialised; gcc's
# -Wmaybe-uninitialized under -Werror sees those).  Tables of macros are
# expanded by the compiler only.  A pointer chosen by `?:` after realloc is
# taken for a leak (vault/job.c, backlog.c), and a NULL that goes with a failing
# status is followed into the branch of success (vault/delivery.c).
CPPCHECK_FLAGS = --quiet --std=c11 --enable=warning,portability,performance \
    --inline-suppr --error-exitcode=1 -j 2 --library=$(CHECK)/cppcheck.cfg \
    --suppress=internalAstError --suppress=uninitvar \
    --suppress=uninitStructMember --suppress=preprocessorErrorDirective \
    --suppress=unknownMacro --suppress=memleak:gateway/vault/job.c \
    --suppress=memleak:gateway/vault/backlog.c \
    --suppress=nullPointer:gateway/vault/delivery.c \
    -Igateway -Ifirmware -Ifirmware/sdk/filters \
    --cppcheck-build-dir=build/check

check:	## include directions, form and sizes of the sources, cppcheck, scripts
	@echo "  CHECK include directions"
	$(Q)$(CHECK)/directions.py
	@echo "  CHECK form and sizes"
	$(Q)$(CHECK)/form.py
	@echo "  CHECK pins"
	$(Q)$(CHECK)/pins.sh
	@echo "  CHECK scripts"
	$(Q)$(CHECK)/scripts.sh
	@echo "  CHECK documents"
	$(Q)docs/check
	@echo "  CHECK cppcheck"
	$(Q)mkdir -p build/check
	$(Q)cppcheck $(CPPCHECK_FLAGS) gateway firmware
	@echo "check: nothing found"

# The programs of gateway/ together, stripped, and those of firmware/;
# docs/decisions/0037.
SIZE_MAX := 4194304
SIZE_FIRMWARE_MAX := 1048576

size: all	## what each program weighs stripped, and that each is hardened
	$(Q)STRIP='$(STRIP)' $(CHECK)/size.sh $(OUT) $(SIZE_MAX) \
	    $(filter-out $(FIRMWARE_PROGRAMS),$(PROGRAMS))
	$(Q)STRIP='$(STRIP)' $(CHECK)/size.sh $(OUT) $(SIZE_FIRMWARE_MAX) \
	    $(FIRMWARE_PROGRAMS)

.PHONY: check size
