/* outbox_tick.c -- what time alone brings about: wakes, alarms, and rows that
 * a wrong clock put off.  Each look is one look-up in an index. */
#include "base/log.h"
#include "vault/alarm.h"
#include "vault/outbox_row.h"

enum { LATE_S = 15 * 60, BACK_S = 60 };

/* --- wakes -------------------------------------------------------------------- */

static void
wake(struct vault *v, enum outbox_channel channel)
{
	struct message m = { .id = MSG_OUTBOX_WAKE };
	struct outbox_row row;

	if (!v->outbox.idle[channel]
	    || outbox_next(v, (uint64_t)channel, &row) != ST_OK)
		return;
	v->outbox.idle[channel] = false;
	m.outbox_wake.channel = (uint64_t)channel;
	vault_send(v, ROLE_COURIER, &m);
}

/* --- alarms ------------------------------------------------------------------- */

struct late {
	enum alarm kind;
	bool is_late;
};

static uint64_t
oldest_deletion(struct vault *v)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_OLDEST_DELETION);
	uint64_t made_s = UINT64_MAX;

	if (sql_next(q) == ST_OK)
		made_s = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return made_s;
}

static bool
has_passed(const struct vault *v, uint64_t since_s)
{
	uint64_t now = clock_now_s(&v->clock);

	return since_s <= now && now - since_s >= LATE_S;
}

/* Somebody waits for it, and it has not worked for that long. */
static bool
is_down(struct vault *v, enum outbox_channel channel)
{
	sqlite3_stmt *q;
	struct host h;
	bool waits;

	if (host_load(v, (uint64_t)channel, &h) != ST_OK
	    || h.breaker.failing_since_s == 0
	    || !has_passed(v, h.breaker.failing_since_s))
		return false;
	q = database_sql(&v->db, SQL_OUTBOX_ANY);
	sql_u64(q, 1, (uint64_t)channel);
	waits = sql_next(q) == ST_OK;
	(void)sqlite3_reset(q);
	return waits;
}

/* The host answers, and so no breaker opens, but a row fails for ever: until
 * two of the longest pauses went by without that. */
static bool
is_stuck(const struct vault *v)
{
	uint64_t now = clock_now_s(&v->clock), since = v->outbox.stuck_s;

	return since != 0 && since <= now
	    && now - since < 2 * v->settings.retry_max_s;
}

static bool
is_raised(struct vault *v, enum alarm kind)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_ALARM_IS);
	bool is;

	sql_u64(q, 1, (uint64_t)kind);
	is = sql_next(q) == ST_OK;
	(void)sqlite3_reset(q);
	return is;
}

static enum status
write_alarm(struct vault *v, void *with)
{
	static const char *const words[ALARM_COUNT] = {
		[ALARM_DELETION] = "a deletion is not done after 15 minutes",
		[ALARM_STORE] = "the drop has not worked for 15 minutes",
		[ALARM_MAIL] = "the mail server has not worked for 15 minutes",
		[ALARM_SMS] = "the SMS gateway has not worked for 15 minutes",
	};
	const struct late *l = with;

	return l->is_late ? alarm_raise(v, l->kind, 0,
	    span_of(words[l->kind])) : alarm_end(v, l->kind, 0);
}

/* Raised again every 15 minutes while it lasts: who cleared it by hand is
 * told that it does. */
static void
watch_alarm(struct vault *v, enum alarm kind, bool is_late)
{
	struct late l = { kind, is_late };
	uint64_t now = clock_now_s(&v->clock);
	uint64_t *at = &v->outbox.raise_s[kind];

	if (is_late ? *at > now && *at - now <= LATE_S : *at == 0)
		return;
	if (transaction(v, write_alarm, &l) == ST_OK)
		*at = is_late ? now + LATE_S : 0;
}

static void
watch_alarms(struct vault *v)
{
	struct outbox_state *o = &v->outbox;

	if (!o->is_known) {	/* what an earlier run has raised */
		for (int k = ALARM_DELETION; k <= ALARM_SMS; k++)
			o->raise_s[k] = is_raised(v, (enum alarm)k) ? 1 : 0;
		o->is_known = true;
	}
	watch_alarm(v, ALARM_DELETION, has_passed(v, oldest_deletion(v)));
	watch_alarm(v, ALARM_STORE, is_down(v, CHANNEL_STORE)
	    || is_stuck(v));
	watch_alarm(v, ALARM_MAIL, is_down(v, CHANNEL_MAIL));
	watch_alarm(v, ALARM_SMS, is_down(v, CHANNEL_SMS));
}

/* --- a clock that was ahead ------------------------------------------------------ */

static enum status
pull_back(struct vault *v, void *with)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_CLOCK_BACK);

	(void)with;
	sql_u64(q, 1, clock_now_s(&v->clock));
	sql_u64(q, 2, RETRY_ASKED_MAX_S);
	return sql_run(q);
}

/* Once at the start, and whenever the time has gone back. */
static void
watch_clock(struct vault *v)
{
	uint64_t now = clock_now_s(&v->clock), last = v->outbox.last_s;

	if (v->clock.quality >= CLOCK_Q2 && (last == 0 || now + BACK_S < last)
	    && transaction(v, pull_back, NULL) != ST_OK)
		return;		/* logged; at the next tick again */
	if (v->clock.quality >= CLOCK_Q2)
		v->outbox.last_s = now;
}

/* See outbox.h. */
void
outbox_wake(struct vault *v)
{
	for (int c = 0; c < CHANNEL_COUNT; c++)
		wake(v, (enum outbox_channel)c);
}

/* See outbox.h. */
void
outbox_tick(struct vault *v)
{
	watch_clock(v);
	watch_alarms(v);
	outbox_wake(v);
}
