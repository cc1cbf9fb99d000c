# The image in an emulated machine: tests/boot.  docs/operations/boot-tests.md

BOOT_PROGRAMS := attack_init dead hung memory_init nothing strict

# For the box: only make TARGET=aarch64 asks for them.
$(OUT)/tests/boot/programs/attack_init: $(OUT)/tests/sandbox/attacks.o
$(BOOT_PROGRAMS:%=$(OUT)/tests/boot/programs/%): %: %.o
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

boot-programs: $(BOOT_PROGRAMS:%=$(OUT)/tests/boot/programs/%) $(OUT)/tests/sandbox/attack

# What the tests need built: the image, this machine's command, bad programs.
boot-ready:
	$(Q)$(MAKE) --no-print-directory $(OUT)/bin/guichet
	$(Q)$(MAKE) --no-print-directory image BOARD=qemu-virt
	$(Q)$(MAKE) --no-print-directory TARGET=aarch64 boot-programs

boot-test: boot-ready	## the image in qemu: a result in, a bundle out, the power cut
	$(Q)/usr/bin/python3 tests/boot/boot_test.py
	$(Q)/usr/bin/python3 tests/boot/faults_test.py
	$(Q)/usr/bin/python3 tests/boot/ports_test.py
	$(Q)/usr/bin/python3 tests/boot/attack_test.py

boot-matrix: boot-ready	## every damage and every update, and what must boot then
	$(Q)tests/boot/matrix

.PHONY: boot-programs boot-ready boot-test boot-matrix
