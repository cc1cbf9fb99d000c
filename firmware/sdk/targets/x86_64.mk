# x86_64: developers' machines, continuous integration, the VM appliance.

TARGET_TRIPLE = x86_64-linux-gnu
TARGET_GCC    = gcc
TARGET_AR     = gcc-ar
TARGET_STRIP  = strip
# Where the host keeps the kernel's headers for programs: <linux/...> and
# <asm-generic/...>, then <asm/...>.
TARGET_UAPI   = /usr/include /usr/include/x86_64-linux-gnu
# What runs a program of this target: nothing.
RUN           =

# The baseline every 64-bit x86 has; AES-NI and PCLMULQDQ are found at run
# time by BearSSL.  CET: endbr64 at every indirect target and code that keeps
# to a shadow stack.  The kernel enforces neither for a static musl program
# today; it costs 1 % of size and makes no assumption to be undone later.
TARGET_CFLAGS  = -march=x86-64 -fcf-protection=full
# Relative relocations as a bitmap, a tenth of their size; musl's start code
# reads it.  (The linker of Debian 12 knows it for x86 only.)
TARGET_LDFLAGS = -Wl,-z,pack-relative-relocs
