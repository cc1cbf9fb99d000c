#include "supervisor/places.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "os/capabilities.h"
#include "os/filter.h"
#include "os/passing.h"
#include "supervisor/launcher.h"

static const char *const names[PLACES] = {
	[PLACE_NONE] = "none", [PLACE_LAB] = "lab", [PLACE_WAN] = "wan",
};

static enum status
fail(enum topology_place place, const char *what)
{
	log_line(LOG_ERROR, "network %s: %s: %s; guichetd --box is started by "
	    "init, as root", names[place], what, strerror(errno));
	return ST_IO;
}

/* See places.h. */
enum status
places_open(struct places *p, const struct box *box)
{
	const char *path[PLACES];

	*p = (struct places){ .is_apart = box != NULL };
	if (box == NULL)
		return ST_OK;
	path[PLACE_NONE] = "/proc/self/ns/net";
	path[PLACE_LAB] = box->lab;
	path[PLACE_WAN] = box->wan;
	for (int i = 0; i < PLACES; i++) {
		p->network[i] = open(path[i], O_RDONLY | O_CLOEXEC);
		if (p->network[i] < 0)
			return fail((enum topology_place)i, path[i]);
	}
	return ST_OK;
}

/* See places.h. */
enum status
places_enter(const struct places *p, enum topology_place place)
{
	if (!p->is_apart || setns(p->network[place], CLONE_NEWNET) == 0)
		return ST_OK;
	return fail(place, "setns");
}

/* --- launchers ------------------------------------------------------------- */

enum { LAUNCHER_FD = STDERR_FILENO + 1 };

static enum status
confine_launcher(const struct places *p, enum topology_place place)
{
	TRY(places_enter(p, place));
	if (filter_enter(&filter_supervisor) != ST_OK)
		return fail(place, "system-call filter");
	if (capabilities_keep_for_roles() != ST_OK)
		return fail(place, "capabilities");
	return ST_OK;
}

/* Nothing that guichetd has open is the launcher's: neither its lock nor its
 * sockets, nor the other networks. */
static _Noreturn void
be_launcher(const struct places *p, enum topology_place place, int fd)
{
	static const uint8_t ready[1] = { 0 };

	setsid();	/* what a terminal says is for guichetd */
	if (confine_launcher(p, place) != ST_OK)
		_exit(ROLE_EXIT_OS);
	if (fd != LAUNCHER_FD && dup2(fd, LAUNCHER_FD) < 0)
		_exit(ROLE_EXIT_OS);
	if (syscall(SYS_close_range, LAUNCHER_FD + 1, ~0U, 0) != 0)
		_exit(ROLE_EXIT_OS);
	if (passing_send(LAUNCHER_FD, (struct span){ ready, sizeof(ready) },
	    -1) == ST_OK)
		launcher_serve(LAUNCHER_FD);
	_exit(0);
}

static enum status
hear_ready(int fd)
{
	uint8_t byte;
	struct buf in = buf_over(&byte, sizeof(byte));
	int with = -1;

	return passing_receive(fd, &in, &with);
}

static enum status
leave_launcher(struct places *p, enum topology_place place)
{
	int pair[2];

	if (passing_pair(pair) != ST_OK)
		return fail(place, "socketpair");
	p->pid[place] = fork();
	if (p->pid[place] == 0)
		be_launcher(p, place, pair[1]);
	close(pair[1]);
	p->launcher[place] = pair[0];
	if (p->pid[place] < 0)
		return fail(place, "fork");
	/* It said what is wrong. */
	return hear_ready(pair[0]) == ST_OK ? ST_OK : ST_IO;
}

/* See places.h. */
enum status
places_leave(struct places *p)
{
	if (!p->is_apart)
		return ST_OK;
	for (int i = PLACE_NONE + 1; i < PLACES; i++)
		TRY(leave_launcher(p, (enum topology_place)i));
	for (int i = 0; i < PLACES; i++)
		close(p->network[i]);
	return ST_OK;
}
