#include "init/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/status.h"

enum { NOTHING_RUNS = MS_NOSUID | MS_NOEXEC };

struct mounted {
	const char *from, *at, *type, *options;
	unsigned long flags;
};

/* The data partition is not here: see data.c. */
static const struct mounted table[] = {
	{ "proc",   "/proc", "proc",     "hidepid=2",
	    NOTHING_RUNS | MS_NODEV },
	{ "sysfs",  "/sys",  "sysfs",    NULL,
	    NOTHING_RUNS | MS_NODEV | MS_RDONLY },
	{ "dev",    "/dev",  "devtmpfs", "mode=755",
	    NOTHING_RUNS },
	{ "run",    "/run",  "tmpfs",    "mode=755,size=16m",
	    NOTHING_RUNS | MS_NODEV },
	{ "pstore", "/sys/fs/pstore", "pstore", NULL,
	    NOTHING_RUNS | MS_NODEV },
};

struct setting {
	const char *path, *value, *reason;
};

static const struct setting settings[] = {
	{ "/proc/sys/kernel/printk_devkmsg", "on\n",
	  "all that roles say is kept: the kernel drops most otherwise" },
	{ "/proc/sys/kernel/dmesg_restrict", "1",
	  "only root reads the kernel's messages" },
	{ "/proc/sys/kernel/kptr_restrict", "2",
	  "nobody learns where the kernel is" },
	{ "/proc/sys/kernel/sysrq", "0",
	  "no keys on the console command the kernel" },
	{ "/proc/sys/fs/suid_dumpable", "0",
	  "no memory of a role in a file" },
	{ "/proc/sys/kernel/unprivileged_bpf_disabled", "1",
	  "nothing here loads programs into the kernel" },
};

/* devtmpfs may be there already, by the kernel itself: its flags are not. */
static int
mount_one(const struct mounted *m)
{
	if (mount(m->from, m->at, m->type, m->flags, m->options) == 0)
		return 0;
	if (errno != EBUSY)
		return -1;
	return mount(NULL, m->at, NULL, MS_REMOUNT | m->flags, m->options);
}

/* Kernels without a setting have not what it is about. */
static void
set(const struct setting *s)
{
	int fd = open(s->path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, s->value, strlen(s->value)) < 0)
		log_line(LOG_WARNING, "%s: %s", s->path, strerror(errno));
	close(fd);
}

/* Lines with a level in front are what /dev/kmsg takes and base/log writes. */
static void
open_standard(void)
{
	int null = open("/dev/null", O_RDWR);
	int kmsg = open("/dev/kmsg", O_WRONLY);

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (kmsg >= 0) {
		dup2(kmsg, STDOUT_FILENO);
		dup2(kmsg, STDERR_FILENO);
	}
	if (null > STDERR_FILENO)
		close(null);
	if (kmsg > STDERR_FILENO)
		close(kmsg);
}

/* See mounts.h. */
void
mounts_make(void)
{
	static const struct rlimit no_core;
	int refused[COUNT(table)];

	for (size_t i = 0; i < COUNT(table); i++)
		refused[i] = mount_one(&table[i]) == 0 ? 0 : errno;
	open_standard();
	for (size_t i = 0; i < COUNT(settings); i++)
		set(&settings[i]);
	for (size_t i = 0; i < COUNT(table); i++)
		if (refused[i] != 0)
			log_line(LOG_WARNING, "%s: not mounted: %s",
			    table[i].at, strerror(refused[i]));
	if (setrlimit(RLIMIT_CORE, &no_core) != 0)
		log_line(LOG_WARNING, "core dumps: %s", strerror(errno));
	if (chdir("/") != 0)
		log_line(LOG_WARNING, "/: %s", strerror(errno));
}
