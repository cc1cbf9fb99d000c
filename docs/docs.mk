# make docs: what is generated from tables.  The copies are committed, so
# that they can be read without building; docs/check says when one is stale.
docs: $(OUT)/bin/guichetd	## make docs/MESSAGES.md and docs/guichet.conf.example from their tables
	$(Q)docs/messages.py gateway/ipc/messages.def > docs/MESSAGES.md
	$(Q)$(RUN) $(OUT)/bin/guichetd --example-config > docs/guichet.conf.example

.PHONY: docs
