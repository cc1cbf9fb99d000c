#include "os/capabilities.h"

#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Numbers of the kernel's interface, capabilities(7). */
enum {
	DAC_READ_SEARCH = 2,
	KILL            = 5,
	SETGID          = 6,
	SETUID          = 7,
	SYS_CHROOT      = 18,
	SYS_RESOURCE    = 24,
	VERSION_3       = 0x20080522,
	NUMBERS         = 64
};

static const uint32_t kept = 1u << DAC_READ_SEARCH | 1u << KILL |
    1u << SETGID | 1u << SETUID | 1u << SYS_CHROOT | 1u << SYS_RESOURCE;

struct header {
	uint32_t version;
	int32_t  pid;
};

struct data {
	uint32_t effective, permitted, inheritable;
};

/* See capabilities.h. */
enum status
capabilities_keep_for_roles(void)
{
	struct header header = { .version = VERSION_3 };
	struct data data[2] = { { 0 }, { 0 } };

	if (geteuid() != 0)
		return ST_OK;
	for (unsigned n = 0; n < NUMBERS; n++) {
		if (n < 32 && (kept & 1u << n))
			continue;
		/* EINVAL: this kernel counts no further. */
		if (prctl(PR_CAPBSET_DROP, n, 0, 0, 0) != 0 && errno != EINVAL)
			return ST_IO;
	}
	if (syscall(SYS_capget, &header, data) != 0)
		return ST_IO;
	/* In a container some of them may be gone already. */
	data[0].permitted &= kept;
	data[0].effective = data[0].permitted;
	data[0].inheritable = 0;
	data[1] = (struct data){ 0 };
	return syscall(SYS_capset, &header, data) != 0 ? ST_IO : ST_OK;
}
