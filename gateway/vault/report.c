#include "vault/report.h"

#include "ipc/patient.h"

/* See report.h. */
uint64_t
report_holds(uint64_t release, uint64_t status, uint64_t holds)
{
	if (release != RELEASE_WITHHOLD || holds != 0)
		return holds;
	return status == BUNDLE_PRELIMINARY ? HOLD_PRELIMINARY : HOLD_UNKNOWN;
}

/* --- which case it is ------------------------------------------------------ */

static enum known_case
known_case(const struct report_known *known, const struct meeting *met)
{
	if (!known->exists)
		return KNOWN_NOTHING;
	if (known->state == REPORT_WITHDRAWN)
		return KNOWN_WITHDRAWN;
	if (known->state == REPORT_QUARANTINED)
		return KNOWN_QUARANTINED;
	if (met->has_preliminary)
		return KNOWN_PRELIMINARY;
	return met->has_held ? KNOWN_HELD : KNOWN_OPEN;
}

static enum comes_case
comes_case(const struct report_new *new)
{
	switch (new->release) {
	case RELEASE_CONFIRM:    return COMES_CONFIRM;
	case RELEASE_WITHDRAW:   return COMES_WITHDRAW;
	case RELEASE_INCIDENT:   return COMES_INCIDENT;
	case RELEASE_QUARANTINE: return COMES_QUARANTINE;
	default:
		break;
	}
	if (new->holds == 0)
		return COMES_DELIVER;
	return new->holds == HOLD_PRELIMINARY ? COMES_PRELIMINARY
	    : COMES_HELD;
}

static enum age_case
age_case(const struct report_known *known, const struct meeting *met,
    const struct report_new *new)
{
	bool by_parts = met->touches && known->state == REPORT_ACTIVE
	    && new->release != RELEASE_WITHDRAW;
	int order = version_compare(new->version,
	    by_parts ? met->newest : known->version);

	return order < 0 ? AGE_OLDER : order > 0 ? AGE_NEWER : AGE_EQUAL;
}

/* Where nothing is open, any version is about what there was. */
static enum touches_case
touches_case(const struct meeting *met)
{
	if (!met->touches && met->stays)
		return TOUCHES_DISJOINT;
	return met->outdates ? TOUCHES_OVERLAPS : TOUCHES_COVERS;
}

static bool
is_same(const struct report_known *known, const struct report_new *new)
{
	return memcmp(known->content, new->content, 32) == 0
	    && known->release == new->release && known->card == new->card;
}

/* What is stored says best whether it is the same; the report's own row only
 * where no bundle is left to ask. */
static bool
is_repetition(const struct report_known *known, const struct meeting *met,
    const struct report_new *new)
{
	if (!known->exists)
		return false;
	return met->same || (!met->touches && is_same(known, new));
}

/* See report.h. */
struct decision
report_decide(const struct report_known *known, const struct meeting *met,
    const struct report_new *new)
{
	struct decision_case c = {
		.known = known_case(known, met),
		.comes = comes_case(new),
		.who = known->exists && patient_differs(known->patient,
		    new->patient) ? WHO_ANOTHER : WHO_SAME,
		.age = age_case(known, met, new),
		.says = is_repetition(known, met, new) ? SAYS_SAME
		    : SAYS_OTHER,
		.touches = touches_case(met),
	};

	return decision_find(&c);
}

/* --- the row --------------------------------------------------------------- */

static enum status
take_row(sqlite3_stmt *q, struct report_known *out)
{
	struct report_known k = { .exists = true, .id = col_u64(q, 0),
	    .version = { col_u64(q, 3), col_u64(q, 12) },
	    .release = col_u64(q, 5),
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
	/* What it corrected must not come back late. */
	if (k.state == REPORT_CLEARED)
		k = (struct report_known){ .version = k.version };
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

static struct version
later(struct version a, struct version b)
{
	return version_compare(a, b) > 0 ? a : b;
}

/* One who is known with an identifier is not forgotten for one without. */
static bool
is_better_known(const struct report_known *known, const struct report_new *new)
{
	static const uint8_t none[PATIENT_KIND];

	return !known->exists || patient_differs(known->patient, new->patient)
	    || memcmp(known->patient + PATIENT_NAMES, none, PATIENT_KIND) == 0;
}

static bool
changes_nothing(enum report_decision decision)
{
	return decision == REPORT_OLD || decision == REPORT_ASIDE
	    || decision == REPORT_NOTHING;
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
	bool keeps = decision == REPORT_SAME || decision == REPORT_CONFIRM;

	if (changes_nothing(decision))
		return k;
	if (!known->exists || (seals && is_better_known(known, new)))
		memcpy(k.patient, new->patient, 32);
	if (seals)
		memcpy(k.content, new->content, 32);
	else if (!keeps)
		memset(k.content, 0, 32);
	k.exists = true;
	k.version = later(known->version, new->version);
	if (!keeps)
		k.state = state_after(decision);
	if (decision != REPORT_CONFIRM) {
		k.release = new->release;
		k.status = new->status;
	}
	if (seals || !known->exists)
		k.card = new->card;
	k.bundle_live = known->bundle_live && (seals || keeps);
	return k;
}

static void
bind_row(struct vault *v, sqlite3_stmt *q, const uint8_t *key,
    const struct report_known *k, uint64_t bundle)
{
	sql_bytes(q, 1, key, 32);
	sql_bytes(q, 2, k->patient, 32);
	sql_bytes(q, 3, k->content, 32);
	sql_u64(q, 4, k->version.ms);
	sql_u64(q, 5, (uint64_t)k->state);
	sql_u64(q, 6, k->release);
	sql_u64(q, 7, k->status);
	sql_u64(q, 8, k->card);
	if (bundle != 0 || k->bundle != 0)
		sql_u64(q, 9, bundle != 0 ? bundle : k->bundle);
	sql_u64(q, 10, clock_now_s(&v->clock));
	sql_u64(q, 11, k->version.number);
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
