#include "vault/report.h"

#include "ipc/patient.h"

static bool
is_withdrawal(uint64_t release)
{
	return release == RELEASE_WITHDRAW || release == RELEASE_INCIDENT;
}

static enum report_decision
decide_withdrawal(const struct report_known *known,
    const struct report_new *new)
{
	if (!known->exists)
		return REPORT_UNKNOWN;
	/* A wrong patient is wrong in every version. */
	if (new->release == RELEASE_INCIDENT)
		return REPORT_REVOKE;
	return new->version_ms < known->version_ms ? REPORT_OLD : REPORT_REVOKE;
}

static bool
is_same(const struct report_known *known, const struct report_new *new)
{
	return memcmp(known->content, new->content, 32) == 0
	    && known->release == new->release && known->card == new->card;
}

/* A late message with lines that no newer one brought. */
static bool
is_addition(const struct report_known *known, const struct meeting *met)
{
	return known->state == REPORT_ACTIVE && met->stays && !met->overlaps;
}

/* See report.h. */
enum report_decision
report_decide(const struct report_known *known, const struct meeting *met,
    const struct report_new *new)
{
	if (is_withdrawal(new->release))
		return decide_withdrawal(known, new);
	if (!known->exists)
		return REPORT_SEAL;
	if (known->state == REPORT_QUARANTINED
	    || patient_differs(known->patient, new->patient))
		return REPORT_QUARANTINE;
	if (new->version_ms < known->version_ms && !is_addition(known, met))
		return REPORT_OLD;
	return met->same || is_same(known, new) ? REPORT_SAME : REPORT_SEAL;
}

static enum status
take_row(sqlite3_stmt *q, struct report_known *out)
{
	struct report_known k = { .exists = true, .id = col_u64(q, 0),
	    .version_ms = col_u64(q, 3), .release = col_u64(q, 5),
	    .status = col_u64(q, 6), .card = col_u64(q, 7) };

	TRY(col_copy(q, 1, k.patient, 32));
	TRY(col_copy(q, 2, k.content, 32));
	k.state = (enum report_state)col_u64(q, 4);
	if (!col_is_null(q, 9)) {
		k.bundle = col_u64(q, 8);
		TRY(col_copy(q, 9, k.bid, BID_BYTES));
		k.bundle_live = col_u64(q, 10) != 0;
		k.bundle_reads = col_u64(q, 11);
	}
	*out = k;
	return ST_OK;
}

/* See report.h. */
enum status
report_load(struct vault *v, const uint8_t key[static 32],
    struct report_known *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_REPORT_GET);
	enum status st;

	*out = (struct report_known){ 0 };
	sql_bytes(q, 1, key, 32);
	st = sql_next(q);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	st = take_row(q, out);
	(void)sqlite3_reset(q);
	return st;
}

static enum report_state
state_after(enum report_decision decision)
{
	switch (decision) {
	case REPORT_REVOKE:
	case REPORT_UNKNOWN:
		return REPORT_WITHDRAWN;
	case REPORT_QUARANTINE:
		return REPORT_QUARANTINED;
	default:
		return REPORT_ACTIVE;
	}
}

static uint64_t
later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * See report.h.  A withdrawal of the LIS clears the content, so that the same
 * content may come back as a newer version; one from the desk keeps it (cards
 * and bundles change the state only), so that a repetition does not undo it.
 */
struct report_known
report_after(const struct report_known *known, const struct report_new *new,
    enum report_decision decision)
{
	struct report_known k = *known;
	bool seals = decision == REPORT_SEAL;

	if (decision == REPORT_OLD)
		return k;
	if (!known->exists)
		memcpy(k.patient, new->patient, 32);
	if (seals)
		memcpy(k.content, new->content, 32);
	else if (decision != REPORT_SAME)
		memset(k.content, 0, 32);
	k.exists = true;
	k.version_ms = later(known->version_ms, new->version_ms);
	if (decision != REPORT_SAME)
		k.state = state_after(decision);
	k.release = new->release;
	k.status = new->status;
	if (seals || !known->exists)
		k.card = new->card;
	k.bundle_live = known->bundle_live
	    && (seals || decision == REPORT_SAME);
	return k;
}

static void
bind_row(struct vault *v, sqlite3_stmt *q, const uint8_t *key,
    const struct report_known *k, uint64_t bundle)
{
	sql_bytes(q, 1, key, 32);
	sql_bytes(q, 2, k->patient, 32);
	sql_bytes(q, 3, k->content, 32);
	sql_u64(q, 4, k->version_ms);
	sql_u64(q, 5, (uint64_t)k->state);
	sql_u64(q, 6, k->release);
	sql_u64(q, 7, k->status);
	sql_u64(q, 8, k->card);
	if (bundle != 0 || k->bundle != 0)
		sql_u64(q, 9, bundle != 0 ? bundle : k->bundle);
	sql_u64(q, 10, clock_now_s(&v->clock));
}

/* See report.h. */
enum status
report_save(struct vault *v, const struct report_known *known,
    const struct report_new *new, enum report_decision decision,
    uint64_t bundle, uint64_t *id)
{
	struct report_known after = report_after(known, new, decision);
	sqlite3_stmt *q = database_sql(&v->db, SQL_REPORT_PUT);

	bind_row(v, q, new->key, &after, bundle);
	TRY(sql_run(q));
	q = database_sql(&v->db, SQL_REPORT_ID);
	sql_bytes(q, 1, new->key, 32);
	TRY(sql_next(q));
	*id = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return ST_OK;
}
