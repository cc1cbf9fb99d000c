#include "vault/card.h"

#include "base/base64.h"
#include "base/log.h"
#include "vault/bundle.h"
#include "vault/notice.h"
#include "vault/outbox.h"

static enum status
take_row(sqlite3_stmt *q, struct card *c)
{
	c->id = col_u64(q, 0);
	c->state = col_u64(q, 1);
	c->expires_s = col_u64(q, 2);
	TRY(col_copy(q, 3, c->token_hash, sizeof(c->token_hash)));
	TRY(col_copy(q, 4, c->public_key, sizeof(c->public_key)));
	c->lab = col_u64(q, 5) != 0;
	c->last_seq = col_u64(q, 6);
	c->has_patient = !col_is_null(q, 7);
	c->has_traits = !col_is_null(q, 8);
	if (c->has_patient)
		TRY(col_copy(q, 7, c->patient, 32));
	return c->has_traits ? col_copy(q, 8, c->traits, 32) : ST_OK;
}

/* See card.h. */
enum status
card_find(struct vault *v, struct span number, struct card *out)
{
	sqlite3_stmt *q;
	struct card c = { 0 };
	enum status st;

	if (number.len != CARD_TEXT)
		return ST_NOT_FOUND;
	q = database_sql(&v->db, SQL_CARD_BY_NUMBER);
	sql_blob(q, 1, number);
	TRY(sql_next(q));
	st = take_row(q, &c);
	(void)sqlite3_reset(q);
	memcpy(c.number, number.ptr, CARD_TEXT);
	if (st == ST_OK)
		*out = c;
	return st;
}

/* See card.h. */
bool
card_is_active(const struct vault *v, const struct card *c)
{
	return c->state == CARD_ACTIVE
	    && !clock_has_come(&v->clock, c->expires_s);
}

/* See card.h. */
bool
card_may_open(const struct vault *v, const struct card *c)
{
	return c->state == CARD_ACTIVE
	    && c->expires_s + CARD_AFTERLIFE_S > clock_now_s(&v->clock);
}

static enum status
find_active(struct vault *v, struct span number, struct card *out)
{
	struct card c;

	TRY(card_find(v, number, &c));
	if (!card_is_active(v, &c))
		return ST_NOT_FOUND;
	*out = c;
	return ST_OK;
}

/* Runs a statement that gives a card's number, and finds that card. */
static enum status
find_by(struct vault *v, sqlite3_stmt *q, struct card *out)
{
	uint8_t number[CARD_TEXT];
	enum status st;

	TRY(sql_next(q));
	st = col_copy(q, 0, number, sizeof(number));
	(void)sqlite3_reset(q);
	TRY(st);
	return find_active(v, (struct span){ number, CARD_TEXT }, out);
}

static enum status
find_by_order(struct vault *v, struct span order, struct card *out)
{
	sqlite3_stmt *q;

	if (order.len == 0)
		return ST_NOT_FOUND;
	q = database_sql(&v->db, SQL_CARD_BY_ORDER);
	sql_blob(q, 1, order);
	return find_by(v, q, out);
}

static enum status
find_by_id(struct vault *v, uint64_t id, struct card *out)
{
	sqlite3_stmt *q;

	if (id == 0)
		return ST_NOT_FOUND;
	q = database_sql(&v->db, SQL_CARD_NUMBER);
	sql_u64(q, 1, id);
	return find_by(v, q, out);
}

/* See card.h. */
enum status
card_for(struct vault *v, struct span number, struct span order,
    uint64_t known, struct card *out)
{
	enum card_found found = CARD_BY_NUMBER;
	enum status st = find_active(v, number, out);

	if (st == ST_NOT_FOUND) {
		found = CARD_BY_ORDER;
		st = find_by_order(v, order, out);
	}
	if (st == ST_NOT_FOUND) {
		found = CARD_BY_REPORT;
		st = find_by_id(v, known, out);
	}
	if (st == ST_NOT_FOUND) {
		found = CARD_OF_LAB;
		st = find_by(v, database_sql(&v->db, SQL_CARD_OF_LAB), out);
	}
	if (st == ST_OK)
		out->found = found;
	return st;
}

/* See card.h. */
void
card_reference(const struct vault *v, struct span number,
    char out[static CARD_REFERENCE])
{
	uint8_t mac[32];
	struct buf b = buf_over(out, CARD_REFERENCE);

	keys_mac(&v->secrets->keys, KEY_HASH, "card", number, mac);
	if (buf_append_text(&b, "c:") != ST_OK
	    || base64url_encode((struct span){ mac, 16 }, &b) != ST_OK)
		unexpected("card_reference", 0);
}

static void
send_done(struct vault *v, struct job *job, uint64_t request)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = request;
	m.done.outcome = (uint64_t)job->result.outcome;
	vault_send(v, ROLE_DESK, &m);
}

static enum status
audit_card(struct vault *v, const char *ev, struct span number,
    struct span actor, struct audit_detail detail)
{
	char reference[CARD_REFERENCE];
	struct audit_event e = { .ev = ev, .actor = "staff",
	    .actor_id = actor, .obj = { (uint8_t *)reference, CARD_REFERENCE },
	    .ch = "desk", .res = "ok", .det = { detail } };

	card_reference(v, number, reference);
	return audit_add(&v->audit, &e);
}

/* The drop variant is whole or not there; a minor's secret is told to nobody
 * and lies nowhere but here. */
static bool
is_valid(const struct msg_card_store *m)
{
	struct p256_public checked;
	bool drop = m->drop_sk.len > 0;

	if (p256_check(m->public_key, &checked) != ST_OK
	    || (m->traits.len != 0 && m->traits.len != 32)
	    || m->is_secret > 1)
		return false;
	if ((m->drop_trust.len > 0) != drop
	    || m->loc.len != (drop ? 32 : 0)
	    || m->day_code.len != (drop ? 10 : 0))
		return false;
	if (m->lab && drop)
		return false;
	return !m->is_secret
	    || (!drop && m->phone.len == 0 && m->mail.len == 0);
}

static void
bind_drop(sqlite3_stmt *q, const struct msg_card_store *m)
{
	sql_u64(q, 13, m->is_secret);
	if (m->drop_sk.len == 0)
		return;
	sql_blob(q, 14, m->drop_sk);
	sql_blob(q, 15, m->drop_trust);
	sql_blob(q, 16, m->loc);
}

static enum status
add_card(struct vault *v, const struct msg_card_store *m, uint64_t *id)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_ADD);
	sql_blob(q, 1, m->card);
	sql_u64(q, 2, m->lab != 0);
	sql_blob(q, 3, m->public_key);
	sql_blob(q, 4, m->token_hash);
	sql_u64(q, 5, m->rounds);
	sql_blob(q, 6, m->sk);
	sql_blob(q, 7, m->trust);
	if (m->order.len > 0)
		sql_blob(q, 8, m->order);
	sql_u64(q, 9, clock_now_s(&v->clock));
	sql_u64(q, 10, m->expires_s);
	sql_blob(q, 11, m->actor);
	if (m->traits.len > 0)
		sql_blob(q, 12, m->traits);
	bind_drop(q, m);
	TRY(sql_run(q));
	*id = (uint64_t)sqlite3_last_insert_rowid(v->db.handle);
	return ST_OK;
}

static enum status
apply_store(struct vault *v, struct job *job)
{
	const struct msg_card_store *m = &job->m.card_store;
	uint64_t id = 0;

	if (!is_valid(m))
		return ST_INVALID;
	TRY(add_card(v, m, &id));
	TRY(outbox_card_made(v, id));
	TRY(notice_contact_put(v, id, m));
	return audit_card(v, "card", m->card, m->actor,
	    (struct audit_detail){ "lab", NULL, m->lab != 0 });
}

static void
answer_store(struct vault *v, struct job *job)
{
	send_done(v, job, job->m.card_store.request);
}

const struct job_kind card_store_job = { apply_store, answer_store, false };

/* What was sealed to the card opens for nobody any more, so it goes as well;
 * `*ended` counts. */
static enum status
end_bundles(struct vault *v, struct span number, uint64_t *ended)
{
	sqlite3_stmt *q;
	enum status st;
	uint64_t id;

	for (;; ++*ended) {
		q = database_sql(&v->db, SQL_BUNDLE_LIVE_OF_CARD);
		sql_blob(q, 1, number);
		st = sql_next(q);
		if (st != ST_OK)
			return st == ST_NOT_FOUND ? ST_OK : st;
		id = col_u64(q, 0);
		(void)sqlite3_reset(q);
		TRY(bundle_end(v, id, BUNDLE_WITHDRAWN));
	}
}

/* The blobs go: nothing that was sealed to the card ever opens again. */
static enum status
apply_freeze(struct vault *v, struct job *job)
{
	const struct msg_card_freeze *m = &job->m.card_freeze;
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_FREEZE);
	struct card c;
	uint64_t ended = 0;

	sql_blob(q, 1, m->card);
	TRY(sql_run(q));
	if (sqlite3_changes(v->db.handle) == 0) {
		/* Freezing twice is no failure. */
		job->result.outcome = card_find(v, m->card, &c);
		return ST_OK;
	}
	v->swept = true;	/* the blobs are in the journal still */
	TRY(card_find(v, m->card, &c));
	TRY(outbox_card_ends(v, c.id));
	TRY(end_bundles(v, m->card, &ended));
	return audit_card(v, "freeze", m->card, m->actor,
	    (struct audit_detail){ "ended", NULL, ended });
}

static void
answer_freeze(struct vault *v, struct job *job)
{
	send_done(v, job, job->m.card_freeze.request);
}

const struct job_kind card_freeze_job = { apply_freeze, answer_freeze, false };

static void
send_row(struct vault *v, uint64_t request, sqlite3_stmt *q)
{
	struct message m = { .id = MSG_CARD_ROW };
	struct msg_card_row *row = &m.card_row;

	row->request = request;
	row->card = col_blob(q, 0);
	row->state = col_u64(q, 1);
	row->lab = col_u64(q, 2);
	row->created_s = col_u64(q, 3);
	row->expires_s = col_u64(q, 4);
	row->bundles = col_u64(q, 5);
	row->order = col_blob(q, 6);
	if (row->state == CARD_ACTIVE
	    && row->expires_s <= clock_now_s(&v->clock))
		row->state = CARD_EXPIRED;
	vault_send(v, ROLE_DESK, &m);
}

/* See card.h. */
void
on_card_list(struct vault *v, const struct message *m)
{
	enum { ROWS_MAX = 200 };
	uint64_t most = m->card_list.most, sent = 0;
	struct message done = { .id = MSG_DONE };
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_LIST);
	enum status st;

	if (most == 0 || most > ROWS_MAX)
		most = ROWS_MAX;
	sql_blob(q, 1, m->card_list.after);
	sql_u64(q, 2, most + 1);
	sql_u64(q, 3, clock_now_s(&v->clock));
	while ((st = sql_next(q)) == ST_OK && sent < most) {
		send_row(v, m->card_list.request, q);
		sent++;
	}
	(void)sqlite3_reset(q);
	done.done.request = m->card_list.request;
	done.done.outcome = (uint64_t)(st == ST_NOT_FOUND ? ST_OK : st);
	done.done.more = st == ST_OK;
	vault_send(v, ROLE_DESK, &done);
}
