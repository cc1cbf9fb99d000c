#include "supervisor/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/packet.h"
#include "os/passing.h"
#include "supervisor/launcher.h"

enum {
	BACKOFF_FIRST_MS = 100,
	BACKOFF_MOST_MS  = 30 * 1000,
	GOOD_LIFE_MS     = 60 * 1000,	/* then the back-off begins anew */
	PING_EVERY_MS    = 5 * 1000,
	SILENT_MS        = 30 * 1000,	/* running, no PONG: it hangs */
	START_MS         = 120 * 1000	/* a vault may replay a long journal */
};

static void on_readable(uv_poll_t *poll, int failed, int events);
static void on_timer(uv_timer_t *timer);

/* See process.h. */
void
process_init(struct process *p)
{
	p->state = PROCESS_WAITING;
	p->fd = -1;
	uv_timer_init(p->loop, &p->timer);
	p->timer.data = p;
}

/* See process.h. */
uint64_t
process_up_s(const struct process *p)
{
	return p->pid == 0 ? 0 : (uv_now(p->loop) - p->started_ms) / 1000;
}

/* --- back-off -------------------------------------------------------------- */

static void
wait_again(struct process *p, bool wrong_config)
{
	bool lived = uv_now(p->loop) - p->started_ms >= GOOD_LIFE_MS;

	if (wrong_config)
		p->backoff_ms = BACKOFF_MOST_MS;
	else if (lived || p->backoff_ms == 0)
		p->backoff_ms = BACKOFF_FIRST_MS;
	else if (p->backoff_ms < BACKOFF_MOST_MS)
		p->backoff_ms *= 2;
	if (p->backoff_ms > BACKOFF_MOST_MS)
		p->backoff_ms = BACKOFF_MOST_MS;
	p->state = PROCESS_WAITING;
	uv_timer_start(&p->timer, on_timer, p->backoff_ms, 0);
}

static void
on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
close_channel(struct process *p)
{
	if (p->poll != NULL)
		uv_close((uv_handle_t *)p->poll, on_poll_closed);
	if (p->fd >= 0)
		close(p->fd);
	p->poll = NULL;
	p->fd = -1;
}

/* --- starting -------------------------------------------------------------- */

static enum status
open_channel(struct process *p, int theirs[static 1])
{
	int pair[2];

	TRY(passing_pair(pair));
	p->fd = pair[0];
	*theirs = pair[1];
	p->poll = malloc(sizeof(*p->poll));
	if (p->poll == NULL || uv_poll_init(p->loop, p->poll, p->fd) != 0) {
		free(p->poll);
		p->poll = NULL;
		return ST_IO;
	}
	p->poll->data = p;
	return uv_poll_start(p->poll, UV_READABLE, on_readable) == 0
	    ? ST_OK : ST_IO;
}

static enum status
send_start(struct process *p)
{
	struct message m = { .id = MSG_START, .start = { 0, p->start } };

	for (int i = 0; i < ROLE_LISTEN_MAX; i++)
		if (p->listen_fd[i] >= 0)
			m.start.listeners |= UINT64_C(1) << i;
	return process_send(p, &m, -1);
}

static enum status
begin(struct process *p, int *theirs)
{
	struct spawn what = { .program = p->program,
	    .directory = p->directory };

	TRY(open_channel(p, theirs));
	what.fd[what.n_fds++] = *theirs;
	for (int i = 0; i < ROLE_LISTEN_MAX; i++)
		if (p->listen_fd[i] >= 0)
			what.fd[what.n_fds++] = p->listen_fd[i];
	/* Before the program runs: it reads START first of all. */
	TRY(send_start(p));
	return p->launcher == 0 ? spawn(&what, &p->pid)
	    : launcher_spawn(p->launcher, &what, &p->pid);
}

/* See process.h. */
void
process_start(struct process *p)
{
	int theirs = -1;
	enum status st;

	p->started_ms = p->heard_ms = uv_now(p->loop);
	st = begin(p, &theirs);
	if (theirs >= 0)
		close(theirs);
	if (st != ST_OK) {
		snprintf(p->last_death, sizeof(p->last_death), "%.60s",
		    strerror(errno));
		log_line(LOG_ERROR, "%s cannot be started: %s: %s",
		    role_name(p->role->id), p->program, p->last_death);
		p->pid = 0;
		close_channel(p);
		wait_again(p, false);
		return;
	}
	p->state = PROCESS_STARTING;
	log_line(LOG_NOTICE, "%s started, pid %d", role_name(p->role->id),
	    (int)p->pid);
	uv_timer_start(&p->timer, on_timer, PING_EVERY_MS, PING_EVERY_MS);
}

/* --- watching -------------------------------------------------------------- */

static void
ping(struct process *p)
{
	struct message m = { .id = MSG_PING, .ping = { ++p->pings } };

	/* ST_BUSY and ST_IO: it does not read, and then no PONG comes. */
	if (process_send(p, &m, -1) != ST_OK)
		log_line(LOG_WARNING, "%s does not read its messages",
		    role_name(p->role->id));
}

static void
watch(struct process *p)
{
	uint64_t silent_ms = uv_now(p->loop) - p->heard_ms;
	uint64_t most_ms = p->state == PROCESS_STARTING ? START_MS : SILENT_MS;

	if (silent_ms >= most_ms) {
		log_line(LOG_ERROR, "%s has been silent for %llu s: killed",
		    role_name(p->role->id),
		    (unsigned long long)(silent_ms / 1000));
		process_kill(p);
	} else if (p->state == PROCESS_RUNNING) {
		ping(p);
	}
}

static void
on_timer(uv_timer_t *timer)
{
	struct process *p = timer->data;

	if (p->state == PROCESS_WAITING) {
		p->restarts++;
		process_start(p);
	} else if (p->state != PROCESS_STOPPED) {
		watch(p);
	}
}

static void
take(struct process *p, const struct message *m)
{
	p->heard_ms = uv_now(p->loop);
	if (m->id == MSG_PONG)
		return;
	if (m->id != MSG_READY) {
		p->events->on_message(p->owner, p, m);
		return;
	}
	if (p->state != PROCESS_STARTING) {
		log_line(LOG_ERROR, "%s said READY twice: killed",
		    role_name(p->role->id));
		process_kill(p);
		return;
	}
	p->state = PROCESS_RUNNING;
	p->events->on_ready(p->owner, p);
}

static void
on_readable(uv_poll_t *poll, int failed, int events)
{
	struct process *p = poll->data;
	struct packet_route route = { p->role->id, ROLE_SUPERVISOR };
	uint8_t bytes[PACKET_BYTES];	/* not secret */
	struct buf storage = buf_over(bytes, sizeof(bytes));
	struct message m;
	enum status st;
	int with;

	(void)events;
	st = failed != 0 ? ST_IO : packet_receive(p->fd, route, &storage, &m,
	    &with);
	if (st == ST_OK && with < 0) {
		take(p, &m);
	} else if (st == ST_IO) {
		uv_poll_stop(poll);	/* its death is told by SIGCHLD */
	} else if (st != ST_MORE) {
		if (st == ST_OK)
			close(with);
		log_line(LOG_ERROR, "%s sent nonsense (%s): killed",
		    role_name(p->role->id), status_text(st));
		process_kill(p);
	}
}

/* See process.h. */
enum status
process_send(struct process *p, const struct message *m, int fd)
{
	if (p->fd < 0)
		return ST_IO;
	TRY(message_route(m->id, ROLE_SUPERVISOR, p->role->id));
	return packet_send(p->fd, m, fd);
}

/* --- ending ---------------------------------------------------------------- */

static void
describe_death(struct process *p, int wait_status)
{
	char *text = p->last_death;
	size_t size = sizeof(p->last_death);
	int number;

	if (!WIFSIGNALED(wait_status)) {
		snprintf(text, size, "exit code %d", WEXITSTATUS(wait_status));
		return;
	}
	number = WTERMSIG(wait_status);
	if (number == SIGSYS)
		snprintf(text, size, "signal 31 (SIGSYS): sandbox violation");
	else
		snprintf(text, size, "signal %d (%s)", number,
		    strsignal(number));
}

static bool
is_wrong_config(int wait_status)
{
	return WIFEXITED(wait_status) &&
	    WEXITSTATUS(wait_status) == ROLE_EXIT_CONFIG;
}

static void
end(struct process *p)
{
	p->state = PROCESS_STOPPED;
	uv_timer_stop(&p->timer);
	p->events->on_stopped(p->owner, p);
}

/* See process.h. */
void
process_died(struct process *p, int wait_status)
{
	describe_death(p, wait_status);
	p->pid = 0;
	close_channel(p);
	if (p->is_stopping) {
		log_line(LOG_NOTICE, "%s stopped: %s",
		    role_name(p->role->id), p->last_death);
		end(p);
		return;
	}
	wait_again(p, is_wrong_config(wait_status));
	log_line(LOG_ERROR, "%s ended: %s; starting it again in %llu ms",
	    role_name(p->role->id), p->last_death,
	    (unsigned long long)p->backoff_ms);
}

/* See process.h. */
void
process_stop(struct process *p, uint64_t grace_ms)
{
	struct message m = { .id = MSG_STOP, .stop = { grace_ms } };

	if (p->is_stopping)
		return;
	p->is_stopping = true;
	if (p->pid == 0)
		end(p);
	else if (p->state != PROCESS_RUNNING ||
	    process_send(p, &m, -1) != ST_OK)
		process_kill(p);
}

/* See process.h. */
void
process_kill(struct process *p)
{
	if (p->pid > 0)
		kill(p->pid, SIGKILL);
}
