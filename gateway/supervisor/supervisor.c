#include "supervisor/supervisor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "os/filter.h"
#include "supervisor/confine.h"

enum {
	GRACE_MS = 4000,	/* for each of the two rounds of stopping */
	RELINK_MS = 1000,	/* by then a death has been noticed as one */
	SLICE_BYTES = 128 * 1024
};

struct supervisor {
	uv_loop_t      loop;
	uv_signal_t    child, term, interrupt, hangup;
	uv_timer_t     grace, relink;
	bool           is_broken[TOPOLOGY_LINKS_MAX];	/* as topology_links */
	struct process process[TOPOLOGY_ROLES_MAX];	/* as topology_roles */
	char           program[TOPOLOGY_ROLES_MAX][2 * FOLDER_BYTES];
	bool           is_wanted[TOPOLOGY_ROLES_MAX];	/* topology_is_wanted() */
	uint8_t       *slice[TOPOLOGY_ROLES_MAX];
	struct places *places;
	struct report  report;
	struct pulse   pulse;
	uint64_t       began_ms;
	bool           is_stopping;
	int            exit_code;
	unsigned       interrupts;	/* SIGINT: the second kills */
	unsigned       round;		/* of stopping; see topology.h */
};

static struct process *
find(struct supervisor *s, enum role_id role)
{
	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_roles[i].id == role)
			return &s->process[i];
	return NULL;
}

/* --- channels between roles ------------------------------------------------ */

static bool
introduce(struct process *to, const struct process *peer, int fd)
{
	struct message m = { .id = MSG_PEER, .peer = {
		.role = (uint64_t)peer->role->id, .first = 1 } };

	if (process_send(to, &m, fd) == ST_OK)
		return true;
	log_line(LOG_WARNING, "%s did not take its channel to %s",
	    role_name(to->role->id), role_name(peer->role->id));
	return false;
}

/* A fresh channel: what was in flight on the old one is lost, on both ends.
 * False where it has to be tried again. */
static bool
connect_pair(struct process *a, struct process *b)
{
	int pair[2];
	bool done;

	/* Whoever is not running gets its channels when it is ready. */
	if (a->state != PROCESS_RUNNING || b->state != PROCESS_RUNNING)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		log_line(LOG_ERROR, "no channel from %s to %s: %m",
		    role_name(a->role->id), role_name(b->role->id));
		return false;
	}
	done = introduce(a, b, pair[0]) & introduce(b, a, pair[1]);
	close(pair[0]);
	close(pair[1]);
	return done;
}

static void on_relink(uv_timer_t *timer);

static void
link_is_broken(struct supervisor *s, size_t i)
{
	s->is_broken[i] = true;
	if (!uv_is_active((uv_handle_t *)&s->relink))
		uv_timer_start(&s->relink, on_relink, RELINK_MS, 0);
}

static void
make_link(struct supervisor *s, size_t i)
{
	const struct topology_link *link = &topology_links[i];

	s->is_broken[i] = false;
	if (!connect_pair(find(s, link->a), find(s, link->b)))
		link_is_broken(s, i);
}

static void
on_relink(uv_timer_t *timer)
{
	struct supervisor *s = timer->data;

	for (size_t i = 0; i < topology_n_links && !s->is_stopping; i++)
		if (s->is_broken[i])
			make_link(s, i);
}

static bool
joins(const struct topology_link *link, enum role_id a)
{
	return link->a == a || link->b == a;
}

static void
on_ready(void *owner, struct process *p)
{
	struct supervisor *s = owner;

	report_ready(&s->report, p);
	for (size_t i = 0; i < topology_n_links && !s->is_stopping; i++)
		if (joins(&topology_links[i], p->role->id))
			make_link(s, i);
}

/* Both ends say so, and a dying peer's too: see RELINK_MS. */
static void
on_link_lost(struct supervisor *s, enum role_id from, uint64_t to)
{
	for (size_t i = 0; i < topology_n_links && !s->is_stopping; i++)
		if (to < ROLE_COUNT && joins(&topology_links[i], from) &&
		    joins(&topology_links[i], (enum role_id)to))
			link_is_broken(s, i);
}

/* --- health ---------------------------------------------------------------- */

static struct message
health_of(const struct process *p, uint64_t request)
{
	return (struct message){ .id = MSG_HEALTH_ROW, .health_row = {
		.request = request, .role = (uint64_t)p->role->id,
		.pid = (uint64_t)p->pid,
		.ready = p->state == PROCESS_RUNNING,
		.restarts = p->restarts, .up_s = process_up_s(p),
		.last_death = span_of(p->last_death) } };
}

static struct message
own_health(const struct supervisor *s, uint64_t request)
{
	return (struct message){ .id = MSG_HEALTH_ROW, .health_row = {
		.request = request, .role = ROLE_SUPERVISOR,
		.pid = (uint64_t)getpid(), .ready = 1,
		.up_s = (uv_now(&s->loop) - s->began_ms) / 1000 } };
}

static enum status
answer_health(struct supervisor *s, struct process *asker, uint64_t request)
{
	struct message m = own_health(s, request);

	TRY(process_send(asker, &m, -1));
	for (size_t i = 0; i < topology_n_roles; i++) {
		if (!s->is_wanted[i])
			continue;
		m = health_of(&s->process[i], request);
		TRY(process_send(asker, &m, -1));
	}
	TRY(report_state(&s->report, asker, request));
	m = (struct message){ .id = MSG_HEALTH_END,
	    .health_end = { request } };
	return process_send(asker, &m, -1);
}

/* --- stopping -------------------------------------------------------------- */

static void stop_round(struct supervisor *s);

static bool
round_is_over(const struct supervisor *s)
{
	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_roles[i].stops == s->round &&
		    s->process[i].state != PROCESS_STOPPED)
			return false;
	return true;
}

/* process_stop() calls this at once for a role that is dead already: the
 * round's end is looked at from the timer, never from inside it. */
static void
on_stopped(void *owner, struct process *p)
{
	(void)owner;
	(void)p;
}

static void
on_grace(uv_timer_t *timer)
{
	struct supervisor *s = timer->data;

	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_roles[i].stops == s->round)
			process_kill(&s->process[i]);
}

/* Who serves others stops last, so that they can finish. */
static void
stop_round(struct supervisor *s)
{
	uv_timer_start(&s->grace, on_grace, GRACE_MS, GRACE_MS);
	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_roles[i].stops == s->round)
			process_stop(&s->process[i], GRACE_MS / 2);
}

static void
advance(struct supervisor *s)
{
	while (s->is_stopping && round_is_over(s)) {
		if (s->round == TOPOLOGY_LAST_STOP) {
			uv_stop(&s->loop);
			return;
		}
		s->round++;
		stop_round(s);
	}
}

static void
begin_stop(struct supervisor *s, int exit_code)
{
	s->exit_code = exit_code;
	s->is_stopping = true;
	stop_round(s);
	advance(s);
}

static void
on_end(uv_signal_t *handle, int number)
{
	struct supervisor *s = handle->data;

	s->interrupts += number == SIGINT;
	if (s->is_stopping && s->interrupts < 2)
		return;		/* a script's SIGTERM after the terminal's SIGINT */
	if (s->is_stopping) {
		log_line(LOG_WARNING, "interrupted again: killing");
		for (size_t i = 0; i < topology_n_roles; i++)
			process_kill(&s->process[i]);
		return;
	}
	log_line(LOG_NOTICE, "stopping: %s", strsignal(number));
	begin_stop(s, 0);
}

/* Whoever started us restarts the box by our exit code. */
static void
on_box_restart(struct supervisor *s, struct span why)
{
	if (s->is_stopping)
		return;
	log_line(LOG_NOTICE, "stopping, to restart the box: %.*s",
	    (int)why.len, (const char *)why.ptr);
	begin_stop(s, ROLE_EXIT_RESTART_BOX);
}

static void
on_message(void *owner, struct process *p, const struct message *m)
{
	/* messages.def routes nothing else to here. */
	if (m->id == MSG_LINK_LOST)
		on_link_lost(owner, p->role->id, m->link_lost.role);
	else if (m->id == MSG_BOX_RESTART)
		on_box_restart(owner, m->box_restart.why);
	else if (m->id == MSG_HEALTH_GET &&
	    answer_health(owner, p, m->health_get.request) != ST_OK)
		log_line(LOG_WARNING, "%s did not take the answer about "
		    "health", role_name(p->role->id));
}

/* The floor may have risen: the updater hears of it.  Whoever asks how the box
 * is gets the new answer anyway. */
static void
on_news(void *owner)
{
	struct supervisor *s = owner;
	struct process *updater = find(s, ROLE_UPDATER);

	if (updater->state == PROCESS_RUNNING)
		report_ready(&s->report, updater);
}

/* --- running --------------------------------------------------------------- */

/* Without it no role can be started again where it stood: whoever started us
 * starts us again. */
static void
bury_launchers(struct supervisor *s)
{
	int wait_status;

	for (int i = 0; i < PLACES; i++) {
		pid_t pid = s->places->pid[i];

		if (pid <= 0 || waitpid(pid, &wait_status, WNOHANG) != pid)
			continue;
		s->places->pid[i] = 0;
		if (s->is_stopping)
			continue;
		log_line(LOG_ERROR, "a launcher of roles died: stopping");
		begin_stop(s, ROLE_EXIT_OS);
	}
}

static void
on_child(uv_signal_t *handle, int number)
{
	struct supervisor *s = handle->data;
	int wait_status;

	(void)number;
	for (size_t i = 0; i < topology_n_roles; i++) {
		struct process *p = &s->process[i];

		if (p->pid > 0 &&
		    waitpid(p->pid, &wait_status, WNOHANG) == p->pid)
			process_died(p, wait_status);
	}
	bury_launchers(s);
	advance(s);
}

static const char *
root_of(const struct topology_role *role, const struct folders *f)
{
	static const size_t at[] = {
		[ROOT_EMPTY] = offsetof(struct folders, empty),
		[ROOT_DATA]  = offsetof(struct folders, data),
		[ROOT_RUN]   = offsetof(struct folders, run),
	};

	return (const char *)f + at[role->root];
}

static bool
is_wanted(const struct topology_role *role,
    const struct supervisor_setup *setup)
{
	return topology_is_wanted(role, setup->config, setup->report.box) &&
	    listeners_are_there(setup->listeners, role);
}

static enum status
prepare(struct supervisor *s, size_t i, const struct supervisor_setup *setup)
{
	static const struct process_events events = {
		on_ready, on_message, on_stopped,
	};
	const struct topology_role *role = &topology_roles[i];
	struct process *p = &s->process[i];
	struct buf slice;

	s->is_wanted[i] = is_wanted(role, setup);
	s->slice[i] = malloc(SLICE_BYTES);
	if (s->slice[i] == NULL)
		return ST_IO;
	slice = buf_over(s->slice[i], SLICE_BYTES);
	TRY(config_slice(setup->config, role->id, &slice));
	snprintf(s->program[i], sizeof(s->program[i]), "%s/%s",
	    setup->folders->programs, role->program);
	*p = (struct process){
		.role = role, .events = &events, .owner = s,
		.loop = &s->loop, .program = s->program[i],
		.directory = root_of(role, setup->folders),
		.start = buf_span(&slice),
		.launcher = setup->places->launcher[role->place],
	};
	for (int n = 0; n < ROLE_LISTEN_MAX; n++)
		p->listen_fd[n] = setup->listeners->fd[role->listener[n]];
	process_init(p);
	return ST_OK;
}

static enum status
open_signals(struct supervisor *s)
{
	const struct {
		uv_signal_t *handle;
		uv_signal_cb on;
		int          number;
	} signals[] = {
		{ &s->child, on_child, SIGCHLD },
		{ &s->term, on_end, SIGTERM },
		{ &s->interrupt, on_end, SIGINT },
		{ &s->hangup, on_end, SIGHUP },	/* its terminal is gone */
	};

	for (size_t i = 0; i < COUNT(signals); i++) {
		signals[i].handle->data = s;
		if (uv_signal_init(&s->loop, signals[i].handle) != 0 ||
		    uv_signal_start(signals[i].handle, signals[i].on,
		    signals[i].number) != 0)
			return ST_IO;
	}
	uv_timer_init(&s->loop, &s->grace);
	uv_timer_init(&s->loop, &s->relink);
	s->grace.data = s->relink.data = s;
	return ST_OK;
}

static void
free_slices(struct supervisor *s)
{
	for (size_t i = 0; i < topology_n_roles; i++)
		free(s->slice[i]);
}

/* Landlock comes first: launchers share it, so that we may signal what they
 * start.  The filter comes before the loop: a loop made earlier would use
 * io_uring. */
static enum status
confine(struct supervisor *s, const struct supervisor_setup *setup)
{
	TRY(confine_paths(setup->config, setup->folders));
	TRY(places_leave(setup->places));
	if (filter_enter(&filter_supervisor) != ST_OK) {
		log_line(LOG_ERROR, "system-call filter: %m; the kernel needs "
		    "CONFIG_SECCOMP_FILTER");
		return ST_IO;
	}
	if (uv_loop_init(&s->loop) != 0 || open_signals(s) != ST_OK)
		unexpected("event loop", 0);
	return confine_rights();
}

/* See supervisor.h. */
int
supervisor_run(const struct supervisor_setup *setup)
{
	static struct supervisor s;

	s.places = setup->places;
	s.report = setup->report;
	s.pulse = setup->pulse;
	s.pulse.on_news = on_news;
	s.pulse.owner = &s;
	if (confine(&s, setup) != ST_OK)
		return ROLE_EXIT_OS;
	s.began_ms = uv_now(&s.loop);
	pulse_start(&s.pulse, &s.loop);
	for (size_t i = 0; i < topology_n_roles; i++)
		if (prepare(&s, i, setup) != ST_OK)
			unexpected("configuration slice", (int)i);
	for (size_t i = 0; i < topology_n_roles; i++)
		if (s.is_wanted[i])
			process_start(&s.process[i]);
	uv_run(&s.loop, UV_RUN_DEFAULT);
	unlink(setup->folders->socket);
	unlink(setup->folders->update_socket);
	free_slices(&s);
	log_line(LOG_NOTICE, "stopped");
	return s.exit_code;
}
