# Guichet.  `make help` lists what can be asked for.
#
# Everything made goes to build/$(TARGET); the source tree is never written.
# Source lists are explicit, one file per line: a stray file is never linked.

TARGET ?= x86_64
OUT    := build/$(TARGET)
Q      := $(if $(V),,@)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# CC, AR, STRIP, RUN, TARGET_CFLAGS, HARDENING_CFLAGS, HARDENING_LDFLAGS,
# SYSROOT, and the rule for $(OUT)/sysroot.stamp.
include firmware/sdk/sdk.mk

# Our own libraries: one per folder of gateway/, see its sources.mk.
FOLDERS := base wire crypto jose fhir card clock ipc os net config input \
           supervisor intake spool vault pickup desk courier ctl
include $(foreach f,$(FOLDERS),gateway/$(f)/sources.mk)
include gateway/programs.mk

# The board's side: each folder of firmware/ with a sources.mk is a library
# (<folder>_SRCS) and may add programs (PROGRAMS +=, <program>_LIBS) and a
# filtered role (FILTERED +=).
FIRMWARE := $(patsubst firmware/%/sources.mk,%,$(wildcard firmware/*/sources.mk))
FILTERED := courier desk intake pickup spool vault
GATEWAY_PROGRAMS := $(PROGRAMS)
include $(FIRMWARE:%=firmware/%/sources.mk)
FIRMWARE_PROGRAMS := $(filter-out $(GATEWAY_PROGRAMS),$(PROGRAMS))
# gateway/desk, firmware/update: where the library of that name has its sources.
place = $(if $(filter $(1),$(FIRMWARE)),firmware,gateway)/$(or $($(1)_DIR),$(1))

WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wconversion -Wsign-conversion -Wcast-qual -Wvla -Werror
# What runs once, or for a person, or seldom, is made small, the rest fast.
OPTIMIZE = -O2
COLD    := $(foreach f,supervisor spool pickup desk courier ctl config card clock os,$(f)/%) \
           input/cda_% input/fhir_% input/hprim% input/sidecar% \
           intake/check% intake/local% intake/spool% \
           wire/cda% wire/hprim% wire/json% wire/multipart%
$(foreach f,$(COLD),$(eval $(OUT)/gateway/$(f).o: OPTIMIZE = -Os))
$(foreach f,$(FIRMWARE),$(eval $(OUT)/firmware/$(f)/%.o: OPTIMIZE = -Os))
CPPFLAGS = -Igateway -Ifirmware -I$(OUT)/gen -isystem $(SYSROOT)/include \
           -D_GNU_SOURCE
CFLAGS   = -std=c11 $(OPTIMIZE) -g $(WARN) $(HARDENING_CFLAGS) $(TARGET_CFLAGS)
LDFLAGS  = -L$(SYSROOT)/lib $(HARDENING_LDFLAGS) $(TARGET_LDFLAGS)

# --- libraries and programs -------------------------------------------------

# Third-party names as they stand in programs.mk -> what the linker wants.
THIRD_uv             = -luv
THIRD_seccomp        = -lseccomp	# tests only; see firmware/sdk/filters
THIRD_expat          = -lexpat
THIRD_bearssl        = -lbearssl
THIRD_sqlcipher      = -lsqlcipher
THIRD_jansson        = -ljansson
THIRD_picohttpparser = -lpicohttpparser
THIRD_qrencode       = -lqrencode
THIRD := uv seccomp bearssl expat sqlcipher jansson picohttpparser qrencode

lib = $(OUT)/lib/lib$(1).a

define library_rule
$(call lib,$(1)): $$($(1)_SRCS:%.c=$(OUT)/$(call place,$(1))/%.o)
	$$(Q)mkdir -p $$(@D) && new=$$@.$$$$$$$$ && $$(AR) rcsD $$$$new $$^ && mv $$$$new $$@
endef
LIBRARIES := $(FOLDERS) $(FIRMWARE) $(EXTRA_LIBRARIES)
$(foreach l,$(LIBRARIES),$(eval $(call library_rule,$(l))))

# One group of all archives: SQLCipher calls our provider, which calls BearSSL.
own_libs   = $(foreach l,$(filter-out $(THIRD),$(1)),$(call lib,$(l)))
third_libs = $(foreach l,$(filter $(THIRD),$(1)),$(THIRD_$(l)))
link = $(CC) $(CFLAGS) $(LDFLAGS) -o $(1) $(2) \
       -Wl,--start-group $(call own_libs,$(3)) $(call third_libs,$(3)) -Wl,--end-group

# A program's main.c is in the folder of its first library and in no archive;
# its filter is of that folder, too.
include firmware/sdk/filters/filters.mk
define program_rule
$(OUT)/bin/$(1): $(OUT)/$(call place,$(firstword $($(1)_LIBS)))/main.o \
    $(call filters,$(firstword $($(1)_LIBS))) $(call own_libs,$($(1)_LIBS))
	@echo "  LD    $$@"
	@mkdir -p $$(@D)
	$$(Q)$$(call link,$$@,$$(filter %.o,$$^),$$($(1)_LIBS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$(p))))

BINARIES := $(PROGRAMS:%=$(OUT)/bin/%)

all: $(BINARIES)	## build every program for TARGET (x86_64, aarch64)

$(OUT)/%.o: %.c $(OUT)/flags.stamp $(OUT)/sysroot.key
	@echo "  CC    $<"
	@mkdir -p $(@D)
	$(Q)new=$@.$$$$ && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) \
	    -MT $@ -c -o $$new $< && mv $$new $@

# (Made aside and renamed: two makes at once do not see halves.)
# Objects are remade when the flags change, not only when the sources do.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(COLD)
$(OUT)/flags.stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

include tests/tests.mk
include tests/bench/bench.mk
include firmware/sdk/check.mk
include docs/docs.mk
-include firmware/image/image.mk
-include provisioning/provisioning.mk
include gateway/web/web.mk

# --- the rest ----------------------------------------------------------------

deps:	## install what the build and the tests need (apt, npm; asks nothing)
	$(Q)firmware/sdk/deps test

demo:	## set everything up and run the appliance on loopback with an example
	$(Q)firmware/sdk/deps demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo/run build/demo

clean:	## remove everything made (not the cache of third-party builds)
	rm -rf build

help:	## this list
	@grep -hE '^[a-z_-]+:.*##' $(MAKEFILE_LIST) | \
	    sed -E 's/^([a-z_-]+):[^#]*## */\1\t/' | expand -t 16
	@echo
	@echo 'Variables: TARGET=x86_64|aarch64, V=1 shows every command.'

FORCE:
.PHONY: all deps demo clean help FORCE
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
