#include "os/deny.h"

#include <errno.h>
#include <seccomp.h>

/* Other processes, the kernel itself, and ways around the file tree. */
static const char *const killing[] = {
	"ptrace", "process_vm_readv", "process_vm_writev", "kcmp",
	"pidfd_getfd", "bpf", "perf_event_open", "userfaultfd",
	"io_uring_enter", "io_uring_register", "keyctl", "add_key",
	"request_key", "init_module", "finit_module", "delete_module",
	"kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
	"mount", "umount2", "pivot_root", "move_mount", "open_tree",
	"fsopen", "fsmount", "fspick", "fsconfig", "mount_setattr",
	"unshare", "setns", "open_by_handle_at", "name_to_handle_at",
	"acct", "quotactl", "syslog", "settimeofday", "clock_settime",
	"sethostname", "setdomainname", "personality", "memfd_create",
	"memfd_secret", "iopl", "ioperm", "modify_ldt", "vhangup",
	"lookup_dcookie", "nfsservctl", "uselib", "vm86", "vm86old",
	"execveat",
};

static int
add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	/* Negative: this architecture has no such call. */
	return number < 0 ? 0 : seccomp_rule_add(filter, action, number, 0);
}

/* See deny.h. */
enum status
deny_enter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int failed;

	if (filter == NULL)
		return ST_IO;
	failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	failed |= add(filter, SCMP_ACT_ERRNO(ENOSYS), "io_uring_setup");
	for (size_t i = 0; i < COUNT(killing); i++)
		failed |= add(filter, SCMP_ACT_KILL_PROCESS, killing[i]);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	return failed == 0 ? ST_OK : ST_IO;
}
