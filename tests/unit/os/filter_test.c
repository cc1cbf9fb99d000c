/* What a program must be to be loaded; that filters hold is tests/sandbox. */
#include "os/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

enum { NUMBER = 0, FIRST_LOW = 16, TOO_MANY = 5000 };

/* getpgid(OWN_PID) fails with EACCES, everything else is allowed. */
static const struct sock_filter own_group[] = {
	{ BPF_LD | BPF_W | BPF_ABS, 0, 0, NUMBER },
	{ BPF_JMP | BPF_JEQ | BPF_K, 0, 3, SYS_getpgid },
	{ BPF_LD | BPF_W | BPF_ABS, 0, 0, FIRST_LOW },
	{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, FILTER_OWN_PID },
	{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EACCES },
	{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW },
};

static enum status
enter(const struct sock_filter *instructions, size_t n, unsigned own_pids)
{
	struct filter_program program = { instructions, n, own_pids, "" };

	return filter_enter(&program);
}

static void
test_refused(void)
{
	static struct sock_filter long_one[TOO_MANY];

	ok(enter(own_group, 0, 0) == ST_CORRUPT, "an empty program");
	ok(enter(long_one, TOO_MANY, 0) == ST_CORRUPT, "a program too long");
	ok(enter(own_group, COUNT(own_group), 0) == ST_CORRUPT,
	    "a process id where none should stand");
	ok(enter(own_group, COUNT(own_group), 2) == ST_CORRUPT,
	    "one where two should");
	ok(getpgid(getpid()) >= 0, "nothing is in force after that");
}

/* 0: as it should be; 3: this kernel (an emulator's) takes no filters. */
static int
inside(void)
{
	enum status st = enter(own_group, COUNT(own_group), 1);

	if (st == ST_IO)
		return 3;
	if (st != ST_OK || getpgid(getppid()) < 0)
		return 1;
	return getpgid(getpid()) == -1 && errno == EACCES ? 0 : 2;
}

static void
test_own_pid(void)
{
	pid_t child = fork();
	int how = -1;

	if (child == 0)
		_exit(inside());
	ok(child > 0 && waitpid(child, &how, 0) == child, "a child ran");
	ok(WIFEXITED(how) && (WEXITSTATUS(how) == 0 || WEXITSTATUS(how) == 3),
	    "the process's own id stands in its filter, and no other");
}

int
main(void)
{
	test_refused();
	test_own_pid();
	return done_testing();
}
