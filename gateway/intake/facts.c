#include "intake/facts.h"

#include "input/hold.h"
#include "input/release.h"

enum { ORDER_MAX = 128 };	/* REPORT_OPEN.order */

/* See facts.h. */
void
facts_complete(struct report *r, const struct config *config,
    const struct config_source *source)
{
	if (r->organization.len == 0)
		r->organization = span_of(config->lab_name);
	if (r->language.len == 0)
		r->language = span_of(source->language);
	release_empty_removed(r);
	hold_apply(config, r);
}

/* Are there lines whose value came before (OBX-11 U)? */
static bool
refers_back(const struct report *r)
{
	for (size_t i = 0; i < r->n_panels; i++)
		for (size_t k = 0; k < r->panels[i].n_observations; k++)
			if (r->panels[i].observations[k].is_confirmed)
				return true;
	return false;
}

/* See facts.h. */
void
facts_of(const struct report *r, const struct config_source *source,
    const uint8_t sender[static 32], const struct secret_32 *key,
    struct facts *out)
{
	identity_of(r, sender, key, &out->identity);
	out->lines_len = identity_lines(r, IDENTITY_BROUGHT, key, out->lines);
	out->confirmed_len = identity_lines(r, IDENTITY_CONFIRMED, key,
	    out->confirmed);
	out->removed_len = identity_lines(r, IDENTITY_REMOVED, key,
	    out->removed);
	/* What refers to values that came before is never the whole, unless a
	 * document says it all once more. */
	out->is_snapshot = r->n_documents > 0 || (!refers_back(r) &&
	    (source->snapshot || r->is_whole || out->lines_len == 0));
}

/* A longer one was printed on no slip. */
static struct span
order_of(const struct report *r)
{
	return span_slice(r->order, 0, r->order.len > ORDER_MAX ? 0
	    : r->order.len);
}

static struct span
reason_of(const struct report *r)
{
	return r->release_reason == NULL ? (struct span){ 0 }
	    : span_of(r->release_reason);
}

/* See facts.h. */
void
facts_open(const struct report *r, const struct facts *facts,
    struct msg_report_open *m)
{
	*m = (struct msg_report_open){
		.card = r->card, .order = order_of(r),
		.report_key = { facts->identity.report, 32 },
		.patient = { facts->identity.patient, 32 },
		.traits = { facts->identity.traits, 32 },
		.content = { facts->identity.content, 32 },
		.version_ms = r->version_ms,
		.version_number = r->version_number,
		.release = (uint64_t)r->release, .holds = r->holds,
		.status = (uint64_t)r->status, .opens_s = r->opens_s,
		.exams = r->exams, .snapshot = facts->is_snapshot,
		.lines = { facts->lines, facts->lines_len },
		.confirmed = { facts->confirmed, facts->confirmed_len },
		.removed = { facts->removed, facts->removed_len },
		.reason = reason_of(r),
	};
}

/* See facts.h. */
void
facts_probe(const struct report *r, const struct facts *facts,
    struct msg_report_probe *m)
{
	*m = (struct msg_report_probe){
		.card = r->card, .order = order_of(r),
		.report_key = { facts->identity.report, 32 },
		.patient = { facts->identity.patient, 32 },
		.traits = { facts->identity.traits, 32 },
		.content = { facts->identity.content, 32 },
		.version_ms = r->version_ms,
		.version_number = r->version_number,
		.release = (uint64_t)r->release, .holds = r->holds,
		.snapshot = facts->is_snapshot,
		.lines = { facts->lines, facts->lines_len },
		.confirmed = { facts->confirmed, facts->confirmed_len },
		.removed = { facts->removed, facts->removed_len },
	};
}
