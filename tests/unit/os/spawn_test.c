/* The test starts itself: as a child it tells what it was given. */
#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char self[PATH_MAX];

/* --- the child ------------------------------------------------------------- */

static unsigned
open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static unsigned
changed_signals(void)
{
	struct sigaction action;
	unsigned n = 0;

	for (int s = 1; s < 32; s++)
		n += sigaction(s, NULL, &action) == 0 &&
		    action.sa_handler != SIG_DFL;
	return n;
}

static int
be_child(char **argv, char **environment)
{
	sigset_t blocked;
	char folder[PATH_MAX] = "";

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	dprintf(3, "%s|%d|%u|%u|%d|%d|%s|", argv[0], argv[1] == NULL,
	    open_descriptors(), changed_signals(),
	    sigismember(&blocked, SIGTERM), getsid(0) == getpid(),
	    environment[0] == NULL ? "" : environment[0]);
	dprintf(3, "%s|", getcwd(folder, sizeof(folder)));
	dprintf(4, "second");
	return 7;
}

/* --- the test -------------------------------------------------------------- */

static void
read_all(int fd, char *out, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
}

static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
test_child(void)
{
	int one[2], two[2], how;
	char said[PATH_MAX * 2], wanted[PATH_MAX], second[16];
	struct spawn what = { .program = self, .directory = "/", .n_fds = 2 };
	pid_t pid;

	for (int fd = 3; fd < 10; fd++)
		dup2(STDERR_FILENO, fd);	/* the child must not get these */
	if (pipe2(one, O_CLOEXEC) != 0 || pipe2(two, O_CLOEXEC) != 0)
		return;
	/* Crosswise: each stands where the other has to go. */
	dup2(two[1], 3);
	dup2(one[1], 4);
	what.fd[0] = 4;
	what.fd[1] = 3;
	block_signals();
	setenv("SECRET", "value", 1);
	ok(spawn(&what, &pid) == ST_OK && pid > 0, "it starts");
	close(one[1]);
	close(two[1]);
	close(3);
	close(4);
	read_all(one[0], said, sizeof(said));
	read_all(two[0], second, sizeof(second));
	snprintf(wanted, sizeof(wanted), "%s|1|5|0|0|1||/|",
	    strrchr(self, '/') + 1);
	ok(strcmp(said, wanted) == 0, "its name and no arguments, five open "
	    "descriptors, no handler, nothing blocked, its own session, no "
	    "environment, its directory: %s", said);
	ok(strcmp(second, "second") == 0, "each descriptor at its place");
	ok(waitpid(pid, &how, 0) == pid && WIFEXITED(how) &&
	    WEXITSTATUS(how) == 7, "its exit code comes back");
}

static void
expect_failure(const char *program, const char *directory, int error)
{
	struct spawn what = { .program = program, .directory = directory };
	pid_t pid;

	errno = 0;
	ok(spawn(&what, &pid) == ST_IO && errno == error,
	    "%s in %s: %s", program, directory, strerror(error));
}

static void
test_failures(void)
{
	expect_failure("/nowhere/program", "/", ENOENT);
	expect_failure("/etc/passwd", "/", EACCES);
	expect_failure(self, "/nowhere", ENOENT);
	ok(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD,
	    "no child is left behind");
}

int
main(int argc, char **argv, char **environment)
{
	struct stat info;
	ssize_t n;

	(void)argc;
	if (fstat(3, &info) == 0 && S_ISFIFO(info.st_mode) &&
	    fstat(4, &info) == 0 && S_ISFIFO(info.st_mode))
		return be_child(argv, environment);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return 1;
	self[n] = '\0';
	test_child();
	test_failures();
	return done_testing();
}
