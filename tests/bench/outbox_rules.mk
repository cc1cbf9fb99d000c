# The outbox when it is long: tests/bench/outbox.
OUTBOX_BENCH_OBJS = $(OUT)/tests/bench/outbox_bench.o \
                    $(OUT)/tests/bench/outbox_rows.o \
                    $(OUT)/tests/fakes/vault_rig.o \
                    $(VAULT_ALL_SRCS:%.c=$(OUT)/gateway/%.o)

$(OUT)/tests/bench/outbox_bench: $(OUTBOX_BENCH_OBJS)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(THIRD_sqlcipher) $(THIRD_bearssl)

bench-built: $(OUT)/tests/bench/outbox_bench
