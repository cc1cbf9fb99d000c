#include "vault/quarantine.h"

#include <stdio.h>

#include "vault/bundle.h"
#include "vault/page.h"

enum { REASON_BYTES = 64 };

static enum status
audit_added(struct vault *v, const struct delivery *d, const char *reason,
    const char *card, const struct quarantined *q)
{
	char bid[BID_TEXT];
	struct audit_event e = { .ev = "quarantine", .actor = "source",
	    .actor_id = { d->source, d->source_len }, .ch = "lis",
	    .res = q->blocks ? "ok" : "aside",
	    .det = { { "revoked", NULL, q->revoked },
	    { "reads", NULL, q->reads }, { "reason", reason, 0 },
	    { card[0] != '\0' ? "card" : NULL, card, 0 } } };

	if (q->bid != NULL) {
		bid_write(q->bid, bid);
		e.obj = (struct span){ (uint8_t *)bid, BID_TEXT };
	}
	return audit_add(&v->audit, &e);
}

static enum status
put(struct vault *v, const struct delivery *d, const uint8_t *key,
    bool blocks, struct span reason, const char *card)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_QUARANTINE_PUT);

	sql_bytes(q, 1, key, 32);
	sql_u64(q, 2, blocks);
	sql_u64(q, 3, clock_now_s(&v->clock));
	sql_bytes(q, 4, d->source, d->source_len);
	sql_blob(q, 5, reason);
	sql_blob(q, 6, span_of(card));
	sql_bytes(q, 7, d->key, 32);
	sql_bytes(q, 8, d->digest, 32);
	return sql_run(q);
}

/* See quarantine.h. */
enum status
quarantine_add(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct quarantined *q)
{
	char reason[REASON_BYTES + 1], card[CARD_REFERENCE + 1] = "";
	struct span words = s->reason_len > 0
	    && s->decision == REPORT_ASIDE
	    ? (struct span){ s->reason, s->reason_len } : span_of(s->why);

	words = span_slice(words, 0, REASON_BYTES);
	snprintf(reason, sizeof(reason), "%.*s", (int)words.len,
	    (const char *)words.ptr);
	if (s->card.found == CARD_BY_NUMBER && s->card.id != 0)
		card_reference(v, (struct span){ s->card.number, CARD_TEXT },
		    card);
	TRY(put(v, d, s->new.key, q->blocks, words, card));
	return audit_added(v, d, reason, card, q);
}

/* See quarantine.h. */
enum status
quarantine_end(struct vault *v, const uint8_t key[static 32])
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_QUARANTINE_ENDED);

	sql_bytes(q, 1, key, 32);
	return sql_run(q);
}

/* --- the desk ------------------------------------------------------------------ */

static void
send_row(struct vault *v, uint64_t request, sqlite3_stmt *q)
{
	struct message m = { .id = MSG_QUARANTINE_ROW };
	struct msg_quarantine_row *row = &m.quarantine_row;

	row->request = request;
	row->number = col_u64(q, 0);
	row->at_s = col_u64(q, 1);
	row->times = col_u64(q, 2);
	row->source = col_blob(q, 3);
	row->reason = col_blob(q, 4);
	row->card = col_blob(q, 5);
	row->blocks = col_u64(q, 6);
	vault_send(v, ROLE_DESK, &m);
}

/* See quarantine.h. */
void
on_quarantine_list(struct vault *v, const struct message *m)
{
	const struct msg_quarantine_list *list = &m->quarantine_list;

	page_send(v, list->request, database_sql(&v->db, SQL_QUARANTINE_LIST),
	    list->after, list->most, send_row);
}

static enum status
run_with(struct vault *v, enum sql_id id, uint64_t number)
{
	sqlite3_stmt *q = database_sql(&v->db, id);

	sql_u64(q, 1, number);
	if (sqlite3_bind_parameter_count(q) > 1)
		sql_u64(q, 2, clock_now_s(&v->clock));
	return sql_run(q);
}

static enum status
audit_cleared(struct vault *v, const struct msg_quarantine_clear *m,
    struct span why)
{
	char reason[REASON_BYTES + 1];
	struct audit_event e = { .ev = "clear", .actor = "staff",
	    .actor_id = m->actor, .ch = "desk", .res = "ok",
	    .det = { { "number", NULL, m->number }, { "reason", reason, 0 } } };

	snprintf(reason, sizeof(reason), "%.*s", (int)why.len,
	    (const char *)why.ptr);
	return audit_add(&v->audit, &e);
}

/* The message's ACK is forgotten with it: the same bytes are new again. */
static enum status
apply_clear(struct vault *v, struct job *job)
{
	const struct msg_quarantine_clear *m = &job->m.quarantine_clear;
	sqlite3_stmt *q = database_sql(&v->db, SQL_QUARANTINE_GET);
	enum status st;

	sql_u64(q, 1, m->number);
	st = sql_next(q);
	if (st == ST_NOT_FOUND) {
		job->result.outcome = st;
		return ST_OK;
	}
	TRY(st);
	st = audit_cleared(v, m, span_slice(col_blob(q, 1), 0, REASON_BYTES));
	(void)sqlite3_reset(q);
	TRY(st);
	TRY(run_with(v, SQL_QUARANTINE_RESEND, m->number));
	TRY(run_with(v, SQL_QUARANTINE_REPORT, m->number));
	return run_with(v, SQL_QUARANTINE_DROP, m->number);
}

static void
answer_clear(struct vault *v, struct job *job)
{
	page_done(v, job->m.quarantine_clear.request, job->result.outcome,
	    false);
}

const struct job_kind quarantine_clear_job = {
	apply_clear, answer_clear, false
};
