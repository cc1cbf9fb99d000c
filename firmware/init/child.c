#include "init/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "init/relay.h"
#include "os/moment.h"
#include "os/spawn.h"

enum {
	NOT_FOUND = 127, LOOK_MS = 500, ENDING_MS = 5,
	PIECE_BYTES = 512, PIECES_MAX = 1024
};

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
	if (child->output != 0) {
		dup2(child->output, STDOUT_FILENO);
		dup2(child->output, STDERR_FILENO);
	}
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

/* --- waiting for one --------------------------------------------------------------- */

struct running {
	pid_t pid;
	int   how;	/* waitpid()'s; no exit code until then */
	int   says;	/* the end of a pipe; -1: closed */
	struct relay relay;
};

/* What it says next, for `most_ms`; false where there was nothing.  Its end
 * of the pipe is closed when it ends: that wakes us.  What has closed it and
 * runs on is looked at often. */
static bool
listen_to(struct running *r, int most_ms)
{
	struct pollfd ready = { .fd = r->says, .events = POLLIN };
	uint8_t piece[PIECE_BYTES];
	ssize_t n;

	if (poll(&ready, 1, r->says < 0 ? ENDING_MS : most_ms) <= 0)
		return false;
	n = read(r->says, piece, sizeof(piece));
	if (n > 0) {
		relay_feed(&r->relay, (struct span){ piece, (size_t)n });
		return true;
	}
	close(r->says);
	r->says = -1;
	return false;
}

static enum status
wait_for(struct running *r, const struct child *child,
    const struct watchdog *watchdog, unsigned most_s)
{
	uint64_t until_ms = child_now_ms() + (uint64_t)most_s * 1000;

	while (waitpid(r->pid, &r->how, WNOHANG) == 0) {
		if (child_now_ms() >= until_ms) {
			log_line(LOG_ERROR, "%s: not ready after %u s",
			    child->argv[0], most_s);
			kill(r->pid, SIGKILL);
			waitpid(r->pid, NULL, 0);
			return ST_BUSY;
		}
		watchdog_kick(watchdog);
		(void)listen_to(r, LOOK_MS);
	}
	return ST_OK;
}

/* What it said last; a child of its own that still speaks is not waited
 * for. */
static void
hear_out(struct running *r)
{
	for (int i = 0; i < PIECES_MAX && r->says >= 0 && listen_to(r, 0); i++)
		;
	relay_end(&r->relay);
	if (r->says >= 0)
		close(r->says);
}

/* See child.h.  Without a pipe it is heard as init is. */
enum status
child_run(const struct child *child, const struct watchdog *watchdog,
    unsigned most_s, int *code)
{
	struct running r = { .how = -1, .relay = { .to = STDERR_FILENO } };
	struct child heard = *child;
	int ends[2] = { -1, 0 };
	enum status st;

	if (pipe2(ends, O_CLOEXEC) != 0)
		ends[1] = 0;
	r.says = ends[0];
	heard.output = ends[1];
	st = child_start(&heard, &r.pid);
	if (ends[1] > 0)
		close(ends[1]);
	if (st == ST_OK)
		st = wait_for(&r, child, watchdog, most_s);
	hear_out(&r);
	if (st == ST_OK && !WIFEXITED(r.how))
		st = ST_IO;
	if (st == ST_OK)
		*code = WEXITSTATUS(r.how);
	return st;
}
