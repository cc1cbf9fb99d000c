#include "vault/hold.h"

#include <stdio.h>

#include "vault/fate.h"

/* --- confirmed by the LIS --------------------------------------------------- */

static bool
waits(const struct part *part, const struct report_new *new)
{
	return part->live && (part->holds & HOLD_PRELIMINARY) != 0
	    && version_compare(part->version, new->version) <= 0;
}

static enum status
remember(struct vault *v, const struct part *part, struct span confirmed)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_PART_CONFIRMED);

	sql_u64(q, 1, part->id);
	sql_blob(q, 2, confirmed);
	return sql_run(q);
}

/* Is every line of it final, here or elsewhere?  `confirmed` is filled with
 * those that are final here. */
static enum status
take_lines(struct vault *v, const struct part *part,
    const struct report_new *new, bool *is_all)
{
	uint8_t mine[LINES_BYTES_MAX], both[LINES_BYTES_MAX],
	    gone[LINES_BYTES_MAX];
	struct buf now = buf_over(mine, sizeof(mine));
	struct buf confirmed = buf_over(both, sizeof(both));
	struct buf final = buf_over(gone, sizeof(gone));
	struct span lines = part->lines.bytes;

	*is_all = new->release == RELEASE_CONFIRM && new->lines.whole
	    && new->confirmed.len == 0;
	if (*is_all)
		return ST_OK;
	TRY(lines_intersect(new->confirmed, lines, &now));
	if (now.len == 0)
		return ST_OK;
	TRY(lines_unite(part->confirmed, buf_span(&now), &confirmed));
	TRY(lines_unite(buf_span(&confirmed), part->replaced, &final));
	*is_all = lines_include(buf_span(&final), lines);
	return remember(v, part, buf_span(&confirmed));
}

static enum status
audit_confirmed(struct vault *v, const struct delivery *d,
    const struct bundle *b, uint64_t holds)
{
	char bid[BID_TEXT];
	struct audit_event e = { .ev = "confirm", .actor = "source",
	    .actor_id = { d->source, d->source_len },
	    .obj = { (uint8_t *)bid, BID_TEXT }, .ch = "lis",
	    .res = holds == 0 ? "open" : "held",
	    .det = { { "holds", NULL, holds } } };

	bid_write(b->bid, bid);
	return audit_add(&v->audit, &e);
}

/* Final as it was sent.  What was added elsewhere meanwhile stays newer, and
 * what holds the confirming message (a flag, a list that is new) holds it. */
static enum status
make_final(struct vault *v, const struct delivery *d, const struct part *part,
    const struct report_new *new, bool *opens)
{
	enum bundle_status status = part->replaced.len > 0 ? BUNDLE_OUTDATED
	    : BUNDLE_FINAL;
	uint64_t holds = (part->holds | new->holds) &
	    ~(uint64_t)HOLD_PRELIMINARY;
	struct bundle b;
	sqlite3_stmt *q;

	*opens = holds == 0;
	TRY(bundle_load(v, part->id, &b));
	TRY(audit_confirmed(v, d, &b, holds));
	if (*opens)
		return bundle_open(v, &b, status);
	q = database_sql(&v->db, SQL_BUNDLE_HOLDS);
	sql_u64(q, 1, b.id);
	sql_u64(q, 2, holds);
	sql_u64(q, 3, (uint64_t)status);
	return sql_run(q);
}

/* The ids first: what changes a part must not stand in its own query. */
static enum status
waiting_parts(struct vault *v, uint64_t report, const struct report_new *new,
    uint64_t ids[static HOLD_PARTS_MAX], size_t *n)
{
	struct part part = { 0 };
	enum status st;

	*n = 0;
	while ((st = part_next(v, report, part.id, &part)) == ST_OK) {
		if (waits(&part, new) && *n < HOLD_PARTS_MAX)
			ids[(*n)++] = part.id;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status
confirm_part(struct vault *v, const struct delivery *d, uint64_t report,
    uint64_t id, const struct report_new *new, bool *opens)
{
	struct part_copy copy;
	bool is_all = false;

	TRY(part_load(v, report, id, &copy));
	TRY(take_lines(v, &copy.part, new, &is_all));
	TRY(part_renew(v, id, new->version));
	if (!is_all)
		return ST_OK;
	TRY(make_final(v, d, &copy.part, new, opens));
	return fate_of_confirmed(v, d, report, &copy.part);
}

/* See hold.h. */
enum status
hold_confirm(struct vault *v, const struct delivery *d, uint64_t report,
    const struct report_new *new, unsigned *opened)
{
	uint64_t ids[HOLD_PARTS_MAX];
	size_t n = 0;

	*opened = 0;
	if (new->confirmed.len == 0 && new->release != RELEASE_CONFIRM)
		return ST_OK;
	TRY(waiting_parts(v, report, new, ids, &n));
	for (size_t i = 0; i < n; i++) {
		bool opens = false;

		TRY(confirm_part(v, d, report, ids[i], new, &opens));
		*opened += opens;
	}
	return ST_OK;
}

/* --- released by a biologist ------------------------------------------------ */

static enum status
release(struct vault *v, const struct msg_bundle_release *m,
    const struct bundle *b)
{
	char biologist[sizeof(m->biologist) + 129];
	struct audit_event e = { .ev = "release", .actor = "staff",
	    .actor_id = m->actor, .obj = m->bundle, .ch = "desk",
	    .res = "ok", .det = { { "biologist", biologist, 0 },
	    { "holds", NULL, b->holds } } };

	snprintf(biologist, sizeof(biologist), "%.*s",
	    (int)m->biologist.len, (const char *)m->biologist.ptr);
	TRY(audit_add(&v->audit, &e));
	return bundle_open(v, b, (enum bundle_status)b->status);
}

/* Who may not lift what is there is told, and that is on record, too. */
static enum status
refuse(struct vault *v, const struct msg_bundle_release *m,
    const struct bundle *b)
{
	struct audit_event e = { .ev = "release", .actor = "staff",
	    .actor_id = m->actor, .obj = m->bundle, .ch = "desk",
	    .res = "refused", .det = { { "holds", NULL, b->holds } } };

	return audit_add(&v->audit, &e);
}

static enum status
apply_release(struct vault *v, struct job *job)
{
	const struct msg_bundle_release *m = &job->m.bundle_release;
	uint8_t bid[BID_BYTES];
	struct bundle b = { 0 };
	enum status st = m->biologist.len == 0 ? ST_INVALID
	    : bid_read(m->bundle, bid);

	if (st == ST_OK)
		st = bundle_find(v, bid, &b);
	if (st == ST_MALFORMED || st == ST_NOT_FOUND
	    || (st == ST_OK && !b.live)) {
		job->result.outcome = ST_NOT_FOUND;
		return ST_OK;
	}
	TRY(st);
	if (b.holds == 0) {
		job->result.outcome = ST_EXISTS;
		return ST_OK;
	}
	if ((b.holds & ~(uint64_t)HOLD_BY_BIOLOGIST) == 0)
		return release(v, m, &b);
	job->result.outcome = ST_DENIED;
	return refuse(v, m, &b);
}

static void
answer_release(struct vault *v, struct job *job)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = job->m.bundle_release.request;
	m.done.outcome = (uint64_t)job->result.outcome;
	vault_send(v, ROLE_DESK, &m);
}

const struct job_kind bundle_release_job = {
	apply_release, answer_release, false
};
