#include "os/filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

enum { INSTRUCTIONS_MAX = 1024 };	/* the longest has a third of that */

/* See filter.h. */
bool
filter_is_own_pid(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_JMP | BPF_JEQ | BPF_K)
	    && instruction->k == FILTER_OWN_PID;
}

#ifdef SANDBOX_TRACE
static void
on_refused(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)context;
	log_line(LOG_ERROR, "sandbox: system call %d is in no group (ausyscall "
	    "%d says its name)", info->si_syscall, info->si_syscall);
	_exit(128 + SIGSYS);
}

static void
trace(void)
{
	struct sigaction action = { .sa_sigaction = on_refused,
	    .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &action, NULL);
}
#else
static void
trace(void)
{
}
#endif

static enum status
load(struct sock_filter *instructions, size_t n)
{
	struct sock_fprog all = { (unsigned short)n, instructions };

	/* The kernel takes a filter of a process that cannot gain rights. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ST_IO;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &all) == 0
	    ? ST_OK : ST_IO;
}

/* See filter.h. */
enum status
filter_enter(const struct filter_program *program)
{
	struct sock_filter own[INSTRUCTIONS_MAX];
	unsigned own_pids = 0;

	if (program->n == 0 || program->n > INSTRUCTIONS_MAX)
		return ST_CORRUPT;
	memcpy(own, program->instructions, program->n * sizeof(own[0]));
	for (size_t i = 0; i < program->n; i++) {
		if (!filter_is_own_pid(&own[i]))
			continue;
		own[i].k = (uint32_t)getpid();
		own_pids++;
	}
	if (own_pids != program->own_pids)
		return ST_CORRUPT;
	trace();
	return load(own, program->n);
}
