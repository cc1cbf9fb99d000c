#include "init/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "os/moment.h"
#include "os/spawn.h"

enum { NOT_FOUND = 127, LOOK_MS = 5, LOOK_MOST_MS = 500 };

/* See child.h. */
uint64_t
child_now_ms(void)
{
	return moment_ms(CLOCK_BOOTTIME);
}

static unsigned
count_descriptors(const struct child *child)
{
	unsigned n = 0;

	while (n < CHILD_FDS && child->fd[n] != 0)
		n++;
	return n;
}

static int
enter_network(const char *netns)
{
	int fd, result;

	if (netns == NULL)
		return 0;
	fd = open(netns, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = setns(fd, CLONE_NEWNET);
	close(fd);
	return result;
}

static _Noreturn void
become(const struct child *child)
{
	char *environment[] = { NULL };

	setsid();
	/* execve() does not write to its strings. */
	if (enter_network(child->netns) == 0 &&
	    chdir(child->directory == NULL ? "/" : child->directory) == 0 &&
	    spawn_settle(child->fd, count_descriptors(child)) == ST_OK)
		execve(child->argv[0], (char *const *)(uintptr_t)child->argv,
		    environment);
	log_line(LOG_ERROR, "%s: not started: %s", child->argv[0],
	    strerror(errno));
	_exit(NOT_FOUND);
}

/* See child.h. */
enum status
child_start(const struct child *child, pid_t *pid)
{
	*pid = fork();
	if (*pid == 0)
		become(child);
	if (*pid > 0)
		return ST_OK;
	*pid = 0;	/* -1 would be everybody, for kill() */
	log_line(LOG_ERROR, "%s: no process: %s", child->argv[0],
	    strerror(errno));
	return ST_IO;
}

static void
sleep_ms(long ms)
{
	struct timespec pause = { .tv_nsec = ms * 1000000 };

	nanosleep(&pause, NULL);
}

/* See child.h. */
enum status
child_run(const struct child *child, const struct watchdog *watchdog,
    unsigned most_s, int *code)
{
	uint64_t until_ms = child_now_ms() + (uint64_t)most_s * 1000;
	long pause_ms = LOOK_MS;
	int how = -1;	/* no exit code, should waitpid() fail */
	pid_t pid;

	TRY(child_start(child, &pid));
	while (waitpid(pid, &how, WNOHANG) == 0) {
		if (child_now_ms() >= until_ms) {
			log_line(LOG_ERROR, "%s: not ready after %u s",
			    child->argv[0], most_s);
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			return ST_BUSY;
		}
		watchdog_kick(watchdog);
		sleep_ms(pause_ms);
		if (pause_ms < LOOK_MOST_MS)
			pause_ms *= 2;
	}
	if (!WIFEXITED(how))
		return ST_IO;
	*code = WEXITSTATUS(how);
	return ST_OK;
}
