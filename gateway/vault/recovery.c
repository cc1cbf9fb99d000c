#include "vault/recovery.h"

#include "base/log.h"
#include "crypto/digest.h"
#include "vault/bundle.h"
#include "vault/job.h"
#include "vault/outbox.h"

enum { CHUNK = 65536 };

static enum status
punch_gap(struct vault *v, uint64_t segment, uint64_t from, uint64_t to)
{
	struct extent gap = { segment, from, to - from };

	return to > from ? segments_destroy(&v->segments, &gap) : ST_OK;
}

/* Everything in [0, end) that is no row's and no garbage's. */
static enum status
punch_gaps(struct vault *v, uint64_t segment, uint64_t end)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_EXTENTS);
	uint64_t at = 0;
	enum status st;

	sql_u64(q, 1, segment);
	while ((st = sql_next(q)) == ST_OK) {
		st = punch_gap(v, segment, at, col_u64(q, 0));
		at = col_u64(q, 0) + col_u64(q, 1);
		if (st != ST_OK)
			break;
	}
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? punch_gap(v, segment, at, end) : st;
}

/* See recovery.h.  Only the last two can have been growing. */
enum status
recovery_resume(struct vault *v)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SEGMENT_LAST);
	uint64_t id = 0, end = 0;
	enum status st = sql_next(q);

	if (st == ST_OK) {
		id = col_u64(q, 0);
		end = col_u64(q, 1);
		(void)sqlite3_reset(q);
	} else if (st != ST_NOT_FOUND)
		return st;
	TRY(segments_resume(&v->segments, id, end));
	if (id > 0)
		TRY(punch_gaps(v, id, end));
	if (id > 1)
		TRY(punch_gaps(v, id - 1, 0));
	v->has_garbage = true;
	return segments_sync(&v->segments, &v->segment_syncs);
}

/* --- what is not whole --------------------------------------------------- */

struct found {
	uint64_t lost, whole;
};

static enum status
hash_object(struct vault *v, const struct bundle *b, uint8_t out[static 32])
{
	static uint8_t bytes[CHUNK];	/* not secret: ciphertext */
	struct sha256 h;
	size_t len;

	sha256_start(&h);
	for (uint64_t at = 0; at < b->size; at += len) {
		len = b->size - at < CHUNK ? (size_t)(b->size - at) : CHUNK;
		TRY(segments_read(&v->segments, &b->extent, at, bytes, len));
		sha256_add(&h, (struct span){ bytes, len });
	}
	sha256_finish(&h, out);
	return ST_OK;
}

/* A row of before schema 7 has no digest: nobody can say that it is. */
static enum status
is_whole(struct vault *v, const struct bundle *b, bool *whole)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SEAL_SHA256);
	uint8_t want[32], got[32];
	enum status st;

	*whole = !b->damaged;
	sql_u64(q, 1, b->id);
	TRY(sql_next(q));
	if (!col_is_null(q, 0)) {
		st = col_copy(q, 0, want, 32);
		*whole = st == ST_OK && hash_object(v, b, got) == ST_OK
		    && memcmp(got, want, 32) == 0;
	}
	(void)sqlite3_reset(q);
	return ST_OK;
}

static enum status
run_with_id(struct vault *v, enum sql_id which, uint64_t id, bool damaged)
{
	sqlite3_stmt *q = database_sql(&v->db, which);

	sql_u64(q, 1, id);
	if (sqlite3_bind_parameter_count(q) > 1)
		sql_u64(q, 2, damaged);
	return sql_run(q);
}

static enum status
mark(struct vault *v, uint64_t id, bool damaged, struct found *found)
{
	struct bundle b;
	char bid[BID_TEXT];
	struct audit_event e = { .ev = "quarantine", .actor = "box",
	    .obj = { (uint8_t *)bid, BID_TEXT }, .ch = "box",
	    .res = damaged ? "damaged" : "whole" };

	TRY(bundle_load(v, id, &b));
	TRY(run_with_id(v, SQL_BUNDLE_DAMAGED, id, damaged));
	if (damaged)
		TRY(run_with_id(v, SQL_DELIVERY_FORGET, id, damaged));
	b.damaged = damaged;
	TRY(damaged ? outbox_bundle_changed(v, &b)
	    : outbox_bundle_opens(v, &b));
	*(damaged ? &found->lost : &found->whole) += 1;
	bid_write(b.bid, bid);
	e.det[0] = (struct audit_detail){ "segment", NULL, b.extent.segment };
	return audit_add(&v->audit, &e);
}

/* Marked ones leave the query. */
static enum status
mark_beyond(struct vault *v, uint64_t segment, uint64_t length,
    struct found *found)
{
	sqlite3_stmt *q;
	uint64_t id;
	enum status st;

	for (;;) {
		q = database_sql(&v->db, SQL_BUNDLE_BEYOND);
		sql_u64(q, 1, segment);
		sql_u64(q, 2, length);
		st = sql_next(q);
		if (st != ST_OK)
			return st == ST_NOT_FOUND ? ST_OK : st;
		id = col_u64(q, 0);
		(void)sqlite3_reset(q);
		TRY(mark(v, id, true, found));
	}
}

static enum status
check_lengths(struct vault *v, struct found *found)
{
	uint64_t segment = 0, end, length;
	sqlite3_stmt *q;
	enum status st;

	for (;;) {
		q = database_sql(&v->db, SQL_SEGMENT_AFTER);
		sql_u64(q, 1, segment);
		st = sql_next(q);
		if (st != ST_OK)
			return st == ST_NOT_FOUND ? ST_OK : st;
		segment = col_u64(q, 0);
		end = col_u64(q, 1);
		(void)sqlite3_reset(q);
		length = segments_length(&v->segments, segment);
		if (length < end)
			TRY(mark_beyond(v, segment, length, found));
	}
}

static enum status
check_contents(struct vault *v, enum sql_id which, struct found *found)
{
	uint64_t ids[RECOVERY_BUNDLES], bytes = 0;
	sqlite3_stmt *q = database_sql(&v->db, which);
	struct bundle b;
	size_t n = 0;
	enum status st;
	bool whole;

	sql_u64(q, 1, RECOVERY_BUNDLES);
	while ((st = sql_next(q)) == ST_OK && n < RECOVERY_BUNDLES)
		ids[n++] = col_u64(q, 0);
	(void)sqlite3_reset(q);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	for (size_t i = 0; i < n && bytes < RECOVERY_BYTES; i++) {
		TRY(bundle_load(v, ids[i], &b));
		TRY(is_whole(v, &b, &whole));
		if (whole == b.damaged)
			TRY(mark(v, b.id, !whole, found));
		bytes += b.size;
	}
	return ST_OK;
}

static enum status
check_all(struct vault *v, void *with)
{
	struct found *found = with;

	TRY(check_contents(v, SQL_BUNDLE_IN_QUARANTINE, found));
	TRY(check_lengths(v, found));
	return check_contents(v, SQL_BUNDLE_NEWEST, found);
}

/* See recovery.h. */
enum status
recovery_check(struct vault *v)
{
	struct found found = { 0 };
	enum status st = transaction(v, check_all, &found);

	if (found.lost > 0)
		log_line(LOG_ERROR, "stored results that are not whole on the "
		    "disk and are kept back: %llu; let the LIS send them again, or "
		    "put the segment files back from the backup of vault.db; "
		    "see `guichet audit`, quarantine",
		    (unsigned long long)found.lost);
	if (found.whole > 0)
		log_line(LOG_NOTICE, "stored results that are whole again: %llu",
		    (unsigned long long)found.whole);
	v->is_checked = st == ST_OK;
	return st;
}
