#include "vault/desk.h"

#include "base/log.h"
#include "vault/alarm.h"
#include "vault/bundle.h"
#include "vault/page.h"
#include "vault/report.h"

enum { ROWS_MAX = 200, LINES_MAX = 200 };

static uint64_t
at_most(uint64_t asked, uint64_t limit)
{
	return asked == 0 || asked > limit ? limit : asked;
}

/* The first column of a statement without parameters; 0 on failure. */
static uint64_t
number(struct vault *v, enum sql_id which)
{
	sqlite3_stmt *q = database_sql(&v->db, which);
	uint64_t n = 0;

	if (sql_next(q) == ST_OK)
		n = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return n;
}

/* See desk.h. */
void
on_box_get(struct vault *v, const struct message *m)
{
	struct message answer = { .id = MSG_BOX };
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_OF_LAB);

	answer.box.request = m->box_get.request;
	answer.box.public_key = (struct span){ v->box_key.point, 65 };
	answer.box.has_lab_card = sql_next(q) == ST_OK;
	(void)sqlite3_reset(q);
	vault_send(v, ROLE_DESK, &answer);
}

/* --- bundles ------------------------------------------------------------- */

static void
send_bundle(struct vault *v, uint64_t request, sqlite3_stmt *q)
{
	struct message m = { .id = MSG_BUNDLE_ROW };
	struct msg_bundle_row *row = &m.bundle_row;
	uint8_t raw[BID_BYTES];
	char bid[BID_TEXT];

	if (col_copy(q, 0, raw, BID_BYTES) != ST_OK)
		return;
	bid_write(raw, bid);
	row->request = request;
	row->bundle = (struct span){ (uint8_t *)bid, BID_TEXT };
	row->card = col_blob(q, 1);
	row->release = col_u64(q, 2);
	row->status = col_u64(q, 3);
	row->stored_s = col_u64(q, 4);
	row->opens_s = col_u64(q, 5);
	row->closes_s = col_u64(q, 6);
	row->size = col_u64(q, 7);
	row->reads = col_u64(q, 8);
	row->holds = col_u64(q, 9);
	vault_send(v, ROLE_DESK, &m);
}

static enum status
id_after(struct vault *v, struct span after, uint64_t *id)
{
	uint8_t bid[BID_BYTES];
	struct bundle b;

	*id = 0;
	if (after.len == 0)
		return ST_OK;
	if (bid_read(after, bid) != ST_OK)
		return ST_INVALID;
	TRY(bundle_find(v, bid, &b));
	*id = b.id;
	return ST_OK;
}

static enum status
list_bundles(struct vault *v, const struct msg_bundle_list *m, bool *more)
{
	uint64_t most = at_most(m->most, ROWS_MAX), sent = 0, after;
	sqlite3_stmt *q;
	enum status st;

	TRY(id_after(v, m->after, &after));
	q = database_sql(&v->db, m->card.len == 0 ? SQL_BUNDLE_LIST
	    : SQL_BUNDLE_LIST_CARD);
	sql_u64(q, 1, after);
	sql_u64(q, 2, most + 1);
	if (m->card.len > 0)
		sql_blob(q, 3, m->card);
	while ((st = sql_next(q)) == ST_OK && sent < most) {
		send_bundle(v, m->request, q);
		sent++;
	}
	(void)sqlite3_reset(q);
	*more = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See desk.h. */
void
on_bundle_list(struct vault *v, const struct message *m)
{
	bool more = false;
	enum status st = list_bundles(v, &m->bundle_list, &more);

	page_done(v, m->bundle_list.request, st, more);
}

static enum status
revoke(struct vault *v, const struct msg_bundle_revoke *m, uint64_t id)
{
	struct bundle b;
	struct audit_event e = { .ev = "revoke", .actor = "staff",
	    .actor_id = m->actor, .obj = m->bundle, .ch = "desk",
	    .res = "ok" };
	sqlite3_stmt *q;

	TRY(bundle_load(v, id, &b));
	TRY(bundle_end(v, id, BUNDLE_WITHDRAWN));
	q = database_sql(&v->db, SQL_REPORT_STATE);
	sql_u64(q, 1, id);
	sql_u64(q, 2, REPORT_WITHDRAWN);
	sql_u64(q, 3, clock_now_s(&v->clock));
	TRY(sql_run(q));
	e.det[0] = (struct audit_detail){ "reads", NULL, b.reads };
	return audit_add(&v->audit, &e);
}

static enum status
apply_revoke(struct vault *v, struct job *job)
{
	const struct msg_bundle_revoke *m = &job->m.bundle_revoke;
	uint8_t bid[BID_BYTES];
	struct bundle b;
	enum status st = bid_read(m->bundle, bid);

	if (st == ST_OK)
		st = bundle_find(v, bid, &b);
	if (st == ST_MALFORMED || st == ST_NOT_FOUND) {
		job->result.outcome = ST_NOT_FOUND;
		return ST_OK;
	}
	TRY(st);
	if (b.live)
		return revoke(v, m, b.id);
	job->result.outcome = b.status == BUNDLE_WITHDRAWN ? ST_OK
	    : ST_EXPIRED;
	return ST_OK;
}

static void
answer_revoke(struct vault *v, struct job *job)
{
	page_done(v, job->m.bundle_revoke.request, job->result.outcome, false);
}

const struct job_kind bundle_revoke_job = {
	apply_revoke, answer_revoke, false
};

/* --- status -------------------------------------------------------------- */

static uint64_t
segment_bytes(struct vault *v)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SEGMENT_ALL);
	uint64_t bytes = 0;

	while (sql_next(q) == ST_OK)
		bytes += segments_disk_bytes(&v->segments, col_u64(q, 0));
	return bytes;
}

/* Kept by triggers: counting a million rows would hold up the loop. */
static void
count_rows(struct vault *v, struct msg_status *s)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_TALLY);

	if (sql_next(q) == ST_OK) {
		s->cards = col_u64(q, 0);
		s->bundles_open = col_u64(q, 1) - col_u64(q, 2);
		s->bundles_withheld = col_u64(q, 2);
		s->bundles_lab = col_u64(q, 3);
		s->tombstones = col_u64(q, 4);
	}
	(void)sqlite3_reset(q);
	s->quarantined = number(v, SQL_COUNT_QUARANTINED);
	s->alarms = alarm_count(v);
	s->outbox = number(v, SQL_OUTBOX_COUNT);
	s->database_bytes = number(v, SQL_PAGES) * 4096;
}

/* See desk.h. */
void
on_status_get(struct vault *v, const struct message *m)
{
	struct message answer = { .id = MSG_STATUS };
	struct msg_status *s = &answer.status;
	uint8_t root[32];

	s->request = m->status_get.request;
	count_rows(v, s);
	s->segment_bytes = segment_bytes(v);
	s->free_bytes = vault_free_bytes(v);
	s->audit_size = v->audit.committed.size;
	merkle_root(&v->audit.committed, root);
	s->audit_root = (struct span){ root, 32 };
	s->now_low_s = v->clock.lo_s;
	s->now_high_s = v->clock.hi_s;
	s->time_quality = (uint64_t)v->clock.quality;
	s->last_sweep_s = v->last_sweep_s;
	s->connections = v->counters.connections;
	s->frames = v->counters.frames;
	s->acked = v->counters.acked;
	s->refused = v->counters.refused;
	s->unanswered = v->counters.unanswered;
	s->duplicates = v->counters.duplicates;
	s->alarms = alarm_count(v);
	vault_send(v, ROLE_DESK, &answer);
}

/* --- the audit log ------------------------------------------------------- */

/* See desk.h. */
void
on_audit_read(struct vault *v, const struct message *m)
{
	const struct msg_audit_read *read = &m->audit_read;
	struct message line = { .id = MSG_AUDIT_LINE };
	uint64_t most = at_most(read->most, LINES_MAX), sent = 0;
	sqlite3_stmt *q = database_sql(&v->db, SQL_AUDIT_READ);
	enum status st;

	sql_u64(q, 1, read->from);
	sql_u64(q, 2, most + 1);
	while ((st = sql_next(q)) == ST_OK && sent < most) {
		line.audit_line.request = read->request;
		line.audit_line.number = col_u64(q, 0);
		line.audit_line.line = col_blob(q, 1);
		vault_send(v, ROLE_DESK, &line);
		sent++;
	}
	(void)sqlite3_reset(q);
	page_done(v, read->request, st == ST_NOT_FOUND ? ST_OK : st,
	    st == ST_OK);
}
