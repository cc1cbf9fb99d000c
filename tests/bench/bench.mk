# make bench: ours and a peer side by side in one run; see tests/bench/README.md.
bench: all	## benchmarks beside their peers: ratio, median, spread (BENCH=name for one)
	$(Q)firmware/sdk/deps bench
	$(Q)$(MAKE) --no-print-directory bench-built
	$(Q)tests/bench/run --out $(OUT) $(BENCH)
.PHONY: bench bench-built
bench-built:
-include $(wildcard tests/bench/*_rules.mk)
