#include "input/hold.h"

#include "config/codes.h"
#include "fhir/codes.h"
#include "input/release.h"

static const char unknown_code[] = "neither LOINC nor NABM";

static enum codes_system
system_of(struct span uri)
{
	if (span_is(uri, SYSTEM_LOINC))
		return CODES_LOINC;
	return span_is(uri, SYSTEM_NABM) ? CODES_NABM : CODES_LOCAL;
}

/* --- the lists --------------------------------------------------------------- */

/* A code and its words, folded once for all patterns. */
struct texts {
	size_t n, n_codes;		/* codes come first */
	enum codes_system system[2];	/* of the codes */
	struct codes_text text[5];
};

static void
add_code(struct texts *t, struct span code, struct span system)
{
	if (code.len == 0)
		return;
	t->system[t->n_codes++] = system_of(system);
	codes_fold(code, &t->text[t->n++]);
}

static void
add_label(struct texts *t, struct span label)
{
	if (label.len > 0)
		codes_fold(label, &t->text[t->n++]);
}

static bool
is_named(const struct texts *t, const struct codes_item *item)
{
	size_t n = item->system == CODES_ANY ? t->n : t->n_codes;

	for (size_t i = 0; i < n; i++)
		if ((item->system == CODES_ANY ||
		    item->system == t->system[i]) &&
		    codes_match(item->pattern, &t->text[i]))
			return true;
	return false;
}

/* See hold.h. */
const struct config_hold *
hold_find(const struct config *config, const struct coded *code)
{
	struct texts t;

	if (config->n_holds == 0)
		return NULL;
	t.n = t.n_codes = 0;
	add_code(&t, code->code, code->system);
	add_code(&t, code->alternate_code, code->alternate_system);
	add_label(&t, code->display);
	add_label(&t, code->alternate_display);
	add_label(&t, code->text);
	for (unsigned i = 0; i < config->n_holds; i++) {
		struct span list = span_of(config->hold[i].codes);
		struct codes_item item;

		while (codes_next(&list, &item) == ST_OK)
			if (is_named(&t, &item))
				return &config->hold[i];
	}
	return NULL;
}

static bool
is_public(const struct coded *c)
{
	return (c->code.len > 0 && system_of(c->system) != CODES_LOCAL) ||
	    (c->alternate_code.len > 0 &&
	    system_of(c->alternate_system) != CODES_LOCAL);
}

/* --- the report ------------------------------------------------------------ */

/* Why something is held: bits of enum hold, and our words or the list's. */
struct finding {
	unsigned holds;
	const char *reason;
};

static void
find_more(struct finding *f, unsigned hold, const char *reason)
{
	if (f->holds == 0)
		f->reason = reason;
	f->holds |= hold;
}

/* What its codes and labels say. */
static void
look_at(const struct config *config, struct span section,
    const struct coded *code, struct finding *f)
{
	const struct config_hold *list = hold_find(config, code);

	if (release_is_genetic(section, code))
		find_more(f, HOLD_GENETIC, "genetic test");
	if (list != NULL)
		find_more(f, HOLD_LIST, list->reason[0] != '\0'
		    ? list->reason : list->name);
}

static struct finding
look_at_observation(const struct config *config, const struct panel *p,
    const struct observation *o)
{
	struct finding f = { 0 };

	look_at(config, p->section, &o->code, &f);
	if (o->value.kind == VALUE_CODED &&
	    release_is_genetic((struct span){ 0 }, &o->value.coded))
		find_more(&f, HOLD_GENETIC, "genetic test");
	if (config->hold_unknown && !is_public(&o->code))
		find_more(&f, HOLD_LIST, unknown_code);
	return f;
}

static void
hold_observation(struct observation *o, const struct finding *f)
{
	o->holds |= f->holds;
	if (f->holds == 0 || o->release == RELEASE_WITHHOLD)
		return;
	o->release = RELEASE_WITHHOLD;
	o->release_reason = f->reason;
}

/* Is there anything in the panel that is not taken back? */
static bool
is_live(const struct panel *p)
{
	for (size_t i = 0; i < p->n_observations; i++)
		if (!release_removes(&p->observations[i]))
			return true;
	return p->n_observations == 0 && p->status != OBSERVATION_CANCELLED;
}

static unsigned
hold_panel(const struct config *config, struct panel *p)
{
	struct finding whole = { 0 };
	unsigned holds = 0;

	if (!is_live(p))
		return 0;
	look_at(config, p->section, &p->code, &whole);
	/* Without results there only is a document, named by the panel. */
	if (p->n_observations == 0 && config->hold_unknown &&
	    !is_public(&p->code))
		find_more(&whole, HOLD_LIST, unknown_code);
	for (size_t i = 0; i < p->n_observations; i++) {
		struct observation *o = &p->observations[i];
		struct finding f;

		if (release_removes(o))
			continue;
		f = look_at_observation(config, p, o);
		hold_observation(o, &f);
		hold_observation(o, &whole);
		holds |= f.holds;
	}
	return holds | whole.holds;
}

/* The audit record names no examination: the reason is the kind of hold. */
static void
hold_report(struct report *r, unsigned holds)
{
	if (holds == 0 || r->release == RELEASE_WITHDRAW ||
	    r->release == RELEASE_INCIDENT ||
	    r->release == RELEASE_QUARANTINE)
		return;
	r->holds |= holds;
	if (holds & HOLD_GENETIC)
		r->exams |= EXAMS_GENETICS;
	if (r->release != RELEASE_DELIVER)
		return;
	r->release = RELEASE_WITHHOLD;
	r->release_reason = holds & HOLD_GENETIC ? "genetic test" : "hold list";
}

/* See hold.h. */
void
hold_apply(const struct config *config, struct report *report)
{
	struct finding documents = { 0 };
	unsigned holds = 0;

	for (size_t i = 0; i < report->n_panels; i++)
		holds |= hold_panel(config, &report->panels[i]);
	for (size_t i = 0; i < report->n_documents; i++)
		look_at(config, (struct span){ 0 }, &report->documents[i].code,
		    &documents);
	hold_report(report, holds | documents.holds);
}
