#include "update/updater.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/update.h"
#include "update/apply.h"
#include "update/caller.h"
#include "update/show.h"

enum {
	CALLERS_MAX = 4,
	TICK_MS = 1000,
	STEP_MS = 10,			/* of TELLING */
	IDLE_MAX_MS = 60 * 1000,	/* a sender, or a caller, is silent */
	RECORD_MAX_MS = 30 * 1000,	/* a vault that is being restarted */
	PIECES_A_STEP = 16		/* half a MiB read back between events */
};

enum phase { IDLE, RECEIVING, CHECKING, TELLING };

static struct updater {
	struct role  *role;
	struct trust  trust;
	bool          has_facts;
	struct medium medium;
	uv_poll_t     listener;
	uv_timer_t    tick, step;
	struct caller callers[CALLERS_MAX];

	/* the one update */
	enum phase     phase;
	struct caller *owner;		/* NULL: it left */
	bool           stay;
	struct apply   apply;
	/* TELLING */
	enum update_event kind;
	enum text_id   last_words;
	bool           restarts, is_sent;
	bool           is_recorded;	/* the vault says so */
	uint64_t       since_ms;
} updater;

static char
running(void)
{
	return (char)('a' + updater.trust.slot);
}

static char
other(void)
{
	return (char)('b' - updater.trust.slot);
}

/* --- the vault, the supervisor ------------------------------------------------ */

static enum status
record(enum update_event kind, enum refusal why)
{
	const struct container *c = &updater.apply.container;
	struct message m = { .id = MSG_UPDATE_EVENT, .update_event = {
	    .kind = kind } };

	if (kind != UPDATE_ROLLBACK) {
		m.update_event.release = c->release;
		m.update_event.version = span_of(c->version);
	}
	if (kind == UPDATE_REFUSED)
		m.update_event.why = span_of(refusal_record(why));
	return role_send(updater.role, ROLE_VAULT, &m);
}

static void
ask_restart(void)
{
	struct message m = { .id = MSG_BOX_RESTART, .box_restart = {
	    span_of(updater.kind == UPDATE_ROLLBACK ? "rolled back by command"
	    : "update") } };

	if (role_send(updater.role, ROLE_SUPERVISOR, &m) != ST_OK)
		log_line(LOG_ERROR, "the restart cannot be asked for");
}

/* --- telling ------------------------------------------------------------------- */

static void
say_last_words(void)
{
	struct caller *c = updater.owner;

	if (c == NULL)
		return;
	if (!updater.is_recorded)
		caller_print(c, 2, TEXT_NOT_RECORDED, other(), running());
	else if (updater.kind == UPDATE_ROLLBACK)
		caller_print(c, 1, updater.last_words, other(), running());
	else
		caller_print(c, 1, updater.last_words, other(),
		    updater.apply.container.version, running());
	caller_finish(c, updater.is_recorded ? CALLER_DONE : CALLER_AWAY);
}

static bool
is_late(void)
{
	return uv_now(&updater.role->loop) - updater.since_ms > RECORD_MAX_MS;
}

/* True when the event is in the audit log, or when it is too late for it. */
static bool
is_told(void)
{
	if (!updater.is_sent)
		updater.is_sent = record(updater.kind, REFUSAL_NONE) == ST_OK;
	return updater.is_recorded || is_late();
}

/* A command that reads nothing does not hold up the restart. */
static bool
has_heard(const struct caller *c)
{
	return c == NULL || channel_queued_bytes(&c->guichet) == 0 || is_late();
}

/* The command hears of a restart before it happens. */
static void
tell(void)
{
	bool restarts;

	if (updater.owner == NULL || !updater.owner->is_over) {
		if (!is_told())
			return;
		say_last_words();
	}
	restarts = updater.restarts && updater.is_recorded;
	if (restarts && !has_heard(updater.owner))
		return;
	uv_timer_stop(&updater.step);
	updater.phase = IDLE;
	updater.owner = NULL;
	if (restarts)
		ask_restart();
}

static void
begin_telling(enum update_event kind, enum text_id last_words, bool restarts)
{
	log_line(LOG_NOTICE, "slot %c: %s", other(),
	    last_words == TEXT_TAKEN_BACK ? "taken back" : "next to boot");
	updater.phase = TELLING;
	updater.kind = kind;
	updater.last_words = last_words;
	updater.restarts = restarts;
	updater.is_sent = updater.is_recorded = false;
	updater.since_ms = uv_now(&updater.role->loop);
}

/* --- an update ------------------------------------------------------------------- */

static void
refuse(enum refusal why)
{
	struct caller *c = updater.owner;
	const char slots[2] = { other(), running() };

	log_line(LOG_WARNING, "update refused: %s", refusal_record(why));
	if (record(UPDATE_REFUSED, why) != ST_OK)
		log_line(LOG_WARNING, "the vault was not told");
	uv_timer_stop(&updater.step);
	updater.phase = IDLE;
	updater.owner = NULL;
	if (c != NULL)
		caller_refuse(c, why, updater.apply.has_begun ? TEXT_CLOSED
		    : TEXT_UNCHANGED, slots);
}

static void
arm(void)
{
	enum refusal why = apply_arm(&updater.apply);

	if (why != REFUSAL_NONE)
		refuse(why);
	else
		begin_telling(UPDATE_ARMED, updater.stay ? TEXT_ARMED_STAY
		    : TEXT_ARMED, !updater.stay);
}

/* Between two events: the supervisor's PING is answered meanwhile. */
static void
check(void)
{
	enum refusal why = REFUSAL_NONE;

	for (int i = 0; i < PIECES_A_STEP && why == REFUSAL_NONE &&
	    updater.apply.phase == APPLY_CHECK; i++)
		why = apply_check(&updater.apply);
	if (why != REFUSAL_NONE)
		refuse(why);
	else if (updater.apply.phase == APPLY_WHOLE)
		arm();
}

static void
on_step(uv_timer_t *timer)
{
	(void)timer;
	if (updater.phase == CHECKING)
		check();
	else if (updater.phase == TELLING)
		tell();
}

static void
begin(struct caller *c, const struct msg_update_begin *m)
{
	updater.phase = RECEIVING;
	updater.owner = c;
	updater.stay = m->stay != 0;
	apply_begin(&updater.apply, &updater.trust, &updater.medium, m->bytes);
}

static void
take(struct caller *c, struct span data)
{
	struct apply *a = &updater.apply;
	bool had_begun = a->has_begun;
	enum refusal why = apply_take(a, data);

	if (why != REFUSAL_NONE) {
		refuse(why);
	} else if (a->has_begun && !had_begun) {
		log_line(LOG_NOTICE, "update to %s (%llu) into slot %c",
		    a->container.version,
		    (unsigned long long)a->container.release, other());
		caller_print(c, 1, TEXT_BEGUN, a->container.version,
		    (unsigned long long)a->container.release, other(),
		    running());
	}
}

static void
end(struct caller *c)
{
	enum refusal why = apply_end(&updater.apply);

	if (why != REFUSAL_NONE) {
		refuse(why);
		return;
	}
	caller_print(c, 1, TEXT_WRITTEN);
	updater.phase = CHECKING;
	uv_timer_start(&updater.step, on_step, 0, STEP_MS);
}

static void
roll_back(struct caller *c)
{
	const char slots[2] = { other(), running() };
	enum slot_state was = SLOT_READY;
	enum refusal why = slot_go_back(&updater.trust, &updater.medium,
	    &was);

	if (why != REFUSAL_NONE) {
		caller_refuse(c, why, TEXT_UNCHANGED, slots);
		return;
	}
	if (was == SLOT_FAILED)
		caller_print(c, 2, TEXT_RAN_OUT, other(), running());
	updater.owner = c;
	begin_telling(UPDATE_ROLLBACK, was == SLOT_ARMED ? TEXT_TAKEN_BACK
	    : TEXT_ROLLED_BACK, was != SLOT_ARMED);
	uv_timer_start(&updater.step, on_step, 0, STEP_MS);
}

/* --- callers ------------------------------------------------------------------- */

static enum refusal
may_change(void)
{
	if (updater.phase != IDLE)
		return REFUSAL_BUSY;
	return updater.has_facts && updater.role->peer[ROLE_VAULT].is_open
	    ? REFUSAL_NONE : REFUSAL_NOT_READY;
}

static void
show(struct caller *c, bool json)
{
	if (!updater.has_facts)
		caller_refuse(c, REFUSAL_NOT_READY, TEXT_COUNT, "ab");
	else
		show_status(c, &updater.trust, &updater.medium,
		    updater.phase != IDLE, json);
}

static void
start(struct caller *c, const struct message *m)
{
	struct span language = m->id == MSG_UPDATE_BEGIN
	    ? m->update_begin.language : m->id == MSG_UPDATE_ROLLBACK
	    ? m->update_rollback.language : m->update_status_get.language;
	enum refusal why;

	c->french = span_is(language, "fr");
	if (m->id == MSG_UPDATE_STATUS_GET) {
		show(c, m->update_status_get.json != 0);
		return;
	}
	why = may_change();
	if (why != REFUSAL_NONE)
		caller_refuse(c, why, TEXT_COUNT, "ab");
	else if (m->id == MSG_UPDATE_BEGIN)
		begin(c, &m->update_begin);
	else
		roll_back(c);
}

/* What comes after a refusal was on its way already. */
static void
on_message(void *owner, struct channel *channel, const struct message *m)
{
	struct caller *c = owner;
	bool is_sending = updater.phase == RECEIVING && updater.owner == c;

	(void)channel;
	c->heard_ms = uv_now(&updater.role->loop);
	if (is_sending && m->id == MSG_UPDATE_PART)
		take(c, m->update_part.data);
	else if (is_sending && m->id == MSG_UPDATE_END)
		end(c);
	else if (!c->is_over && updater.owner != c &&
	    m->id != MSG_UPDATE_PART && m->id != MSG_UPDATE_END)
		start(c, m);
}

/* What is written whole is armed, whoever waits for it or not. */
static void
on_lost(void *owner, struct channel *channel)
{
	struct caller *c = owner;
	bool is_sending = updater.phase == RECEIVING && updater.owner == c;

	(void)channel;
	if (updater.owner == c)
		updater.owner = NULL;
	*c = (struct caller){ 0 };
	if (is_sending)
		refuse(REFUSAL_GONE);
}

static const struct channel_events channel_events = {
	.on_message = on_message,
	.on_lost = on_lost,
};

static void
accept_one(int listening)
{
	int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct caller *c = updater.callers;

	if (fd < 0)
		return;
	while (c < updater.callers + CALLERS_MAX && c->is_used)
		c++;
	if (c == updater.callers + CALLERS_MAX) {
		close(fd);
		return;
	}
	channel_init(&c->guichet, ROLE_UPDATER, ROLE_CTL, &channel_events, c);
	c->heard_ms = uv_now(&updater.role->loop);
	c->is_used = channel_open(&c->guichet, &updater.role->loop, fd)
	    == ST_OK;
}

static void
on_connection(uv_poll_t *poll, int error, int events)
{
	(void)poll;
	if (error == 0 && (events & UV_READABLE) != 0)
		accept_one(updater.role->listen_fd[UPDATER_SOCKET]);
}

static void
on_tick(uv_timer_t *timer)
{
	uint64_t now = uv_now(timer->loop);

	for (size_t i = 0; i < CALLERS_MAX; i++) {
		struct caller *c = &updater.callers[i];

		if (!c->is_used || now - c->heard_ms < IDLE_MAX_MS)
			continue;
		if (updater.owner != c)
			caller_clear(c);
		else if (updater.phase == RECEIVING)
			refuse(REFUSAL_IDLE);
	}
}

/* --- the role ------------------------------------------------------------------ */

/* See updater.h. */
void
updater_prepare(struct role *role)
{
	struct trust *t = &updater.trust;

	updater.role = role;
	for (size_t i = 0; i < ROLE_LISTEN_MAX; i++)
		if (role->listen_fd[i] < 0)
			role_refuse("descriptor %zu is missing: this is not a "
			    "box", i);
	updater.medium = (struct medium){
		.image = { role->listen_fd[UPDATER_BOOT],
		    role->listen_fd[UPDATER_ROOT] },
		.control = role->listen_fd[UPDATER_CONTROL],
	};
	for (size_t i = 0; i < CONTAINER_IMAGES; i++)
		t->room[i] = medium_room(updater.medium.image[i]);
	uv_timer_init(&role->loop, &updater.tick);
	uv_timer_init(&role->loop, &updater.step);
	uv_timer_start(&updater.tick, on_tick, TICK_MS, TICK_MS);
	if (uv_poll_init(&role->loop, &updater.listener,
	    role->listen_fd[UPDATER_SOCKET]) != 0 || uv_poll_start(
	    &updater.listener, UV_READABLE, on_connection) != 0)
		role_refuse("the local socket of guichet update: %s",
		    strerror(errno));
}

static void
copy_text(char to[static CONTAINER_TEXT_MAX], struct span from)
{
	memset(to, 0, CONTAINER_TEXT_MAX);
	memcpy(to, from.ptr, from.len);	/* messages.def: 31 at most */
}

/* See updater.h. */
void
updater_on_noted(struct role *role, const struct message *m)
{
	(void)role;
	if (updater.phase == TELLING &&
	    m->update_noted.kind == (uint64_t)updater.kind)
		updater.is_recorded = m->update_noted.outcome == ST_OK;
}

/* See updater.h. */
void
updater_on_peer_lost(struct role *role, enum role_id peer)
{
	(void)role;
	if (peer == ROLE_VAULT)
		updater.is_sent = updater.is_recorded;	/* to the next one */
}

/* See updater.h. */
void
updater_on_facts(struct role *role, const struct message *m)
{
	const struct msg_update_facts *facts = &m->update_facts;
	struct trust *t = &updater.trust;

	(void)role;
	if (facts->slot > 1)
		unexpected("a slot that is none", (int)facts->slot);
	if (updater.phase != IDLE) {
		t->floor = facts->floor;	/* all that ever changes */
		return;
	}
	copy_text(t->board, facts->board);
	copy_text(t->version, facts->version);
	t->release = facts->release;
	t->floor = facts->floor;
	t->slot = (unsigned)facts->slot;
	updater.has_facts = trust_set_keys(t, facts->keys) == ST_OK;
	if (!updater.has_facts)
		log_line(LOG_ERROR, "update.keys: not 1 to %d P-256 points: no "
		    "update is possible", TRUST_KEYS_MAX);
}
