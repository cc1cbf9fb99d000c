/*
 * A launcher and what it starts.  The test starts itself: with a pipe on
 * descriptor 3 it is the role, and says who its parent is.
 */
#include "supervisor/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/passing.h"
#include "tap.h"

static char self[PATH_MAX];

static int
be_role(void)
{
	char folder[PATH_MAX] = "";

	dprintf(3, "%d %s", (int)getppid(), getcwd(folder, sizeof(folder)));
	dprintf(4, "second");
	return 7;
}

static pid_t
start_launcher(int *fd)
{
	int pair[2];
	pid_t pid;

	if (passing_pair(pair) != ST_OK)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		launcher_serve(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	*fd = pair[0];
	return pid;
}

static void
test_start(int launcher)
{
	int one[2], two[2], how = 0;
	char said[PATH_MAX] = "", wanted[64], second[16] = "";
	struct spawn what = { .program = self, .directory = "/", .n_fds = 2 };
	pid_t pid;

	if (pipe2(one, O_CLOEXEC) != 0 || pipe2(two, O_CLOEXEC) != 0)
		return;
	what.fd[0] = one[1];
	what.fd[1] = two[1];
	ok(launcher_spawn(launcher, &what, &pid) == ST_OK && pid > 0,
	    "it starts");
	close(one[1]);
	close(two[1]);
	ok(waitpid(pid, &how, 0) == pid && WIFEXITED(how) &&
	    WEXITSTATUS(how) == 7, "it is our child, not the launcher's");
	snprintf(wanted, sizeof(wanted), "%d /", (int)getpid());
	ok(read(one[0], said, sizeof(said) - 1) > 0 &&
	    strcmp(said, wanted) == 0, "and knows it: %s", said);
	ok(read(two[0], second, sizeof(second) - 1) == 6 &&
	    strcmp(second, "second") == 0, "each descriptor at its place");
	close(one[0]);
	close(two[0]);
}

static void
expect_failure(int launcher, const char *program, int error)
{
	struct spawn what = { .program = program, .directory = "/" };
	pid_t pid;

	errno = 0;
	ok(launcher_spawn(launcher, &what, &pid) == ST_IO && errno == error &&
	    pid == 0, "%.40s: %s", program, strerror(error));
}

static void
test_failures(int launcher, pid_t launcher_pid)
{
	char long_path[LAUNCHER_PATH_BYTES + 1];

	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	expect_failure(launcher, "/nowhere/program", ENOENT);
	expect_failure(launcher, "/etc/passwd", EACCES);
	expect_failure(launcher, long_path, ENAMETOOLONG);
	ok(waitpid(-1, NULL, WNOHANG) == 0, "only the launcher is left");
	test_start(launcher);
	kill(launcher_pid, SIGKILL);
	waitpid(launcher_pid, NULL, 0);
	expect_failure(launcher, self, EPIPE);
}

/* Whoever sends less than a request is not guichetd. */
static void
test_nonsense(void)
{
	int launcher, how = -1;
	pid_t pid = start_launcher(&launcher);

	ok(passing_send(launcher, span_of("nonsense"), -1) == ST_OK &&
	    waitpid(pid, &how, 0) == pid && how == 0,
	    "nonsense ends the launcher");
	close(launcher);
	pid = start_launcher(&launcher);
	close(launcher);
	ok(waitpid(pid, &how, 0) == pid && how == 0,
	    "and so does the end of guichetd");
}

int
main(void)
{
	struct stat info;
	int launcher = -1;
	ssize_t n;
	pid_t pid;

	if (fstat(3, &info) == 0 && S_ISFIFO(info.st_mode))
		return be_role();
	signal(SIGPIPE, SIG_IGN);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return 1;
	self[n] = '\0';
	pid = start_launcher(&launcher);
	test_start(launcher);
	test_failures(launcher, pid);
	test_nonsense();
	return done_testing();
}
