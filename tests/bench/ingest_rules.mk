# ORU^R01 through MLLP beside two npm servers: tests/bench/ingest.
$(OUT)/tests/bench/ingest_load: $(OUT)/tests/bench/ingest_load.o
	@echo "  LD    $@"
	$(Q)$(call link,$@,$<,)

bench-built: $(OUT)/tests/bench/ingest_load
