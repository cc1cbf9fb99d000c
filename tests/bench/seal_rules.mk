# Sealing 200 kB beside npm jose: tests/bench/seal.
SEAL_BENCH_LIBS := card jose crypto base bearssl

$(OUT)/tests/bench/seal_bench: $(OUT)/tests/bench/seal_bench.o \
    $(call own_libs,$(SEAL_BENCH_LIBS))
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,$(SEAL_BENCH_LIBS))

bench-built: $(OUT)/tests/bench/seal_bench
