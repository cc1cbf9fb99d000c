#include "intake/intake.h"

#include <errno.h>

#include "base/log.h"
#include "intake/identity.h"
#include "intake/keyfile.h"
#include "intake/spool_entrance.h"
#include "os/locked.h"
#include "os/moment.h"

enum {
	COUNTERS_MS = 2000,
	LINES_PER_TURN = 10,	/* log lines that senders may cause in that time */
	EVENTS_PER_TURN = 5	/* and audit records */
};
/* Memory from parsing to sealing. */
#define WORKING_BYTES ((size_t)64 * 1024 * 1024)

static const struct entrance *const entrances[] = {
	&mllp_entrance, &https_entrance, &local_entrance, &spool_entrance,
};

/* See intake.h. */
struct intake *
intake_of_role(struct role *role)
{
	return role->state;
}

/* --- counting -------------------------------------------------------------- */

/* See intake.h. */
bool
intake_may_log(struct intake *in)
{
	if (in->deliveries.shared.lines_left == 0)
		return false;
	in->deliveries.shared.lines_left--;
	return true;
}

/* See intake.h. */
void
intake_ended(struct intake *in, enum delivery_end how)
{
	switch (how) {
	case DELIVERY_ACK:
		in->now.acked++;
		break;
	case DELIVERY_REPLAYED:
		in->now.duplicates++;
		break;
	case DELIVERY_REFUSED:
		in->now.refused++;
		break;
	case DELIVERY_UNREADABLE:
		if (intake_may_log(in))
			log_line(LOG_NOTICE, "connection closed: a message "
			    "has no MSH segment that can be answered");
		/* fall through */
	case DELIVERY_TRANSIENT:
	case DELIVERY_POSTPONED:
		in->now.unanswered++;
		break;
	case DELIVERY_IGNORED:
	case DELIVERY_SILENT:
	case DELIVERY_WANTS:
		break;
	}
}

static void
on_counters(uv_timer_t *timer)
{
	struct intake *in = timer->data;
	struct message m = { .id = MSG_INTAKE_COUNTERS };

	in->deliveries.shared.lines_left = LINES_PER_TURN;
	in->deliveries.shared.events_left = EVENTS_PER_TURN;
	for (size_t i = 0; i < COUNT(entrances); i++)
		if (entrances[i]->count != NULL)
			entrances[i]->count(in);
	in->now.warnings = in->deliveries.shared.warnings;
	if (memcmp(&in->now, &in->told, sizeof(in->now)) == 0)
		return;
	m.intake_counters = in->now;
	if (role_send(in->role, ROLE_VAULT, &m) == ST_OK)
		in->told = in->now;
}

static void
on_awake(uv_idle_t *handle)
{
	(void)handle;
}

static void
on_before_sleep(uv_prepare_t *handle)
{
	struct intake *in = handle->data;

	deliveries_grant(&in->deliveries);
	for (size_t i = 0; i < COUNT(entrances); i++)
		if (entrances[i]->before_sleep != NULL)
			entrances[i]->before_sleep(in);
	if (deliveries_turn(&in->deliveries))
		uv_idle_start(&in->awake, on_awake);
	else
		uv_idle_stop(&in->awake);
}

/* --- the role's events ----------------------------------------------------- */

/* See intake.h. */
void
intake_on_answer(struct role *role, const struct message *m)
{
	deliveries_take(&intake_of_role(role)->deliveries, m);
}

/* See intake.h. */
void
intake_on_spool(struct role *role, const struct message *m)
{
	spool_take(intake_of_role(role), m);
}

/* See intake.h. */
void
intake_on_peer_lost(struct role *role, enum role_id peer)
{
	struct intake *in = intake_of_role(role);

	if (peer == ROLE_SPOOL)
		spool_lost(in);
	if (peer != ROLE_VAULT)
		return;
	log_line(LOG_WARNING, "the vault is gone: no answers until it is back");
	deliveries_fail(&in->deliveries);
	/* A new vault starts from nothing. */
	memset(&in->told, 0, sizeof(in->told));
}

/* See intake.h. */
void
intake_on_drained(struct role *role, enum role_id peer)
{
	if (peer == ROLE_VAULT)
		deliveries_kick(&intake_of_role(role)->deliveries);
}

/* See intake.h. */
void
intake_idle(struct intake *in)
{
	if (!in->is_stopping)
		return;
	for (size_t i = 0; i < COUNT(entrances); i++)
		if (entrances[i]->is_idle != NULL && !entrances[i]->is_idle(in))
			return;
	role_stopped(in->role);
}

static void
on_grace_over(uv_timer_t *timer)
{
	struct intake *in = timer->data;

	role_stopped(in->role);
}

/* See intake.h. */
void
intake_on_stop(struct role *role, uint64_t grace_ms)
{
	struct intake *in = intake_of_role(role);

	in->is_stopping = true;
	uv_timer_start(&in->grace, on_grace_over, grace_ms, 0);
	for (size_t i = 0; i < COUNT(entrances); i++)
		if (entrances[i]->stop != NULL)
			entrances[i]->stop(in);
	intake_idle(in);
}

/* --- the start ------------------------------------------------------------- */

static uint64_t
now_ms(void)
{
	return moment_ms(CLOCK_REALTIME);
}

static void
load_key(struct intake *in)
{
	const char *what = "";
	enum status st;

	in->key = locked_new(sizeof(*in->key));
	st = keyfile_load(in->role->config.state_dir, in->key, &what);
	if (st == ST_IO)
		role_refuse("%s: %s", what, strerror(errno));
	if (st == ST_DENIED)
		role_refuse("%s: others may read it; chmod 600", what);
	if (st != ST_OK)
		role_refuse("%s: not 32 bytes long; put the right file back, "
		    "or remove it: corrections of results sent before then "
		    "arrive as new reports", what);
}

static void
start_timers(struct intake *in)
{
	uv_loop_t *loop = &in->role->loop;

	in->timer.data = in->grace.data = in->before_sleep.data = in;
	uv_timer_init(loop, &in->timer);
	uv_timer_init(loop, &in->grace);
	uv_prepare_init(loop, &in->before_sleep);
	uv_idle_init(loop, &in->awake);
	uv_timer_start(&in->timer, on_counters, COUNTERS_MS, COUNTERS_MS);
	uv_prepare_start(&in->before_sleep, on_before_sleep);
}

/* See intake.h. */
void
intake_prepare(struct role *role)
{
	static struct intake in;

	role->state = &in;
	in.role = role;
	load_key(&in);
	in.deliveries.shared = (struct delivery_shared){
		.role = role, .key = in.key,
		.lines_left = LINES_PER_TURN, .events_left = EVENTS_PER_TURN, .now_ms = now_ms,
	};
	budget_init(&in.deliveries.shared.working, WORKING_BYTES, 0);
	start_timers(&in);
	for (size_t i = 0; i < COUNT(entrances); i++)
		if (entrances[i]->open != NULL)
			entrances[i]->open(&in);
}
