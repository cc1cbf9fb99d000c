#include "vault/part.h"

#include "vault/report.h"

/* See part.h. */
bool
lines_are_valid(struct span bytes)
{
	if (bytes.len % LINE_BYTES != 0)
		return false;
	for (size_t i = LINE_BYTES; i < bytes.len; i += LINE_BYTES) {
		if (memcmp(bytes.ptr + i - LINE_BYTES, bytes.ptr + i,
		    LINE_BYTES) >= 0)
			return false;
	}
	return true;
}

/* How many lines two versions have in common; both are in order. */
static size_t
common(struct span a, struct span b)
{
	size_t i = 0, k = 0, n = 0;

	while (i < a.len && k < b.len) {
		int order = memcmp(a.ptr + i, b.ptr + k, LINE_BYTES);

		n += order == 0;
		i += order <= 0 ? LINE_BYTES : 0;
		k += order >= 0 ? LINE_BYTES : 0;
	}
	return n;
}

/*
 * See part.h.  What the LIS itself calls an addition stands beside.  A part
 * without known lines (a document alone) is covered by a whole report only.
 */
bool
part_is_covered(const struct report_new *new, const struct part *old)
{
	struct span lines = old->lines.bytes;

	if (new->status == BUNDLE_APPENDED)
		return false;
	return new->lines.whole || (lines.len > 0
	    && common(new->lines.bytes, lines) == lines.len / LINE_BYTES);
}

/* See part.h. */
void
part_meet(const struct report_new *new, const struct part *old,
    struct meeting *met)
{
	if (memcmp(old->content, new->content, 32) == 0
	    && old->release == new->release && old->card == new->card)
		met->same = true;
	if (!old->live)
		return;
	/* What a damaged one said is lost, and may come again. */
	if (!old->damaged && (new->lines.whole || old->lines.whole
	    || common(new->lines.bytes, old->lines.bytes) > 0))
		met->overlaps = true;
	if (!part_is_covered(new, old)) {
		met->stays = true;
		return;
	}
	met->replaces = true;
	met->card = old->card;
	memcpy(met->bid, old->bid, BID_BYTES);
}

/* See part.h. */
enum status
part_next(struct vault *v, uint64_t report, uint64_t after, struct part *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_PART_NEXT);
	enum status st;

	sql_u64(q, 1, report);
	sql_u64(q, 2, after);
	TRY(sql_next(q));
	*out = (struct part){ .id = col_u64(q, 0), .live = col_u64(q, 1) != 0,
	    .damaged = col_u64(q, 8) != 0,
	    .card = col_u64(q, 2), .release = col_u64(q, 3),
	    .lines = { col_u64(q, 6) != 0, col_blob(q, 7) } };
	st = col_copy(q, 4, out->bid, BID_BYTES);
	if (st == ST_OK)
		st = col_copy(q, 5, out->content, 32);
	if (st != ST_OK)
		(void)sqlite3_reset(q);
	return st;
}

/* See part.h. */
enum status
part_forget(struct vault *v, const struct part *part)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_PART_FORGET);

	sql_u64(q, 1, part->id);
	return sql_run(q);
}
