#include "vault/fate.h"

#include "base/log.h"
#include "vault/bundle.h"
#include "vault/changed.h"
#include "vault/outbox.h"

static struct span
copy_span(struct span from, uint8_t *to)
{
	if (from.len > LINES_BYTES_MAX)
		unexpected("lines over their limit", (int)from.len);
	if (from.len > 0)
		memcpy(to, from.ptr, from.len);
	return (struct span){ to, from.len };
}

/* See fate.h. */
enum status
part_load(struct vault *v, uint64_t report, uint64_t id, struct part_copy *out)
{
	TRY(part_next(v, report, id - 1, &out->part));
	if (out->part.id != id)
		return ST_NOT_FOUND;
	out->part.lines.bytes = copy_span(out->part.lines.bytes, out->lines);
	out->part.confirmed = copy_span(out->part.confirmed, out->confirmed);
	out->part.replaced = copy_span(out->part.replaced, out->replaced);
	return ST_OK;
}

/* --- one part ---------------------------------------------------------------- */

static enum status
audit_part(struct vault *v, const struct delivery *d, const char *ev,
    const struct bundle *b)
{
	char bid[BID_TEXT];
	struct audit_event e = { .ev = ev, .actor = "source",
	    .actor_id = { d->source, d->source_len },
	    .obj = { (const uint8_t *)bid, BID_TEXT },
	    .ch = "lis", .res = "ok" };

	bid_write(b->bid, bid);
	/* Read before: whoever decides about telling the patient must know. */
	e.det[0] = (struct audit_detail){ "reads", NULL, b->reads };
	return audit_add(&v->audit, &e);
}

static enum status
end_part(struct vault *v, const struct delivery *d, const struct part *part,
    enum bundle_status status, uint64_t *reads)
{
	struct bundle old;

	if (part->live) {
		TRY(bundle_load(v, part->id, &old));
		TRY(bundle_end(v, part->id, status));
		TRY(audit_part(v, d, status == BUNDLE_SUPERSEDED ? "supersede"
		    : "revoke", &old));
		*reads += old.reads;
	}
	return part_forget(v, part);
}

/* Links to it show the old value alone, without this page's warning. */
static enum status
end_links(struct vault *v, uint64_t id)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SHARE_DROP_BUNDLE);

	sql_u64(q, 1, id);
	return sql_run(q);
}

static enum status
outdate(struct vault *v, const struct delivery *d, const struct part *part,
    const struct lines *by)
{
	uint8_t common[LINES_BYTES_MAX], all[2 * LINES_BYTES_MAX];
	struct buf newer = buf_over(common, sizeof(common));
	struct buf replaced = buf_over(all, LINES_BYTES_MAX);
	struct span newly = by->bytes;
	struct bundle b;
	sqlite3_stmt *q;

	if (part->lines.bytes.len > 0) {
		TRY(lines_intersect(by->bytes, part->lines.bytes, &newer));
		newly = buf_span(&newer);
	} else
		replaced.max = sizeof(all);
	TRY(lines_unite(part->replaced, newly, &replaced));
	if (replaced.len > LINES_BYTES_MAX)
		replaced.len = LINES_BYTES_MAX;	/* of a document: any do */
	TRY(bundle_load(v, part->id, &b));
	q = database_sql(&v->db, SQL_PART_REPLACED);
	sql_u64(q, 1, part->id);
	sql_blob(q, 2, buf_span(&replaced));
	TRY(sql_run(q));
	if (bundle_is_visible(v, &b))
		changed_add(v, b.card);
	TRY(outbox_bundle_changed(v, &b));
	TRY(end_links(v, part->id));
	return audit_part(v, d, "outdate", &b);
}

/* --- all of a report -------------------------------------------------------- */

/* Too late to be stored, it still says that what is older is not true now. */
static enum part_fate
fate_after(const struct report_new *new, const struct part *part,
    enum report_decision decision)
{
	enum part_fate fate = part_fate(new, part);

	if (decision == REPORT_SEAL)
		return fate;
	if (decision == REPORT_SAME
	    && memcmp(part->content, new->content, 32) == 0)
		return PART_STAYS;
	if (part_is_taken_back(new, part))
		return PART_WITHDRAWN;
	if (decision != REPORT_OLD || new->release == RELEASE_CONFIRM
	    || fate == PART_STAYS
	    || version_compare(part->version, new->version) == 0)
		return PART_STAYS;
	return PART_OUTDATED;
}

static enum status
apply_one(struct vault *v, const struct delivery *d,
    const struct report_new *new, const struct part *part,
    enum part_fate fate, struct fates *done)
{
	uint64_t reads = 0;

	switch (fate) {
	case PART_SUPERSEDED:
		done->superseded += part->live;
		return end_part(v, d, part, BUNDLE_SUPERSEDED, &reads);
	case PART_WITHDRAWN:
		done->withdrawn += part->live;
		return end_part(v, d, part, BUNDLE_WITHDRAWN, &reads);
	case PART_OUTDATED:
		if (!part->live)
			return ST_OK;
		done->outdated++;
		return outdate(v, d, part, &new->lines);
	default:
		return ST_OK;
	}
}

/* See fate.h. */
enum status
fate_apply(struct vault *v, const struct delivery *d, uint64_t report,
    const struct report_new *new, enum report_decision decision,
    struct fates *done)
{
	struct part part = { 0 };
	enum status st;

	*done = (struct fates){ 0 };
	while ((st = part_next(v, report, part.id, &part)) == ST_OK)
		TRY(apply_one(v, d, new, &part,
		    fate_after(new, &part, decision), done));
	if (done->withdrawn > 0 && decision == REPORT_SEAL)
		log_line(LOG_WARNING, "lines of a report were taken back and "
		    "its others not sent again: it is withdrawn; see `guichet "
		    "audit list`");
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See fate.h. */
enum status
fate_of_confirmed(struct vault *v, const struct delivery *d, uint64_t report,
    const struct part *part)
{
	struct report_new new = { .status = BUNDLE_FINAL,
	    .version = part->version, .lines = part->lines };
	struct part older = { 0 };
	struct fates done = { 0 };
	enum status st;

	while ((st = part_next(v, report, older.id, &older)) == ST_OK) {
		if (older.id >= part->id)
			continue;
		TRY(apply_one(v, d, &new, &older, part_fate(&new, &older),
		    &done));
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See fate.h. */
enum status
fate_revoke(struct vault *v, const struct delivery *d, uint64_t report,
    unsigned *revoked, uint64_t *reads)
{
	struct part part = { 0 };
	enum status st;

	*revoked = 0;
	*reads = 0;
	while ((st = part_next(v, report, part.id, &part)) == ST_OK) {
		*revoked += part.live;
		TRY(end_part(v, d, &part, BUNDLE_WITHDRAWN, reads));
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}
