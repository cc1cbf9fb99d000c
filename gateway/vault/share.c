#include "vault/share.h"

#include "base/log.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "vault/pickup.h"
#include "vault/throttle.h"

struct share {
	uint64_t id, kind, wrong, uses, max_uses;
	uint64_t expires_s, expires_on_s;
	uint64_t bundle, card;
	bool     has_passcode;
	uint8_t  passcode[32];
};

static enum status
outside(enum status st)
{
	switch (st) {
	case ST_OK:
	case ST_NOT_FOUND:
	case ST_THROTTLED:
	case ST_FORGED:
	case ST_INVALID:
		return st;
	default:
		return ST_BUSY;
	}
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static enum status
find(struct vault *v, struct span alias, struct share *s)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SHARE_GET);
	uint8_t hash[32];
	enum status st = ST_OK;

	sha256(alias, hash);
	sql_bytes(q, 1, hash, 32);
	TRY(sql_next(q));
	*s = (struct share){ .id = col_u64(q, 0), .kind = col_u64(q, 1),
	    .wrong = col_u64(q, 3), .uses = col_u64(q, 4),
	    .max_uses = col_u64(q, 5), .expires_s = col_u64(q, 6),
	    .expires_on_s = col_u64(q, 7), .bundle = col_u64(q, 8),
	    .card = col_u64(q, 9),
	    .has_passcode = !col_is_null(q, 2) };
	if (s->has_passcode)
		st = col_copy(q, 2, s->passcode, sizeof(s->passcode));
	(void)sqlite3_reset(q);
	return st;
}

static enum status
audit_share(struct vault *v, const char *ev, const char *ch, const char *res,
    uint64_t bundle, const uint8_t *peer)
{
	struct bundle b;
	char bid[BID_TEXT];

	TRY(bundle_load(v, bundle, &b));
	bid_write(b.bid, bid);
	return audit_pickup(v, ev, ch, res,
	    (struct span){ (uint8_t *)bid, BID_TEXT }, peer);
}

/* --- making -------------------------------------------------------------- */

static enum status
count_of(struct vault *v, uint64_t bundle, uint64_t *n)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SHARE_COUNT);

	sql_u64(q, 1, bundle);
	TRY(sql_next(q));
	*n = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return ST_OK;
}

static bool
is_sensible(const struct msg_share_make *m)
{
	return (m->kind == 'U' || m->kind == 'P')
	    && (m->passcode_hash.len == 0
	    || (m->kind == 'P' && m->passcode_hash.len == 32))
	    && m->ttl_s > 0;
}

/* The bundle that is to be shared: this card's, open, and without a value
 * that is newer elsewhere: whoever follows a link sees this bundle alone. */
static enum status
shareable(struct vault *v, const struct card *card,
    const struct msg_share_make *m, struct bundle *b)
{
	uint8_t bid[BID_BYTES];
	sqlite3_stmt *q;
	uint64_t owner;

	if (bid_read(m->bundle, bid) != ST_OK)
		return ST_NOT_FOUND;
	q = database_sql(&v->db, SQL_BUNDLE_BY_BID);
	sql_bytes(q, 1, bid, BID_BYTES);
	TRY(sql_next(q));
	owner = col_u64(q, 8);
	(void)sqlite3_reset(q);
	TRY(bundle_find(v, bid, b));
	return owner == card->id && bundle_is_open(v, b)
	    && b->status != BUNDLE_OUTDATED ? ST_OK : ST_NOT_FOUND;
}

static enum status
add_share(struct vault *v, struct job *job, const struct bundle *b)
{
	const struct msg_share_make *m = &job->m.share_make;
	uint64_t now = clock_now_s(&v->clock);
	uint64_t ttl = m->ttl_s < SHARE_TTL_MIN_S ? SHARE_TTL_MIN_S : m->ttl_s;
	uint8_t hash[32], passcode[32];
	sqlite3_stmt *q;

	ttl = least(ttl, b->closes_s - now);
	random_bytes(job->result.token, 32);
	sha256((struct span){ job->result.token, 32 }, hash);
	q = database_sql(&v->db, SQL_SHARE_ADD);
	sql_bytes(q, 1, hash, 32);
	sql_u64(q, 2, b->id);
	sql_u64(q, 3, m->kind);
	if (m->passcode_hash.len > 0) {
		keys_mac(&v->secrets->keys, KEY_HASH, "passcode", m->passcode_hash,
		    passcode);
		sql_bytes(q, 4, passcode, 32);
	}
	sql_u64(q, 5, m->max_uses);
	sql_u64(q, 6, now + ttl);
	sql_u64(q, 7, v->clock.on_s + ttl);
	job->result.expires_s = now + ttl;
	return sql_run(q);
}

static enum status
apply_make(struct vault *v, struct job *job)
{
	const struct msg_share_make *m = &job->m.share_make;
	struct job_result *r = &job->result;
	struct card card;
	struct bundle b;
	uint64_t n = 0;
	enum status st;

	TRY(pickup_authorise(v, job, m->card, m->token_hash, m->peer.ptr,
	    &card));
	if (r->outcome != ST_OK)
		return ST_OK;
	st = is_sensible(m) ? shareable(v, &card, m, &b) : ST_INVALID;
	if (st == ST_NOT_FOUND || st == ST_INVALID) {
		r->outcome = st;
		return ST_OK;
	}
	TRY(st);
	TRY(count_of(v, b.id, &n));
	if (n >= SHARE_PER_BUNDLE) {
		r->outcome = ST_THROTTLED;
		r->retry_after_s = TICKET_S;
		return ST_OK;
	}
	TRY(add_share(v, job, &b));
	return audit_share(v, "share", "branch",
	    m->kind == 'U' ? "file" : "manifest", b.id, m->peer.ptr);
}

static void
answer_make(struct vault *v, struct job *job)
{
	static const uint8_t zeroes[32];
	const struct job_result *r = &job->result;
	struct message m = { .id = MSG_SHARE_MADE };
	bool made = r->outcome == ST_OK;

	m.share_made.request = job->m.share_make.request;
	m.share_made.outcome = (uint64_t)outside(r->outcome);
	m.share_made.retry_after_s = r->retry_after_s;
	m.share_made.alias = (struct span){ made ? r->token : zeroes, 32 };
	m.share_made.expires_s = made ? r->expires_s : 0;
	vault_send(v, ROLE_PICKUP, &m);
}

const struct job_kind share_make_job = { apply_make, answer_make, false };

/* --- ending -------------------------------------------------------------- */

static enum status
apply_end(struct vault *v, struct job *job)
{
	const struct msg_share_end *m = &job->m.share_end;
	struct card card;
	struct share s;
	sqlite3_stmt *q;
	enum status st;

	TRY(pickup_authorise(v, job, m->card, m->token_hash, m->peer.ptr,
	    &card));
	if (job->result.outcome != ST_OK)
		return ST_OK;
	st = find(v, m->alias, &s);
	if (st == ST_NOT_FOUND || (st == ST_OK && s.card != card.id)) {
		job->result.outcome = ST_NOT_FOUND;
		return ST_OK;
	}
	TRY(st);
	q = database_sql(&v->db, SQL_SHARE_DROP);
	sql_u64(q, 1, s.id);
	TRY(sql_run(q));
	return audit_share(v, "unshare", "branch", "ok", s.bundle,
	    m->peer.ptr);
}

static void
answer_end(struct vault *v, struct job *job)
{
	struct message m = { .id = MSG_SHARE_ENDED };

	m.share_ended.request = job->m.share_end.request;
	m.share_ended.outcome = (uint64_t)outside(job->result.outcome);
	m.share_ended.retry_after_s = job->result.retry_after_s;
	vault_send(v, ROLE_PICKUP, &m);
}

const struct job_kind share_end_job = { apply_end, answer_end, false };

/* --- opening ------------------------------------------------------------- */

static bool
is_alive(const struct vault *v, const struct share *s, uint64_t kind)
{
	return s->kind == kind && s->wrong < SHARE_WRONG_MAX
	    && (s->max_uses == 0 || s->uses < s->max_uses)
	    && !clock_is_closed(&v->clock, s->expires_s, s->expires_on_s);
}

static bool
is_right(const struct vault *v, const struct share *s, struct span given)
{
	static const uint8_t none[32];
	uint8_t mac[32];

	if (!s->has_passcode)
		return true;
	keys_mac(&v->secrets->keys, KEY_HASH, "passcode",
	    given.len == 32 ? given : (struct span){ none, 32 }, mac);
	return constant_time_equal(mac, s->passcode, 32) && given.len == 32;
}

static enum status
count_use(struct vault *v, const struct share *s, uint64_t uses,
    uint64_t wrong)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SHARE_USE);

	sql_u64(q, 1, s->id);
	sql_u64(q, 2, uses);
	sql_u64(q, 3, wrong);
	return sql_run(q);
}

static enum status
refuse_passcode(struct vault *v, struct job *job, const struct share *s,
    const struct throttle_keys *keys)
{
	const struct msg_share_open *m = &job->m.share_open;
	bool limited;

	job->result.outcome = ST_FORGED;
	job->result.remaining = SHARE_WRONG_MAX - s->wrong - 1;
	TRY(count_use(v, s, 0, 1));
	TRY(throttle_count(v, keys, false, 1, &limited));
	return audit_share(v, "link", "link", "refused", s->bundle,
	    m->peer.ptr);
}

static enum status
give_ticket(struct vault *v, struct job *job, const struct share *s,
    const struct bundle *b)
{
	const struct msg_share_open *m = &job->m.share_open;
	struct job_result *r = &job->result;
	uint64_t now = clock_now_s(&v->clock), ttl = TICKET_S;
	uint8_t hash[32];
	sqlite3_stmt *q;

	/* Whichever ends first: the hour, the link, the bundle. */
	ttl = least(ttl, least(s->expires_s, b->closes_s) - now);
	random_bytes(r->token, 32);
	sha256((struct span){ r->token, 32 }, hash);
	q = database_sql(&v->db, SQL_TICKET_ADD);
	sql_bytes(q, 1, hash, 32);
	sql_u64(q, 2, s->id);
	sql_u64(q, 3, now + ttl);
	sql_u64(q, 4, v->clock.on_s + ttl);
	TRY(sql_run(q));
	TRY(count_use(v, s, 1, 0));
	r->size = b->size;
	r->status = b->status;
	r->remaining = SHARE_WRONG_MAX - s->wrong;
	return audit_share(v, "link", "link", "ok", b->id, m->peer.ptr);
}

static enum status
apply_open(struct vault *v, struct job *job)
{
	const struct msg_share_open *m = &job->m.share_open;
	struct throttle_keys keys;
	struct share s;
	struct bundle b;
	enum status st = find(v, m->alias, &s);

	if (st == ST_OK)
		st = bundle_load(v, s.bundle, &b);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	if (st == ST_NOT_FOUND || !is_alive(v, &s, m->kind)
	    || !bundle_is_open(v, &b)) {
		job->result.outcome = ST_NOT_FOUND;
		return ST_OK;
	}
	throttle_keys(v, (struct span){ NULL, 0 }, m->peer.ptr, &keys);
	TRY(throttle_check(v, &keys, false, &job->result.retry_after_s));
	if (job->result.retry_after_s > 0) {
		job->result.outcome = ST_THROTTLED;
		return ST_OK;
	}
	return is_right(v, &s, m->passcode_hash)
	    ? give_ticket(v, job, &s, &b)
	    : refuse_passcode(v, job, &s, &keys);
}

static void
send_opened(struct vault *v, uint64_t request, const struct job_result *r)
{
	static const uint8_t zeroes[32];
	struct message m = { .id = MSG_SHARE_OPENED };
	bool opened = r->outcome == ST_OK;

	m.share_opened.request = request;
	m.share_opened.outcome = (uint64_t)outside(r->outcome);
	m.share_opened.remaining = r->remaining;
	m.share_opened.retry_after_s = r->retry_after_s;
	m.share_opened.ticket = (struct span){ opened ? r->token : zeroes, 32 };
	m.share_opened.size = r->size;
	m.share_opened.status = r->status;
	vault_send(v, ROLE_PICKUP, &m);
}

static void
answer_open(struct vault *v, struct job *job)
{
	send_opened(v, job->m.share_open.request, &job->result);
}

const struct job_kind share_open_job = { apply_open, answer_open, false };

/* See share.h. */
void
on_share_open(struct vault *v, const struct message *m)
{
	struct job_result r = { 0 };
	struct share s;

	r.outcome = clock_may_pickup(&v->clock)
	    ? find(v, m->share_open.alias, &s) : ST_BUSY;
	if (r.outcome == ST_OK)
		job_add(v, &share_open_job, m);
	else
		send_opened(v, m->share_open.request, &r);
}
