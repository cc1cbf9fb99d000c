#include "vault/outbox_row.h"

#include "base/base64.h"
#include "base/log.h"
#include "crypto/random.h"
#include "vault/alarm.h"
#include "vault/notice.h"

/* A card's drop variant; ST_NOT_FOUND where it has none. */
static enum status
index_name(struct vault *v, uint64_t card, uint8_t loc[static 32])
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_DROP_GET);
	enum status st;

	sql_u64(q, 1, card);
	TRY(sql_next(q));
	st = col_copy(q, 0, loc, 32);
	(void)sqlite3_reset(q);
	return st;
}

static enum status
add_deletion(struct vault *v, const uint8_t name[static 32], uint64_t card,
    uint64_t bundle, bool may_arrive)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_DELETE);

	sql_bytes(q, 1, name, 32);
	sql_u64(q, 2, card);
	if (bundle != 0)
		sql_u64(q, 3, bundle);
	sql_u64(q, 4, clock_now_s(&v->clock));
	sql_u64(q, 5, may_arrive);
	return sql_run(q);
}

/* See outbox_row.h. */
enum status
outbox_index_changed(struct vault *v, uint64_t card)
{
	uint8_t loc[32];
	sqlite3_stmt *q;
	enum status st = index_name(v, card, loc);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	q = database_sql(&v->db, SQL_OUTBOX_PUT_INDEX);
	sql_bytes(q, 1, loc, 32);
	sql_u64(q, 2, card);
	sql_u64(q, 3, clock_now_s(&v->clock));
	return sql_run(q);
}

/* --- bundles ---------------------------------------------------------------- */

static enum status
add_put(struct vault *v, const struct bundle *b, const uint8_t *name)
{
	uint64_t now = clock_now_s(&v->clock);
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_PUT_OBJECT);

	sql_bytes(q, 1, name, 32);
	sql_u64(q, 2, b->card);
	sql_u64(q, 3, b->id);
	sql_u64(q, 4, now);
	sql_u64(q, 5, b->opens_s > now ? b->opens_s : now);
	return sql_run(q);
}

/* See outbox.h. */
enum status
outbox_bundle_opens(struct vault *v, const struct bundle *b)
{
	uint8_t loc[32], name[32];
	enum status st;

	if (!b->live || b->damaged || b->holds != 0 || b->lab
	    || b->status == BUNDLE_PRELIMINARY)
		return ST_OK;
	st = index_name(v, b->card, loc);
	if (st == ST_NOT_FOUND)
		return notice_bundle(v, b->card, b->opens_s);
	TRY(st);
	if (b->pushed == PUSHED_IS_THERE)
		return outbox_index_changed(v, b->card);
	st = bundle_name(v, b, name);
	if (st == ST_FORGED || st == ST_CORRUPT) {
		log_line(LOG_ERROR, "vault.db: a bundle's seal is damaged: it "
		    "does not leave for the drop");
		return ST_OK;
	}
	TRY(st);
	return add_put(v, b, name);
}

/* See outbox.h. */
enum status
outbox_bundle_changed(struct vault *v, const struct bundle *b)
{
	return b->pushed == PUSHED_IS_THERE ? outbox_index_changed(v, b->card)
	    : ST_OK;
}

/* Where the seal is damaged its row may still have the name. */
static enum status
name_of(struct vault *v, const struct bundle *b, uint8_t name[static 32])
{
	enum status st = bundle_name(v, b, name);
	sqlite3_stmt *q;

	if (st != ST_FORGED && st != ST_NOT_FOUND && st != ST_CORRUPT)
		return st;
	q = database_sql(&v->db, SQL_OUTBOX_NAME);
	sql_u64(q, 1, b->card);
	sql_u64(q, 2, b->id);
	TRY(sql_next(q));
	st = col_copy(q, 0, name, 32);
	(void)sqlite3_reset(q);
	return st;
}

/* What may be in the drop is deleted there; what never left need not be. */
static enum status
take_back(struct vault *v, const struct bundle *b)
{
	uint8_t name[32];
	sqlite3_stmt *q;
	enum status st;

	if (b->pushed == PUSHED_NEVER) {
		q = database_sql(&v->db, SQL_OUTBOX_UNPUT);
		sql_u64(q, 1, b->card);
		sql_u64(q, 2, b->id);
		return sql_run(q);
	}
	st = name_of(v, b, name);
	if (st == ST_NOT_FOUND) {	/* what is here must go all the same */
		log_line(LOG_ERROR, "vault.db: a bundle's name in the drop is "
		    "lost: only the store's own expiry deletes it there");
		return alarm_raise(v, ALARM_DELETION, b->card,
		    span_of("an object's name is lost"));
	}
	TRY(st);
	return add_deletion(v, name, b->card, b->id, b->late);
}

/* See outbox.h. */
enum status
outbox_bundle_ends(struct vault *v, const struct bundle *b)
{
	TRY(take_back(v, b));
	return outbox_bundle_changed(v, b);
}

/* --- cards -------------------------------------------------------------------- */

/* See outbox.h. */
enum status
outbox_card_made(struct vault *v, uint64_t card)
{
	return outbox_index_changed(v, card);
}

static enum status
run_with_id(struct vault *v, enum sql_id which, uint64_t id)
{
	sqlite3_stmt *q = database_sql(&v->db, which);

	sql_u64(q, 1, id);
	return sql_run(q);
}

/* See bundle.h. */
static enum status
set_pushed(struct vault *v, uint64_t id, enum pushed pushed, bool late)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_PUSHED);

	sql_u64(q, 1, id);
	sql_u64(q, 2, (uint64_t)pushed);
	sql_u64(q, 3, late);
	return sql_run(q);
}

/* From now on they are as if they had never left. */
static enum status
take_back_all(struct vault *v, uint64_t card)
{
	struct bundle b = { .id = 0 };
	sqlite3_stmt *q;
	enum status st;

	for (;;) {
		q = database_sql(&v->db, SQL_DROP_BUNDLE_NEXT);
		sql_u64(q, 1, card);
		sql_u64(q, 2, b.id);
		st = sql_next(q);
		if (st != ST_OK)
			break;
		b.id = col_u64(q, 0);
		(void)sqlite3_reset(q);
		TRY(bundle_load(v, b.id, &b));
		TRY(take_back(v, &b));
		TRY(set_pushed(v, b.id, PUSHED_NEVER, false));
	}
	return st == ST_NOT_FOUND ? run_with_id(v, SQL_OUTBOX_UNPUT_CARD, card)
	    : st;
}

/* See outbox.h.  A put of the index that may arrive yet has its row still. */
enum status
outbox_card_ends(struct vault *v, uint64_t card)
{
	uint8_t loc[32];
	enum status st = index_name(v, card, loc);

	if (st == ST_OK) {
		TRY(add_deletion(v, loc, card, 0, false));
		TRY(take_back_all(v, card));
		TRY(run_with_id(v, SQL_DROP_END, card));
		v->swept = true;	/* they are in the journal still */
	} else if (st != ST_NOT_FOUND)
		return st;
	return notice_forget(v, card);
}

/* See outbox.h. */
enum status
outbox_expire(struct vault *v, uint64_t most, uint64_t *n)
{
	sqlite3_stmt *q;
	uint64_t card;
	enum status st;

	for (*n = 0; *n < most; ++*n) {
		q = database_sql(&v->db, SQL_DROP_EXPIRED);
		sql_u64(q, 1, v->clock.lo_s);
		sql_u64(q, 2, 1);
		st = sql_next(q);
		if (st != ST_OK)
			return st == ST_NOT_FOUND ? ST_OK : st;
		card = col_u64(q, 0);
		(void)sqlite3_reset(q);
		TRY(outbox_card_ends(v, card));
	}
	return ST_OK;
}

/* --- notices ------------------------------------------------------------------ */

/* See outbox.h. */
enum status
outbox_notice_add(struct vault *v, enum outbox_channel channel,
    enum notice notice, uint64_t card, uint64_t due_s)
{
	uint8_t bytes[16], text[22];
	struct buf reference = buf_over(text, sizeof(text));
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_NOTICE);

	random_bytes(bytes, sizeof(bytes));
	if (base64url_encode((struct span){ bytes, sizeof(bytes) },
	    &reference) != ST_OK)
		unexpected("a reference", 0);
	sql_u64(q, 1, (uint64_t)channel);
	sql_u64(q, 2, card);
	sql_u64(q, 3, (uint64_t)notice);
	sql_blob(q, 4, buf_span(&reference));
	sql_u64(q, 5, clock_now_s(&v->clock));
	sql_u64(q, 6, due_s);
	return sql_run(q);
}
