#include "vault/part.h"

#include "vault/report.h"

/* See part.h. */
int
version_compare(struct version a, struct version b)
{
	if (a.number != 0 && b.number != 0 && a.number != b.number)
		return a.number < b.number ? -1 : 1;
	return (a.ms > b.ms) - (a.ms < b.ms);
}

/* --- sets of lines ------------------------------------------------------- */

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

/* Two sets, side by side, from the least line on. */
struct walk {
	struct span a, b;
	struct span line;	/* the one that comes next ... */
	bool in_a, in_b;	/* ... and who has it */
};

static bool
walk_next(struct walk *w)
{
	int order;

	if (w->a.len == 0 && w->b.len == 0)
		return false;
	if (w->a.len == 0 || w->b.len == 0)
		order = w->a.len == 0 ? 1 : -1;
	else
		order = memcmp(w->a.ptr, w->b.ptr, LINE_BYTES);
	w->in_a = order <= 0;
	w->in_b = order >= 0;
	w->line = (struct span){ w->in_a ? w->a.ptr : w->b.ptr, LINE_BYTES };
	if (w->in_a)
		w->a = span_slice(w->a, LINE_BYTES, w->a.len);
	if (w->in_b)
		w->b = span_slice(w->b, LINE_BYTES, w->b.len);
	return true;
}

/* See part.h. */
enum status
lines_unite(struct span a, struct span b, struct buf *out)
{
	struct walk w = { .a = a, .b = b };

	while (walk_next(&w))
		TRY(buf_append_span(out, w.line));
	return ST_OK;
}

/* See part.h. */
enum status
lines_intersect(struct span a, struct span b, struct buf *out)
{
	struct walk w = { .a = a, .b = b };

	while (walk_next(&w)) {
		if (w.in_a && w.in_b)
			TRY(buf_append_span(out, w.line));
	}
	return ST_OK;
}

/* See part.h. */
enum status
lines_subtract(struct span a, struct span b, struct buf *out)
{
	struct walk w = { .a = a, .b = b };

	while (walk_next(&w)) {
		if (w.in_a && !w.in_b)
			TRY(buf_append_span(out, w.line));
	}
	return ST_OK;
}

/* See part.h. */
bool
lines_meet(struct span some, struct span all)
{
	struct walk w = { .a = some, .b = all };

	while (walk_next(&w)) {
		if (w.in_a && w.in_b)
			return true;
	}
	return false;
}

/* See part.h. */
bool
lines_include(struct span all, struct span some)
{
	struct walk w = { .a = all, .b = some };

	while (walk_next(&w)) {
		if (w.in_b && !w.in_a)
			return false;
	}
	return true;
}

/* --- old and new --------------------------------------------------------- */

/* Is each of the old lines sent again, taken back, or newer elsewhere? */
static bool
is_said_again(const struct report_new *new, const struct part *old)
{
	struct walk w = { .a = old->lines.bytes, .b = new->lines.bytes };

	while (walk_next(&w)) {
		if (w.in_a && !w.in_b && !lines_include(new->removed, w.line)
		    && !lines_include(old->replaced, w.line))
			return false;
	}
	return true;
}

/*
 * What the LIS itself calls an addition stands beside.  A part without known
 * lines (a document alone) is covered by a whole report only.
 */
static bool
is_covered(const struct report_new *new, const struct part *old)
{
	if (new->status == BUNDLE_APPENDED)
		return false;
	return new->lines.whole || (lines_meet(new->lines.bytes,
	    old->lines.bytes) && is_said_again(new, old));
}

/* A line of it was taken back; where its lines are not known, any may be. */
static bool
has_removed(const struct report_new *new, const struct part *old)
{
	if (new->removed.len == 0)
		return false;
	return old->lines.bytes.len == 0
	    || lines_meet(new->removed, old->lines.bytes);
}

/*
 * Does a correction stand elsewhere?  A preliminary value corrects no final
 * one until it is confirmed, and an addition none at all.  In a document
 * alone the old value is wherever the LIS speaks of a correction.
 */
static bool
is_outdated(const struct report_new *new, const struct part *old)
{
	if (new->status == BUNDLE_APPENDED || new->holds == HOLD_PRELIMINARY)
		return false;
	if (old->lines.bytes.len == 0)
		return new->status == BUNDLE_CORRECTED;
	return lines_meet(new->lines.bytes, old->lines.bytes);
}

/* See part.h. */
bool
part_is_taken_back(const struct report_new *new, const struct part *old)
{
	if (new->release == RELEASE_INCIDENT)
		return true;
	if (version_compare(old->version, new->version) > 0)
		return false;	/* came again since */
	return new->release == RELEASE_WITHDRAW || has_removed(new, old);
}

/* See part.h. */
enum part_fate
part_fate(const struct report_new *new, const struct part *old)
{
	if (version_compare(old->version, new->version) > 0)
		return PART_STAYS;	/* of these lines `new` is late */
	if (is_covered(new, old))
		return PART_SUPERSEDED;
	if (part_is_taken_back(new, old))
		return PART_WITHDRAWN;
	return is_outdated(new, old) ? PART_OUTDATED : PART_STAYS;
}

/* What a patient sees, or would: a repetition of what a biologist released,
 * or of what was confirmed, is nothing new. */
static bool
is_same(const struct report_new *new, const struct part *old)
{
	if (memcmp(old->content, new->content, 32) != 0
	    || old->card != new->card)
		return false;
	return new->holds == old->held_for
	    || (new->holds == 0 && old->live && old->holds == 0);
}

/* What a damaged one said is lost, and may come again. */
static bool
has_line_of(const struct report_new *new, const struct part *old)
{
	return !old->damaged && (new->lines.whole || old->lines.whole
	    || lines_meet(new->lines.bytes, old->lines.bytes));
}

static void
meet_version(const struct part *old, struct meeting *met)
{
	if (!met->touches || version_compare(old->version, met->newest) > 0)
		met->newest = old->version;
	met->touches = true;
}

static void
meet_holds(const struct part *old, struct meeting *met)
{
	if ((old->holds & HOLD_PRELIMINARY) != 0)
		met->has_preliminary = true;
	else if (old->holds != 0)
		met->has_held = true;
}

/* See part.h. */
void
part_meet(const struct report_new *new, const struct part *old,
    struct meeting *met)
{
	enum part_fate fate = part_fate(new, old);

	if (is_same(new, old)) {
		met->same = true;
		met->same_id = old->id;
	}
	/* A confirmation is about what waits for one. */
	if (has_line_of(new, old) && (new->release != RELEASE_CONFIRM
	    || (old->holds & HOLD_PRELIMINARY) != 0))
		meet_version(old, met);
	if (!old->live)
		return;
	meet_holds(old, met);
	if (fate != PART_SUPERSEDED) {
		met->stays |= fate != PART_WITHDRAWN;
		met->outdates |= fate == PART_OUTDATED;
		return;
	}
	met->replaces = true;
	met->card = old->card;
	memcpy(met->bid, old->bid, BID_BYTES);
}

/* --- rows ---------------------------------------------------------------- */

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
	    .card = col_u64(q, 2), .release = col_u64(q, 3),
	    .lines = { col_u64(q, 6) != 0, col_blob(q, 7) },
	    .damaged = col_u64(q, 8) != 0, .status = col_u64(q, 9),
	    .holds = col_u64(q, 10), .held_for = col_u64(q, 11),
	    .version = { col_u64(q, 12), col_u64(q, 13) },
	    .confirmed = col_blob(q, 14), .replaced = col_blob(q, 15) };
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

/* See part.h. */
enum status
part_renew(struct vault *v, uint64_t id, struct version version)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_PART_RENEW);

	sql_u64(q, 1, id);
	sql_u64(q, 2, version.ms);
	sql_u64(q, 3, version.number);
	return sql_run(q);
}
