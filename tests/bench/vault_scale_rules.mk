# The vault at scale: tests/bench/vault_scale.
VAULT_SCALE_OBJS = $(OUT)/tests/bench/vault_scale_bench.o \
                   $(OUT)/tests/fakes/vault_rig.o \
                   $(VAULT_ALL_SRCS:%.c=$(OUT)/gateway/%.o)

$(OUT)/tests/bench/vault_scale_bench: $(VAULT_SCALE_OBJS)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(THIRD_sqlcipher) $(THIRD_bearssl)

bench-built: $(OUT)/tests/bench/vault_scale_bench
