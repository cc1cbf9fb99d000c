/* The table of system calls itself; that filters hold is tests/sandbox. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/status.h"
#include "os/syscalls.def"
#include "tap.h"

static const struct {
	unsigned    group;
	const char *name, *reason;
} calls[] = {
#define CALL(GROUP, name, RULE, reason) { SYS_##GROUP, #name, reason },
	SYSCALL_GROUPS_MAP(CALL)
#undef CALL
};

/* In no group: each of them would undo the rest. */
static const char *const never[] = {
	"socketpair", "bind", "execve", "execveat", "fork",
	"vfork", "clone", "clone3", "ptrace", "kill", "tgkill", "process_vm_readv",
	"process_vm_writev", "setuid", "setresuid", "setgroups", "capset",
	"unshare", "setns", "mount", "chroot", "pivot_root", "prctl", "seccomp",
	"bpf", "perf_event_open", "io_uring_setup", "io_uring_enter", "keyctl",
	"userfaultfd", "memfd_create", "pidfd_open", "pidfd_getfd", "prlimit64",
	"setrlimit", "symlink", "symlinkat", "link", "linkat", "mknod",
	"open_by_handle_at", "personality", "pkey_mprotect", "shmat",
};

static void
test_names(void)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		ok(seccomp_syscall_resolve_name(calls[i].name) !=
		    __NR_SCMP_ERROR && calls[i].reason[0] != '\0',
		    "%s exists and has a reason", calls[i].name);
}

static void
test_never(void)
{
	for (size_t n = 0; n < COUNT(never); n++) {
		bool found = false;

		for (size_t i = 0; i < COUNT(calls); i++)
			found = found || strcmp(calls[i].name, never[n]) == 0;
		ok(!found, "%s is in no group", never[n]);
	}
}

/* Who may connect may not accept, and nobody else may connect: the courier to
 * hosts, the service port to sockets of its own folder. */
static void
test_outward(void)
{
	static const char *const outward[] = { "socket", "connect" };
	static const char *const inward[] = { "listen", "accept", "accept4" };
	bool is_apart = true, holds = false;

	for (size_t i = 0; i < COUNT(calls); i++) {
		for (size_t n = 0; n < COUNT(outward); n++)
			if (strcmp(calls[i].name, outward[n]) == 0) {
				holds = true;
				is_apart &= calls[i].group == SYS_CONNECT ||
				    calls[i].group == SYS_LOCAL;
			}
		for (size_t n = 0; n < COUNT(inward); n++)
			if (strcmp(calls[i].name, inward[n]) == 0)
				is_apart &= calls[i].group == SYS_ACCEPT;
	}
	ok(holds && is_apart, "socket and connect are in CONNECT and LOCAL "
	    "alone, listen and accept in ACCEPT alone");
}

static void
test_print(void)
{
	static const struct sandbox_policy policy = {
		.role = "x", .user = "x", .syscalls = SYS_RANDOM | SYS_MEMORY,
		.extra = { { SYS_uname, "to know the kernel", 1, 5 } },
	};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	rules_print(&policy, f);
	fclose(f);
	ok(strstr(text, "  getrandom: keys, names\n") != NULL, "a call");
	ok(strstr(text, "  mmap, argument 3 without the bits 0x4: ") != NULL,
	    "a call with a condition");
	ok(strstr(text, "  uname, argument 1 = 0x5: to know the kernel\n") !=
	    NULL, "a call of the policy's own");
	ok(strstr(text, "epoll") == NULL, "nothing of another group");
	free(text);
}

/* Compiled, each rule is there: the kernel's view is tests/sandbox. */
static void
test_compiles(void)
{
	static const struct sandbox_policy policy = {
		.role = "x", .user = "x", .syscalls = ~0u,
	};
	size_t bytes = 0;
	scmp_filter_ctx filter;

	ok(seccomp_api_set(3) == 0, "killing needs no kernel that agrees");
	filter = rules_of_policy(&policy);
	ok(filter != NULL && seccomp_export_bpf_mem(filter, NULL, &bytes) == 0
	    && bytes > 1000, "all groups at once compile");
	seccomp_release(filter);
	filter = rules_of_supervisor();
	ok(filter != NULL, "so does what the supervisor is denied");
	seccomp_release(filter);
}

int
main(void)
{
	test_compiles();
	test_names();
	test_never();
	test_outward();
	test_print();
	return done_testing();
}
