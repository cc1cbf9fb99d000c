# The compiler, its flags and the third-party libraries of one target.
#
# Defines SYSROOT, CC, AR, STRIP, RUN, TARGET_CFLAGS, TARGET_LDFLAGS,
# HARDENING_CFLAGS, HARDENING_LDFLAGS; makes $(OUT)/sysroot.stamp and
# $(OUT)/sysroot.key.  See firmware/sdk/README.md.

SDK := firmware/sdk
ifeq ($(wildcard $(SDK)/targets/$(TARGET).mk),)
$(error TARGET=$(TARGET) is not known; known: $(patsubst $(SDK)/targets/%.mk,%,$(wildcard $(SDK)/targets/*.mk)))
endif
include $(SDK)/targets/$(TARGET).mk

# A link into the cache of third-party builds; see firmware/sdk/sysroot.
SYSROOT = $(OUT)/sysroot
CC      = $(SYSROOT)/bin/cc
AR      = $(TARGET_AR)
STRIP   = $(TARGET_STRIP)

# Where firmware/sdk/deps put node when the machine's own is too old.
NODE_BIN := $(lastword $(wildcard \
    $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/guichet/node-*/bin))
ifneq ($(NODE_BIN),)
export PATH := $(NODE_BIN):$(PATH)
endif

# --- hardening: the same for our programs and for third parties ----------------

# Programs are position-independent though static: ASLR moves them whole.
HARDENING_CFLAGS  = -fPIE
# A canary in each function with an array or whose locals' address is taken.
HARDENING_CFLAGS += -fstack-protector-strong
# Touch each page of a large frame in order: a frame cannot jump the guard page.
HARDENING_CFLAGS += -fstack-clash-protection
# Locals start as zero: a forgotten initialiser leaks no earlier secret.
HARDENING_CFLAGS += -ftrivial-auto-var-init=zero
# Signed overflow wraps and pointer checks stay: no check of ours is
# optimised away on the argument that what it looks for cannot happen.
HARDENING_CFLAGS += -fno-strict-overflow -fno-delete-null-pointer-checks
# Two tentative definitions of one name are an error, not one variable.
HARDENING_CFLAGS += -fno-common
# Each function in its own section: the linker drops what nobody calls, so
# that what a program cannot do is not in it.
HARDENING_CFLAGS += -ffunction-sections -fdata-sections
# No tables for unwinding at run time: nothing here throws or prints a stack,
# and they are a twelfth of a program.  Debuggers read .debug_frame.
HARDENING_CFLAGS += -fno-asynchronous-unwind-tables -fno-unwind-tables
# The same bytes from any folder: no path of the builder in the programs.
# (The compiler of the sysroot does the same for the sysroot's own path.)
HARDENING_CFLAGS += -ffile-prefix-map=$(CURDIR)=.
# Not here: _FORTIFY_SOURCE.  Its checked functions are glibc's; musl has none,
# the flag would change nothing.  A stamp of it would only look good.

# Read-only after relocation, and all relocation done at start: no table of
# function pointers stays writable.
HARDENING_LDFLAGS  = -static-pie -Wl,-z,relro,-z,now
# The stack holds no code; a library that asks for it fails the link's check.
HARDENING_LDFLAGS += -Wl,-z,noexecstack
# No relocation inside code: every page of text is shared and read-only.
HARDENING_LDFLAGS += -Wl,-z,text
# Code, constants and headers in separate segments: constants do not execute.
HARDENING_LDFLAGS += -Wl,-z,separate-code
# Drop unused sections; no build id, which would hash paths in debug data.
HARDENING_LDFLAGS += -Wl,--gc-sections -Wl,--build-id=none
# A warning of the linker is a mistake of ours.
HARDENING_LDFLAGS += -Wl,--fatal-warnings

# --- the sysroot -----------------------------------------------------------------

SDK_INPUTS := $(SDK)/sysroot $(SDK)/fetch $(SDK)/recipe.sh $(SDK)/sdk.mk \
    $(SDK)/targets/$(TARGET).mk $(wildcard $(SDK)/pins/*.pin) \
    $(wildcard $(SDK)/recipes/*.sh) $(wildcard $(SDK)/patches/*/*.patch)

# Third parties get the hardening but not the flags that name this tree.
THIRD_CFLAGS = -O2 -g $(filter-out -ffile-prefix-map=%,$(HARDENING_CFLAGS)) \
               $(TARGET_CFLAGS)

$(OUT)/sysroot.stamp: $(SDK_INPUTS)
	$(Q)mkdir -p $(OUT)
	$(Q)TARGET_GCC='$(TARGET_GCC)' TARGET_AR='$(TARGET_AR)' \
	    TARGET_UAPI='$(TARGET_UAPI)' TARGET_TRIPLE='$(TARGET_TRIPLE)' \
	    THIRD_CFLAGS='$(THIRD_CFLAGS)' $(SDK)/sysroot $(TARGET) $(OUT)
	$(Q)touch $@

# Changes only when the sysroot's contents do: what objects depend on.
$(OUT)/sysroot.key: $(OUT)/sysroot.stamp
	@:
