# The vault on a disk that loses power: the linker puts disk.c between the
# program (SQLite included) and the kernel.
POWERLOSS_WRAP = open close write pwrite ftruncate fsync fdatasync fallocate \
                 unlink rename
POWERLOSS_OBJS = $(OUT)/tests/powerloss/vault_powerloss.o \
                 $(OUT)/tests/powerloss/disk.o \
                 $(OUT)/tests/fakes/drop_fake.o \
                 $(OUT)/tests/fakes/vault_rig.o \
                 $(VAULT_ALL_SRCS:%.c=$(OUT)/gateway/%.o)
comma := ,

$(OUT)/tests/powerloss/vault_powerloss: $(POWERLOSS_OBJS)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(POWERLOSS_WRAP:%=-Wl$(comma)--wrap=%) \
	    -o $@ $^ $(THIRD_sqlcipher) $(THIRD_bearssl)

TEST_TOOLS += $(OUT)/tests/powerloss/vault_powerloss

# The updater on a card that does.
UPDATE_POWERLOSS_OBJS = $(OUT)/tests/powerloss/update_powerloss.o \
    $(OUT)/tests/powerloss/disk.o $(OUT)/tests/fakes/containers.o \
    $(UPDATE_TEST_OBJECTS)

$(OUT)/tests/powerloss/update_powerloss: $(UPDATE_POWERLOSS_OBJS)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(POWERLOSS_WRAP:%=-Wl$(comma)--wrap=%) \
	    -o $@ $^ $(THIRD_bearssl)

TEST_TOOLS += $(OUT)/tests/powerloss/update_powerloss
