#include "vault/sweep.h"

#include "base/log.h"
#include "vault/bundle.h"
#include "vault/card.h"
#include "vault/delivery.h"
#include "vault/job.h"
#include "vault/notice.h"
#include "vault/outbox.h"

/* Looking for old tombstones reads all of the lab card's. */
enum { CARDS_EVERY_MS = 10 * 60 * 1000, EXPIRE_CARDS = 10 };

/* What one step did. */
struct step {
	uint64_t rows;
};

static enum status
close_one(struct vault *v, uint64_t id)
{
	struct bundle b;
	char bid[BID_TEXT];
	struct audit_event e = { .ev = "close", .actor = "box",
	    .obj = { (uint8_t *)bid, BID_TEXT }, .ch = "box", .res = "ok" };

	TRY(bundle_load(v, id, &b));
	TRY(bundle_end(v, id, BUNDLE_CLOSED));
	bid_write(b.bid, bid);
	e.det[0] = (struct audit_detail){ "reads", NULL, b.reads };
	return audit_add(&v->audit, &e);
}

static enum status
close_due(struct vault *v, enum sql_id which, uint64_t now, uint64_t *rows)
{
	uint64_t ids[SWEEP_ROWS];
	size_t n = 0;
	sqlite3_stmt *q = database_sql(&v->db, which);
	enum status st;

	sql_u64(q, 1, now);
	sql_u64(q, 2, SWEEP_ROWS);
	while ((st = sql_next(q)) == ST_OK && n < SWEEP_ROWS)
		ids[n++] = col_u64(q, 0);
	(void)sqlite3_reset(q);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	for (size_t i = 0; i < n; i++)
		TRY(close_one(v, ids[i]));
	*rows += n;
	return ST_OK;
}

/* clock.h says by which clock: `lo` needs Q2, the counter needs Q1. */
static enum status
close_bundles(struct vault *v, void *with)
{
	struct step *step = with;

	if (v->clock.quality >= CLOCK_Q2)
		TRY(close_due(v, SQL_BUNDLE_DUE, v->clock.lo_s, &step->rows));
	if (v->clock.quality >= CLOCK_Q1 && step->rows == 0)
		TRY(close_due(v, SQL_BUNDLE_DUE_ON, v->clock.on_s,
		    &step->rows));
	return ST_OK;
}

static enum status
run_old(struct vault *v, enum sql_id which, uint64_t before, uint64_t *rows)
{
	sqlite3_stmt *q = database_sql(&v->db, which);

	sql_u64(q, 1, before);
	if (sqlite3_bind_parameter_count(q) > 1)
		sql_u64(q, 2, SWEEP_ROWS);
	TRY(sql_run(q));
	*rows += (uint64_t)sqlite3_changes(v->db.handle);
	return ST_OK;
}

static uint64_t
ago(uint64_t now, uint64_t span_s)
{
	return now > span_s ? now - span_s : 0;
}

static enum status
drop_tombstones(struct vault *v, uint64_t card, uint64_t closed_before,
    uint64_t *rows)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_DROP);

	sql_u64(q, 1, card);
	sql_u64(q, 2, closed_before);
	sql_u64(q, 3, SWEEP_ROWS);
	TRY(sql_run(q));
	*rows += (uint64_t)sqlite3_changes(v->db.handle);
	return ST_OK;
}

/* The first card a query gives; 0: none. */
static enum status
first_card(sqlite3_stmt *q, uint64_t *card)
{
	enum status st = sql_next(q);

	*card = st == ST_OK ? col_u64(q, 0) : 0;
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* A card that expired a month ago goes with its tombstones; the lab card
 * lives on, so its tombstones go a month after they closed. */
static enum status
drop_cards(struct vault *v, uint64_t now, uint64_t *rows)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_GONE);
	uint64_t card = 0, past = ago(now, CARD_AFTERLIFE_S);

	sql_u64(q, 1, past);
	sql_u64(q, 2, 1);
	TRY(first_card(q, &card));
	if (card != 0) {
		TRY(drop_tombstones(v, card, CLOCK_FOREVER, rows));
		return run_old(v, SQL_CARD_DROP, card, rows);
	}
	TRY(first_card(database_sql(&v->db, SQL_CARDS_OF_LAB), &card));
	return card == 0 ? ST_OK : drop_tombstones(v, card, past, rows);
}

static enum status
forget_old(struct vault *v, void *with)
{
	struct step *step = with;
	uint64_t lo = v->clock.lo_s, *rows = &step->rows, expired = 0;

	TRY(run_old(v, SQL_THROTTLE_OLD, ago(v->clock.on_s,
	    THROTTLE_MEMORY_S), rows));
	if (v->clock.quality < CLOCK_Q2)
		return ST_OK;
	TRY(run_old(v, SQL_BUCKET_OLD, lo / DAY_S, rows));
	TRY(run_old(v, SQL_TICKET_OLD, lo, rows));
	TRY(run_old(v, SQL_SHARE_OLD, lo, rows));
	TRY(run_old(v, SQL_DELIVERY_OLD, ago(lo, DELIVERY_MEMORY_S), rows));
	TRY(run_old(v, SQL_REPORT_OLD, ago(lo, REPORT_MEMORY_S), rows));
	TRY(run_old(v, SQL_QUARANTINE_OLD, ago(lo, REPORT_MEMORY_S), rows));
	TRY(notice_sweep(v));	/* first: it says who was not told */
	TRY(outbox_expire(v, EXPIRE_CARDS, &expired));
	*rows += expired;
	if (*rows > 0 || v->clock.boot_ms - v->last_cards_ms < CARDS_EVERY_MS)
		return ST_OK;
	TRY(drop_cards(v, lo, rows));
	if (*rows == 0)		/* else there may be more */
		v->last_cards_ms = v->clock.boot_ms;
	return ST_OK;
}

/* --- segments ------------------------------------------------------------ */

struct garbage {
	uint64_t id[SWEEP_ROWS];
	struct extent extent[SWEEP_ROWS];
	size_t n;
};

static enum status
load_garbage(struct vault *v, struct garbage *g)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_GARBAGE_GET);
	enum status st;

	sql_u64(q, 1, SWEEP_ROWS);
	while ((st = sql_next(q)) == ST_OK && g->n < SWEEP_ROWS) {
		g->id[g->n] = col_u64(q, 0);
		g->extent[g->n++] = (struct extent){ col_u64(q, 1),
		    col_u64(q, 2), col_u64(q, 3) };
	}
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status
forget_garbage(struct vault *v, void *with)
{
	const struct garbage *g = with;
	sqlite3_stmt *q = database_sql(&v->db, SQL_GARBAGE_DROP);

	sql_u64(q, 1, g->id[g->n - 1]);
	return sql_run(q);
}

static enum status
destroy_all(struct vault *v, const struct garbage *g)
{
	enum status st;

	for (size_t i = 0; i < g->n; i++)
		TRY(segments_destroy(&v->segments, &g->extent[i]));
	st = segments_sync(&v->segments, &v->segment_syncs);
	if (st != ST_OK)	/* it was their sync, too */
		delivery_fail_all(v, st);
	return st;
}

/* See sweep.h.  The rows go last: a crash in between repeats the punching. */
bool
garbage_collect(struct vault *v)
{
	struct garbage g = { .n = 0 };
	enum status st = load_garbage(v, &g);

	v->has_garbage = st == ST_OK && g.n == SWEEP_ROWS;
	if (st != ST_OK || g.n == 0)
		return false;
	st = destroy_all(v, &g);
	if (st == ST_OK)
		st = transaction(v, forget_garbage, &g);
	if (st != ST_OK) {
		log_line(LOG_ERROR, "%zu ended objects are not overwritten "
		    "yet: %s; tried again in ten seconds", g.n,
		    status_text(st));
		v->has_garbage = false;
	}
	return st == ST_OK;
}

/* The first file that something staged stands in, or the active one: no row
 * names what a delivery has not committed yet. */
static uint64_t
first_in_use(const struct vault *v)
{
	uint64_t first = v->segments.active;

	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		for (const struct staged *s = v->delivery[i] == NULL ? NULL
		    : v->delivery[i]->staged; s != NULL; s = s->next) {
			if (s->extent.segment != 0
			    && s->extent.segment < first)
				first = s->extent.segment;
		}
	}
	return first;
}

static enum status
drop_segment(struct vault *v, void *with)
{
	uint64_t *id = with;
	sqlite3_stmt *q = database_sql(&v->db, SQL_SEGMENT_EMPTY);
	enum status st;

	sql_u64(q, 1, first_in_use(v));
	st = sql_next(q);
	*id = st == ST_OK ? col_u64(q, 0) : 0;
	(void)sqlite3_reset(q);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	q = database_sql(&v->db, SQL_SEGMENT_DROP);
	sql_u64(q, 1, *id);
	return sql_run(q);
}

static bool
remove_empty_segment(struct vault *v)
{
	uint64_t id = 0;

	if (transaction(v, drop_segment, &id) != ST_OK || id == 0)
		return false;
	segments_remove(&v->segments, id);
	return true;
}

/* See sweep.h. */
bool
sweep_step(struct vault *v)
{
	struct step step = { 0 };
	enum status st = transaction(v, close_bundles, &step);

	if (st == ST_OK && step.rows == 0)
		st = transaction(v, forget_old, &step);
	if (st != ST_OK) {
		log_line(LOG_ERROR, "the sweep could not erase: %s; tried "
		    "again in ten seconds", status_text(st));
		return false;
	}
	v->last_sweep_s = clock_now_s(&v->clock);
	if (step.rows > 0)
		v->swept = true;
	/* In small portions: all of it at the end would be a long stop. */
	if (v->db.wal_pages > JOURNAL_PAGES)
		database_checkpoint(&v->db, false);
	if (garbage_collect(v) || remove_empty_segment(v) || step.rows > 0)
		return true;
	/* The journal still holds what was deleted. */
	if (v->swept)
		database_checkpoint(&v->db, true);
	v->swept = false;
	return false;
}
