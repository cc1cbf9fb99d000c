# The client of tests/bench/tls and tests/bench/idle.
$(OUT)/tests/bench/tls_load: $(OUT)/tests/bench/tls_load.o
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,bearssl)

bench-built: $(OUT)/tests/bench/tls_load
