#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLOEXEC_RANGE = 4 };	/* CLOSE_RANGE_CLOEXEC of <linux/close_range.h> */

static void
reset_signals(void)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* First all out of the way, then each to its place: none overwrites one. */
static int
place_descriptors(const int *fd, unsigned n_fds)
{
	int away[SPAWN_FDS_MAX];

	for (unsigned i = 0; i < n_fds; i++) {
		away[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, SPAWN_ABOVE);
		if (away[i] < 0)
			return -1;
	}
	for (unsigned i = 0; i < n_fds; i++)
		if (dup2(away[i], SPAWN_FIRST_FD + (int)i) < 0)
			return -1;
	return (int)syscall(SYS_close_range, SPAWN_FIRST_FD + n_fds, ~0U,
	    CLOEXEC_RANGE);
}

/* See spawn.h. */
enum status
spawn_settle(const int *fd, unsigned n_fds)
{
	if (place_descriptors(fd, n_fds) != 0)
		return ST_IO;
	reset_signals();
	return ST_OK;
}

static _Noreturn void
become(const struct spawn *what, int report)
{
	const char *slash = strrchr(what->program, '/');
	/* execve() does not write to its strings. */
	char *argv[] = { (char *)(uintptr_t)(slash ? slash + 1
	    : what->program), NULL };
	char *environment[] = { NULL };
	int away, error;

	setsid();
	away = fcntl(report, F_DUPFD_CLOEXEC, SPAWN_ABOVE);
	if (away >= 0 && chdir(what->directory) == 0 &&
	    spawn_settle(what->fd, what->n_fds) == ST_OK)
		execve(what->program, argv, environment);
	error = errno;
	if (write(away < 0 ? report : away, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* The C library's fork() takes no flags; what it does beside the call is for
 * programs with threads, and the child only executes another one. */
static pid_t
begin(const struct spawn *what)
{
	return what->for_parent ? (pid_t)syscall(SYS_clone,
	    CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) : fork();
}

/* Ends when the child runs its program, or says why it could not. */
static enum status
hear(int report)
{
	int error = 0;
	ssize_t n;

	do
		n = read(report, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return ST_OK;
	errno = n == (ssize_t)sizeof(error) ? error : EIO;
	return ST_IO;
}

/* See spawn.h. */
enum status
spawn(const struct spawn *what, pid_t *pid)
{
	sigset_t all, before;
	int report[2], error;
	enum status st;
	pid_t child;

	*pid = 0;
	if (pipe2(report, O_CLOEXEC) != 0)
		return ST_IO;
	/* No handler of the parent may run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	child = begin(what);
	if (child == 0)
		become(what, report[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(report[1]);
	st = child < 0 ? ST_IO : hear(report[0]);
	error = errno;
	close(report[0]);
	if (st != ST_OK && child > 0 && !what->for_parent)
		waitpid(child, NULL, 0);
	*pid = child < 0 ? 0 : child;
	errno = error;
	return st;
}
