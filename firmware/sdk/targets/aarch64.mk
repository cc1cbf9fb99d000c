# aarch64: the appliance's boards (Cortex-A53 class and up) and qemu virt.

TARGET_TRIPLE = aarch64-linux-gnu
TARGET_GCC    = aarch64-linux-gnu-gcc
TARGET_AR     = aarch64-linux-gnu-gcc-ar
TARGET_STRIP  = aarch64-linux-gnu-strip
TARGET_UAPI   = /usr/aarch64-linux-gnu/include /usr/aarch64-linux-gnu/include
# What runs a program of this target on another machine.  It refuses seccomp.
RUN           = $(if $(filter aarch64,$(shell uname -m)),,qemu-aarch64-static)

# The baseline of ARMv8.0.  Branch protection: BTI landing pads and signed
# return addresses; both are no-ops on a core that has neither.
TARGET_CFLAGS  = -march=armv8-a -mbranch-protection=standard
# Cortex-A53 erratum 843419: an ADRP near a page's end may read a wrong
# address; the linker moves such instructions.  Our first board is an A53.
TARGET_LDFLAGS = -Wl,--fix-cortex-a53-843419
# Pages of 4 kB, as our kernel has them, not the architecture's 64 kB at most:
# the padding between segments would be a quarter of all programs.  A kernel
# with larger pages refuses to start such a program.
TARGET_LDFLAGS += -Wl,-z,max-page-size=4096
