# System-call filters, one for each role, made for the target by its own
# libseccomp.  A program links its own role's and nobody else's; libseccomp is
# in none.

# FILTERED: the Makefile's, and what firmware/*/sources.mk add.
# Of a role's folder; nothing for the command, which has none.
filters = $(patsubst %,$(OUT)/gen/filters/%.o,$(filter $(FILTERED) supervisor,$(1)))

FILTER_MAKER := $(OUT)/filters/maker
FILTER_MAKER_OBJECTS := $(OUT)/firmware/sdk/filters/maker.o \
    $(OUT)/firmware/sdk/filters/rules.o $(OUT)/gateway/os/filter.o \
    $(OUT)/gateway/base/log.o $(foreach f,$(FILTERED),$(OUT)/$(call place,$(f))/policy.o)

$(OUT)/firmware/sdk/filters/%.o: CPPFLAGS += -Ifirmware/sdk/filters
$(OUT)/firmware/sdk/filters/maker.o: $(OUT)/gen/filters/roles.h

# The roles that have a filter, for maker.c.
$(OUT)/gen/filters/roles.h: $(OUT)/flags.stamp $(wildcard firmware/*/sources.mk)
	@mkdir -p $(@D)
	@echo '#define ROLES(X) ${FILTERED:%=X(%)}' | cmp -s - $@ || \
	    echo '#define ROLES(X) ${FILTERED:%=X(%)}' > $@
ifdef SANDBOX_TRACE
$(OUT)/firmware/sdk/filters/rules.o: CPPFLAGS += -DSANDBOX_TRACE
endif

$(FILTER_MAKER): $(FILTER_MAKER_OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lseccomp

$(OUT)/gen/filters/%.c: $(FILTER_MAKER)
	@echo "  BPF   $@"
	@mkdir -p $(@D)
	$(Q)$(RUN) $(FILTER_MAKER) $* >$@.$$$$ && mv $@.$$$$ $@

$(OUT)/gen/filters/%.o: $(OUT)/gen/filters/%.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

.PRECIOUS: $(OUT)/gen/filters/%.c
