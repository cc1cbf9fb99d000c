#include "spool/spool.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/log.h"
#include "os/locked.h"
#include "spool/policy.h"
#include "spool/transfer.h"

enum {
	LOOK_MS = 2000,
	LINES_PER_LOOK = 10	/* log lines that files may cause in that time */
};

static struct spool {
	struct watch_shared shared;
	struct watch watch[CONFIG_SOURCES_MAX];
	unsigned n;
	int notices;		/* inotify; -1: none */
	uv_poll_t  poll;
	uv_timer_t timer;
} spool;

/* --- the kernel's notices --------------------------------------------------- */

static void
on_notice(const struct inotify_event *e)
{
	for (unsigned i = 0; i < spool.n; i++)
		if (spool.watch[i].notices == e->wd && e->len > 0)
			watch_notice(&spool.watch[i], e->name,
			    (e->mask & IN_MOVED_TO) != 0);
}

/* What is lost (a queue that ran over) is found by looking. */
static void
on_notices(uv_poll_t *poll, int failed, int events)
{
	union {
		struct inotify_event first;	/* for its alignment */
		char bytes[4096];
	} in;
	ssize_t n;

	(void)poll;
	(void)events;
	while (failed == 0 &&
	    (n = read(spool.notices, in.bytes, sizeof(in.bytes))) > 0)
		for (const char *p = in.bytes; p < in.bytes + n;) {
			const void *at = p;
			const struct inotify_event *e = at;

			on_notice(e);
			p += sizeof(*e) + e->len;
		}
}

/* IN_MOVED_TO is why this is not libuv's uv_fs_event: that reports a file
 * that came whole and one that was only begun as the same. */
static void
ask_for_notices(struct watch *w)
{
	w->notices = inotify_add_watch(spool.notices, w->source->folder,
	    IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR);
	if (w->notices < 0)
		log_line(LOG_NOTICE, "[source %s] no notices for its folder "
		    "(%s): looked at every %d s", w->source->name,
		    strerror(errno), LOOK_MS / 1000);
}

static void
open_notices(struct role *role)
{
	spool.notices = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (spool.notices < 0) {
		log_line(LOG_NOTICE, "inotify: %s: folders are looked at "
		    "every %d s", strerror(errno), LOOK_MS / 1000);
		return;
	}
	for (unsigned i = 0; i < spool.n; i++)
		ask_for_notices(&spool.watch[i]);
	if (uv_poll_init(&role->loop, &spool.poll, spool.notices) != 0 ||
	    uv_poll_start(&spool.poll, UV_READABLE, on_notices) != 0)
		unexpected("inotify in the event loop", errno);
}

/* --- the loop --------------------------------------------------------------- */

static void
on_timer(uv_timer_t *timer)
{
	(void)timer;
	spool.shared.lines_left = LINES_PER_LOOK;
	for (unsigned i = 0; i < spool.n; i++)
		watch_scan(&spool.watch[i]);
}

/* See spool.h. */
void
spool_on_answer(struct role *role, const struct message *m)
{
	(void)role;
	for (unsigned i = 0; i < spool.n; i++) {
		struct watch *w = &spool.watch[i];

		if (w->file == 0 || w->file != m->spool_answer.file)
			continue;
		transfer_answer(w, &m->spool_answer);
		watch_go_on(w);
		return;
	}
}

/* See spool.h. */
void
spool_on_peer(struct role *role, enum role_id peer)
{
	(void)role;
	for (unsigned i = 0; i < spool.n && peer == ROLE_INTAKE; i++)
		watch_go_on(&spool.watch[i]);
}

/* See spool.h. */
void
spool_on_peer_lost(struct role *role, enum role_id peer)
{
	(void)role;
	for (unsigned i = 0; i < spool.n && peer == ROLE_INTAKE; i++)
		transfer_lost(&spool.watch[i]);
}

/* See spool.h. */
void
spool_on_drained(struct role *role, enum role_id peer)
{
	(void)role;
	for (unsigned i = 0; i < spool.n && peer == ROLE_INTAKE; i++) {
		transfer_pump(&spool.watch[i]);
		watch_go_on(&spool.watch[i]);
	}
}

/* --- the start -------------------------------------------------------------- */

/* See spool.h. */
void
spool_prepare(struct role *role)
{
	const struct config *config = &role->config;

	role->state = &spool;
	spool.shared = (struct watch_shared){ .role = role,
	    .buffer = locked_new(WATCH_PART_BYTES),
	    .lines_left = LINES_PER_LOOK };
	for (unsigned i = 0; i < config->n_sources; i++)
		if (config->source[i].folder[0] != '\0')
			watch_init(&spool.watch[spool.n++], &spool.shared,
			    &config->source[i]);
	open_notices(role);
}

/* See spool.h. */
const struct sandbox_policy *
spool_own_policy(const struct role *role)
{
	int folders[CONFIG_SOURCES_MAX];

	(void)role;
	for (unsigned i = 0; i < spool.n; i++)
		folders[i] = spool.watch[i].folder.fd;
	return spool_policy_of(folders, spool.n);
}

/* See spool.h. */
void
spool_begin(struct role *role)
{
	uv_timer_init(&role->loop, &spool.timer);
	uv_timer_start(&spool.timer, on_timer, 0, LOOK_MS);
}
