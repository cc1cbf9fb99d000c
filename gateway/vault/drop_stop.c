/* drop_stop.c -- DROP_STOP: a patient's copy on the internet ends; what lies
 * in the branch stays. */
#include "vault/outbox.h"

static enum status
audit_stop(struct vault *v, const struct msg_drop_stop *m)
{
	char reference[CARD_REFERENCE];
	struct audit_event e = { .ev = "stop", .actor = "staff",
	    .actor_id = m->actor, .obj = { (uint8_t *)reference,
	    CARD_REFERENCE }, .ch = "drop", .res = "ok" };

	card_reference(v, m->card, reference);
	return audit_add(&v->audit, &e);
}

static enum status
has_drop(struct vault *v, uint64_t card)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_DROP_GET);
	enum status st;

	sql_u64(q, 1, card);
	st = sql_next(q);
	(void)sqlite3_reset(q);
	return st;
}

static enum status
apply(struct vault *v, struct job *job)
{
	const struct msg_drop_stop *m = &job->m.drop_stop;
	struct card c;
	enum status st = card_find(v, m->card, &c);

	if (st == ST_NOT_FOUND) {
		job->result.outcome = ST_NOT_FOUND;
		return ST_OK;
	}
	TRY(st);
	st = has_drop(v, c.id);
	if (st == ST_NOT_FOUND) {
		job->result.outcome = ST_EXISTS;
		return ST_OK;
	}
	TRY(st);
	TRY(outbox_card_ends(v, c.id));
	return audit_stop(v, m);
}

static void
answer(struct vault *v, struct job *job)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = job->m.drop_stop.request;
	m.done.outcome = (uint64_t)job->result.outcome;
	vault_send(v, ROLE_DESK, &m);
}

const struct job_kind drop_stop_job = { apply, answer, false };
