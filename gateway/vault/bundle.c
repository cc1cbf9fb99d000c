#include "vault/bundle.h"

#include "base/base64.h"
#include "base/log.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "vault/changed.h"
#include "vault/notice.h"
#include "vault/outbox.h"

enum { ENVELOPE_MAX = 4096 };

/* See bundle.h. */
void
bid_write(const uint8_t bid[static BID_BYTES], char out[static BID_TEXT])
{
	struct buf b = buf_over(out, BID_TEXT);

	if (base64url_encode((struct span){ bid, BID_BYTES }, &b) != ST_OK)
		unexpected("bid_write", 0);
}

/* See bundle.h. */
enum status
bid_read(struct span text, uint8_t out[static BID_BYTES])
{
	uint8_t bytes[BID_BYTES];
	struct buf b = buf_over(bytes, sizeof(bytes));

	if (base64url_decode(text, &b) != ST_OK || b.len != BID_BYTES)
		return ST_MALFORMED;
	memcpy(out, bytes, BID_BYTES);
	return ST_OK;
}

static enum status
make_bucket_key(struct vault *v, uint64_t day, struct secret_32 *key)
{
	uint8_t wrapped[KEYS_WRAPPED_BYTES];
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUCKET_PUT);

	random_bytes(key->byte, sizeof(key->byte));
	keys_wrap(&v->secrets->keys.key[KEY_BUCKET], "bucket", day, key, wrapped);
	sql_u64(q, 1, day);
	sql_bytes(q, 2, wrapped, sizeof(wrapped));
	return sql_run(q);
}

/* The bucket key of a UTC day; made where `may_make`. */
static enum status
bucket_key(struct vault *v, uint64_t day, bool may_make,
    struct secret_32 *key)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUCKET_GET);
	enum status st;

	sql_u64(q, 1, day);
	st = sql_next(q);
	if (st == ST_OK) {
		st = keys_unwrap(&v->secrets->keys.key[KEY_BUCKET], "bucket", day,
		    col_blob(q, 0), key);
		(void)sqlite3_reset(q);
		return st;
	}
	return st == ST_NOT_FOUND && may_make
	    ? make_bucket_key(v, day, key) : st;
}

static struct span
aad_of(const uint8_t *bid)
{
	return (struct span){ bid, BID_BYTES };
}

/* The window key wraps the object's name and the envelope: both end with it. */
static enum status
add_seal(struct vault *v, uint64_t id, const struct bundle_new *b)
{
	uint8_t plain[32 + ENVELOPE_MAX], sealed[32 + ENVELOPE_MAX + 28];
	uint8_t wrapped[KEYS_WRAPPED_BYTES];
	struct buf in = buf_over(plain, sizeof(plain));
	struct buf out = buf_over(sealed, sizeof(sealed));
	struct secret_32 bucket, window;
	uint64_t day = b->closes_s / DAY_S;
	sqlite3_stmt *q;
	enum status st = bucket_key(v, day, true, &bucket);

	if (st != ST_OK)
		return st;
	random_bytes(window.byte, sizeof(window.byte));
	keys_wrap(&bucket, "window", day, &window, wrapped);
	if (buf_append(&in, b->name, 32) != ST_OK
	    || buf_append_span(&in, b->envelope) != ST_OK
	    || aead_wrap(&window, aad_of(b->bid), buf_span(&in), &out) != ST_OK)
		unexpected("an envelope over its limit", (int)b->envelope.len);
	wipe(&bucket, sizeof(bucket));
	wipe(&window, sizeof(window));
	wipe(plain, in.len);
	q = database_sql(&v->db, SQL_SEAL_ADD);
	sql_u64(q, 1, id);
	sql_bytes(q, 2, wrapped, sizeof(wrapped));
	sql_blob(q, 3, buf_span(&out));
	sql_blob(q, 4, b->sha256);
	sql_blob(q, 5, b->delivery_key);
	sql_blob(q, 6, b->delivery_digest);
	return sql_run(q);
}

static enum status
add_object(struct vault *v, uint64_t id, const struct bundle_new *b)
{
	sqlite3_stmt *q;

	if (b->extent.segment != 0) {
		q = database_sql(&v->db, SQL_SEGMENT_PUT);
		sql_u64(q, 1, b->extent.segment);
		sql_u64(q, 2, b->extent.start + b->extent.size);
		return sql_run(q);
	}
	q = database_sql(&v->db, SQL_OBJECT_ADD);
	sql_u64(q, 1, id);
	sql_blob(q, 2, b->object);
	return sql_run(q);
}

static void
bind_new(struct vault *v, sqlite3_stmt *q, const struct bundle_new *b,
    const uint8_t *name_hash)
{
	sql_bytes(q, 1, b->bid, BID_BYTES);
	sql_u64(q, 2, b->card);
	sql_u64(q, 3, b->seq);
	sql_u64(q, 4, b->release);
	sql_u64(q, 5, b->status);
	sql_u64(q, 6, b->exams);
	sql_u64(q, 7, clock_now_s(&v->clock));
	sql_u64(q, 8, b->opens_s);
	sql_u64(q, 9, b->closes_s);
	sql_u64(q, 10, b->closes_on_s);
	sql_u64(q, 11, b->size);
	sql_bytes(q, 12, name_hash, NAME_HASH_BYTES);
	if (b->extent.segment != 0) {
		sql_u64(q, 13, b->extent.segment);
		sql_u64(q, 14, b->extent.start);
	}
	sql_u64(q, 15, b->report);
	sql_u64(q, 16, b->lab);
	sql_bytes(q, 17, b->content, 32);
	sql_u64(q, 18, b->lines.whole);
	if (b->lines.bytes.len > 0)
		sql_blob(q, 19, b->lines.bytes);
	sql_u64(q, 20, b->holds);
	sql_u64(q, 21, b->closes_max_s);
	sql_u64(q, 22, b->version.ms);
	sql_u64(q, 23, b->version.number);
	if (b->confirmed.len > 0)
		sql_blob(q, 24, b->confirmed);
}

/* As it is stored now, to the outbox. */
static enum status
leave_later(struct vault *v, uint64_t id)
{
	struct bundle b;

	TRY(bundle_load(v, id, &b));
	return outbox_bundle_opens(v, &b);
}

/* See bundle.h.  Object, then row, then keys. */
enum status
bundle_add(struct vault *v, const struct bundle_new *b, uint64_t *id)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_ADD);
	uint8_t name_hash[32];

	sha256((struct span){ b->name, 32 }, name_hash);
	bind_new(v, q, b, name_hash);
	TRY(sql_run(q));
	*id = (uint64_t)sqlite3_last_insert_rowid(v->db.handle);
	TRY(add_object(v, *id, b));
	TRY(add_seal(v, *id, b));
	q = database_sql(&v->db, SQL_CARD_SEALED);
	sql_u64(q, 1, b->card);
	sql_u64(q, 2, b->seq);
	sql_bytes(q, 3, b->patient, 32);
	TRY(sql_run(q));
	/* Frozen since it was looked up: what is sealed to it is lost. */
	if (sqlite3_changes(v->db.handle) != 1)
		return ST_INVALID;
	if (b->holds == 0)
		changed_add(v, b->card);
	return leave_later(v, *id);
}

static enum status
take_row(sqlite3_stmt *q, struct bundle *out)
{
	enum status st;

	TRY(sql_next(q));
	*out = (struct bundle){ .live = col_u64(q, 1) != 0,
	    .release = col_u64(q, 2), .status = col_u64(q, 3),
	    .opens_s = col_u64(q, 4), .closes_s = col_u64(q, 5),
	    .closes_on_s = col_u64(q, 6), .size = col_u64(q, 7),
	    .extent = { col_u64(q, 8), col_u64(q, 9), col_u64(q, 7) },
	    .reads = col_u64(q, 10), .id = col_u64(q, 11),
	    .damaged = col_u64(q, 12) != 0, .holds = col_u64(q, 13),
	    .closes_max_s = col_u64(q, 14), .lab = col_u64(q, 15) != 0,
	    .card = col_u64(q, 16), .pushed = col_u64(q, 17),
	    .late = col_u64(q, 18) != 0 };
	st = col_copy(q, 0, out->bid, BID_BYTES);
	(void)sqlite3_reset(q);
	return st;
}

/* See bundle.h. */
enum status
bundle_load(struct vault *v, uint64_t id, struct bundle *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_BY_ID);

	sql_u64(q, 1, id);
	return take_row(q, out);
}

/* See bundle.h. */
enum status
bundle_by_name(struct vault *v, const uint8_t hash[static NAME_HASH_BYTES],
    struct bundle *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_BY_NAME);

	sql_bytes(q, 1, hash, NAME_HASH_BYTES);
	return take_row(q, out);
}

/* See bundle.h. */
enum status
bundle_find(struct vault *v, const uint8_t bid[static BID_BYTES],
    struct bundle *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_BY_BID);
	uint64_t id;

	sql_bytes(q, 1, bid, BID_BYTES);
	TRY(sql_next(q));
	id = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return bundle_load(v, id, out);
}

static enum status
run_with_id(struct vault *v, enum sql_id which, uint64_t id)
{
	sqlite3_stmt *q = database_sql(&v->db, which);

	sql_u64(q, 1, id);
	return sql_run(q);
}

static enum status
leave_garbage(struct vault *v, const struct extent *e)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_GARBAGE_ADD);

	sql_u64(q, 1, e->segment);
	sql_u64(q, 2, e->start);
	sql_u64(q, 3, e->size);
	v->has_garbage = true;
	return sql_run(q);
}

/* See bundle.h. */
enum status
bundle_end(struct vault *v, uint64_t id, enum bundle_status status)
{
	struct bundle b;
	sqlite3_stmt *q;

	TRY(bundle_load(v, id, &b));
	if (bundle_is_visible(v, &b))
		changed_add(v, b.card);
	TRY(outbox_bundle_ends(v, &b));	/* the name goes with the seal */
	TRY(run_with_id(v, SQL_SHARE_DROP_BUNDLE, id));
	TRY(run_with_id(v, SQL_SEAL_DROP, id));
	if (b.extent.segment != 0)
		TRY(leave_garbage(v, &b.extent));
	else
		TRY(run_with_id(v, SQL_OBJECT_DROP, id));
	q = database_sql(&v->db, SQL_BUNDLE_END);
	sql_u64(q, 1, id);
	sql_u64(q, 2, (uint64_t)status);
	TRY(sql_run(q));
	v->swept = true;	/* what ended is in the journal still */
	return notice_bundle_ended(v, id);
}

/* The window key moves to the bucket of the new closing day. */
static enum status
move_seal(struct vault *v, const struct bundle *b, uint64_t closes_s)
{
	uint64_t from = b->closes_s / DAY_S, to = closes_s / DAY_S;
	uint8_t wrapped[KEYS_WRAPPED_BYTES];
	struct secret_32 bucket, window;
	sqlite3_stmt *q;
	enum status st;

	if (from == to)
		return ST_OK;
	TRY(bucket_key(v, from, false, &bucket));
	q = database_sql(&v->db, SQL_SEAL_GET);
	sql_u64(q, 1, b->id);
	st = sql_next(q);
	if (st == ST_OK)
		st = keys_unwrap(&bucket, "window", from, col_blob(q, 0),
		    &window);
	(void)sqlite3_reset(q);
	if (st == ST_OK)
		st = bucket_key(v, to, true, &bucket);
	if (st == ST_OK)
		keys_wrap(&bucket, "window", to, &window, wrapped);
	wipe(&bucket, sizeof(bucket));
	wipe(&window, sizeof(window));
	TRY(st);
	q = database_sql(&v->db, SQL_SEAL_REWRAP);
	sql_u64(q, 1, b->id);
	sql_bytes(q, 2, wrapped, sizeof(wrapped));
	return sql_run(q);
}

/* See bundle.h. */
enum status
bundle_open(struct vault *v, const struct bundle *b, enum bundle_status status)
{
	uint64_t lo = v->clock.lo_s, hi = clock_now_s(&v->clock);
	uint64_t window = b->lab ? v->settings.lab_window_s
	    : v->settings.window_s;
	uint64_t opens = b->opens_s > lo ? b->opens_s : lo;
	uint64_t closes = (opens > hi ? opens : hi) + window;
	sqlite3_stmt *q;

	if (closes > b->closes_max_s)
		closes = b->closes_max_s;
	TRY(move_seal(v, b, closes));
	q = database_sql(&v->db, SQL_BUNDLE_LIFT);
	sql_u64(q, 1, b->id);
	sql_u64(q, 2, 0);
	sql_u64(q, 3, (uint64_t)status);
	sql_u64(q, 4, opens);
	sql_u64(q, 5, closes);
	sql_u64(q, 6, v->clock.on_s + (opens - lo) + window);
	changed_add(v, b->card);
	TRY(sql_run(q));
	return leave_later(v, b->id);
}

/* See bundle.h. */
bool
bundle_is_visible(const struct vault *v, const struct bundle *b)
{
	return b->holds == 0 && b->status != BUNDLE_SUPERSEDED
	    && b->status != BUNDLE_PRELIMINARY
	    && clock_has_come(&v->clock, b->opens_s);
}

/* See bundle.h. */
bool
bundle_is_open(const struct vault *v, const struct bundle *b)
{
	return b->live && !b->damaged && b->holds == 0
	    && b->status != BUNDLE_PRELIMINARY
	    && clock_has_come(&v->clock, b->opens_s)
	    && !clock_is_closed(&v->clock, b->closes_s, b->closes_on_s);
}

/* The object's name and the envelope, as they lie under the window key. */
static enum status
open_seal(struct vault *v, const struct bundle *b, struct buf *out)
{
	struct secret_32 bucket, window;
	uint64_t day = b->closes_s / DAY_S;
	sqlite3_stmt *q;
	enum status st = bucket_key(v, day, false, &bucket);

	if (st != ST_OK)
		return st;
	q = database_sql(&v->db, SQL_SEAL_GET);
	sql_u64(q, 1, b->id);
	st = sql_next(q);
	if (st == ST_OK)
		st = keys_unwrap(&bucket, "window", day, col_blob(q, 0),
		    &window);
	wipe(&bucket, sizeof(bucket));
	if (st == ST_OK)
		st = aead_unwrap(&window, aad_of(b->bid), col_blob(q, 1), out);
	(void)sqlite3_reset(q);
	wipe(&window, sizeof(window));
	return st;
}

/* See bundle.h. */
enum status
bundle_envelope(struct vault *v, const struct bundle *b, struct buf *out)
{
	uint8_t plain[32 + ENVELOPE_MAX];
	struct buf opened = buf_over(plain, sizeof(plain));
	enum status st = open_seal(v, b, &opened);

	if (st == ST_OK)
		st = buf_append_span(out, span_slice(buf_span(&opened), 32,
		    ENVELOPE_MAX));
	wipe(plain, opened.len);
	return st;
}

/* See bundle.h. */
enum status
bundle_name(struct vault *v, const struct bundle *b, uint8_t out[static 32])
{
	uint8_t plain[32 + ENVELOPE_MAX];
	struct buf opened = buf_over(plain, sizeof(plain));
	enum status st = open_seal(v, b, &opened);

	if (st == ST_OK && opened.len < 32)
		st = ST_CORRUPT;
	if (st == ST_OK)
		memcpy(out, plain, 32);
	wipe(plain, opened.len);
	return st;
}
