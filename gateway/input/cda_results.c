/*
 * The structured body of a CDA laboratory report (IHE Laboratory Technical
 * Framework, XD-LAB; ANS: "CR-BIO") as panels and observations; see
 * cda_report.h.
 *
 * A section for each specialty, in it acts, organizers (batteries, clusters)
 * and observations.  Results of a specialty count; what hangs on a result by
 * anything but COMP (an earlier result, a comment) is no result of its own.
 */
#include "input/cda_report.h"

#include "input/hl7_report.h"

/* The act that XD-LAB puts around the results of a section. */
#define DATA_ENTRY "1.3.6.1.4.1.19376.1.3.1"
#define COMMENT "48767-8"	/* LOINC: annotation comment */

/* LOINC of the specialties (XD-LAB, table of sections), as HL70074. */
static const struct specialty {
	const char *loinc, *section;
	unsigned exams;
} specialties[] = {
	{ "18716-1", "ALG", EXAMS_SEROLOGY },
	{ "18717-9", "BLB", EXAMS_HEMATOLOGY },
	{ "18718-7", "CUS", EXAMS_HEMATOLOGY },
	{ "18719-5", "CH", EXAMS_CHEMISTRY },
	{ "18720-3", "HM", EXAMS_HEMATOLOGY },
	{ "18721-1", "TX", EXAMS_CHEMISTRY },
	{ "18722-9", "OTH", EXAMS_OTHER },
	{ "18723-7", "HM", EXAMS_HEMATOLOGY },
	{ "18724-5", "GE", EXAMS_GENETICS },		/* HLA */
	{ "18725-2", "MB", EXAMS_MICROBIOLOGY },
	{ "18727-8", "SR", EXAMS_SEROLOGY },
	{ "18728-6", "TX", EXAMS_CHEMISTRY },
	{ "18729-4", "UR", EXAMS_CHEMISTRY },
	{ "18767-4", "BG", EXAMS_CHEMISTRY },
	{ "18768-2", "HM", EXAMS_HEMATOLOGY },
	{ "18769-0", "MB", EXAMS_MICROBIOLOGY },
	{ "26435-8", "GE", EXAMS_GENETICS },		/* molecular */
	{ "26436-6", "LAB", EXAMS_OTHER },
	{ "26437-4", "CH", EXAMS_CHEMISTRY },
	{ "26438-2", "CP", EXAMS_OTHER },
};

/* statusCode as OBX-11; completed takes the document's. */
static const struct {
	const char *code, *result;
} statuses[] = {
	{ "active", "P" }, { "held", "P" }, { "new", "I" },
	{ "suspended", "P" }, { "aborted", "X" }, { "cancelled", "X" },
	{ "nullified", "D" }, { "obsolete", "D" },
};

/* --- going through the body --------------------------------------------------- */

/* What stands around observations.  Each is looked into once, however many
 * observations there are in it: both are as many as the sender likes. */
struct around {
	const struct cda_node *node;	/* NULL: none yet */
	bool is_section, is_owner;	/* organizer or act */
	bool is_data;			/* an act with results in it */
	const struct specialty *specialty;	/* of a section; NULL: none */
};

/* Where the walk is, and what holds there. */
struct walk {
	const struct cda_node *body, *at;
	const struct cda_node *owner;	/* organizer, act or section */
	const struct cda_node *section;
	/* Of the innermost section that has one; NULL: none. */
	const struct specialty *specialty;
	struct around around[CDA_DEPTH_MAX];	/* by depth in the body */
};

/* Another relation than "is a part of". */
static bool
is_aside(const struct cda_node *n)
{
	struct span type = cda_attribute(n, "typeCode");

	return cda_is(n, "entryRelationship") && type.len > 0 &&
	    !span_is(type, "COMP");
}

static const struct specialty *
specialty_of(const struct cda_node *section)
{
	struct span code = cda_attribute(cda_child(section, "code"), "code");

	for (size_t i = 0; i < COUNT(specialties); i++)
		if (span_is(code, specialties[i].loinc))
			return &specialties[i];
	return NULL;
}

static bool
is_data_entry(const struct cda_node *act)
{
	const struct cda_node *id = cda_child(act, "templateId");

	for (; id != NULL; id = cda_again(id))
		if (span_is(cda_attribute(id, "root"), DATA_ENTRY))
			return true;
	return false;
}

static const struct around *
look_around(struct walk *w, const struct cda_node *n, unsigned depth)
{
	struct around *a = &w->around[depth];
	bool is_act = cda_is(n, "act"), is_section = cda_is(n, "section");

	if (a->node != n)
		*a = (struct around){ n, is_section,
		    is_act || cda_is(n, "organizer"),
		    is_act && is_data_entry(n),
		    is_section ? specialty_of(n) : NULL };
	return a;
}

static unsigned
depth_of(const struct walk *w, const struct cda_node *n)
{
	unsigned depth = 0;

	for (; n != w->body; n = n->parent)
		depth++;
	return depth;
}

/* True where the observation is a result of the laboratory's.  A specialty's
 * section counts for the sections in it. */
static bool
place(struct walk *w, const struct cda_node *observation)
{
	const struct cda_node *n = observation->parent;
	unsigned depth = depth_of(w, n);
	bool is_data = false;

	w->owner = w->section = NULL;
	w->specialty = NULL;
	for (; n != w->body && w->specialty == NULL; n = n->parent) {
		const struct around *a = look_around(w, n, --depth);

		if (w->section == NULL) {
			if (w->owner == NULL && a->is_owner)
				w->owner = n;
			is_data |= a->is_data;
		}
		if (w->section == NULL && a->is_section)
			w->section = n;
		w->specialty = a->specialty;
	}
	if (w->owner == NULL)
		w->owner = w->section != NULL ? w->section : w->body;
	return is_data || w->specialty != NULL;
}

/* The next result, or NULL. */
static const struct cda_node *
next_result(struct walk *w)
{
	for (;;) {
		w->at = is_aside(w->at) ? cda_beyond(w->at, w->body)
		    : cda_after(w->at, w->body);
		if (w->at == NULL)
			return NULL;
		if (cda_is(w->at, "observation") && place(w, w->at))
			return w->at;
	}
}

static struct walk
walk_of(const struct cda *cda)
{
	return (struct walk){ .body = cda->body, .at = cda->body };
}

/* --- one panel ------------------------------------------------------------------ */

static struct span
result_status(const struct cda_node *n, const struct release_line *line)
{
	struct span code = cda_attribute(cda_child(n, "statusCode"), "code");

	for (size_t i = 0; i < COUNT(statuses); i++)
		if (span_is(code, statuses[i].code))
			return span_of(statuses[i].result);
	return line->result_status;
}

static void
read_specimen(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *owner, struct panel *p)
{
	const struct cda_node *role = cda_at(owner, "specimen/specimenRole");

	if (role == NULL)
		return;
	p->has_specimen = true;
	p->specimen.type = cda_coded(c, texts, cda_at(role,
	    "specimenPlayingEntity/code"));
	p->specimen.identifier = cda_attribute(cda_child(role, "id"),
	    "extension");
	p->specimen.collected = p->effective;
}

static void
open_panel(struct hl7_context *c, struct cda_texts *texts, const struct walk *w,
    const struct release_line *line, struct panel *p)
{
	const struct cda_node *code = cda_child(w->owner, "code");
	struct span title = cda_text(cda_child(w->section, "title"));

	*p = (struct panel){ .parent_panel = -1, .parent_observation = -1 };
	p->code = cda_coded(c, texts, code != NULL ? code
	    : cda_child(w->section, "code"));
	if (p->code.display.len + p->code.text.len == 0)
		p->code.text = title;
	if (w->specialty != NULL)
		p->section = span_of(w->specialty->section);
	p->status = release_result_status(result_status(w->owner, line));
	p->effective = hl7_when(c, cda_time(cda_child(w->owner,
	    "effectiveTime")), NULL);
	read_specimen(c, texts, w->owner, p);
}

/* --- one observation -------------------------------------------------------------- */

static void
read_flags(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *n, struct observation *o)
{
	const struct cda_node *first = cda_child(n, "interpretationCode");
	const struct cda_node *flag;
	size_t most = 0;

	for (flag = first; flag != NULL; flag = cda_again(flag))
		most++;
	o->flags = hl7_alloc(c, most, sizeof(*o->flags));
	for (flag = first; o->flags != NULL && flag != NULL;
	    flag = cda_again(flag)) {
		struct coded coded = cda_coded(c, texts, flag);

		coded.system = (struct span){ 0 };	/* HL70078's codes */
		if (coded.code.len > 0)
			o->flags[o->n_flags++] = coded;
	}
}

/* Comments: an act that hangs on the result. */
static void
read_notes(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *n, struct observation *o)
{
	const struct cda_node *first = cda_child(n, "entryRelationship"), *r;
	size_t most = 0;

	for (r = first; r != NULL; r = cda_again(r))
		most++;
	o->notes = hl7_alloc(c, most, sizeof(*o->notes));
	for (r = first; o->notes != NULL && r != NULL; r = cda_again(r)) {
		const struct cda_node *act = cda_child(r, "act");
		struct span text = { 0 };

		if (span_is(cda_attribute(cda_child(act, "code"), "code"),
		    COMMENT))
			text = cda_said(c, texts, cda_child(act, "text"));
		if (text.len > 0)
			o->notes[o->n_notes++].text = text;
	}
}

static bool
is_genetic(const struct panel *p, const struct observation *o)
{
	return release_is_genetic(p->section, &o->code) ||
	    release_is_genetic(p->section, &p->code) ||
	    release_is_genetic(p->section, &o->value.coded);
}

static void
judge(struct hl7_build *b, const struct panel *p, struct span status,
    const struct release_line *document, struct observation *o)
{
	struct release_line line = *document;
	enum verdict verdict;

	line.result_status = status;
	line.flags = o->flags;
	line.n_flags = o->n_flags;
	line.genetic = is_genetic(p, o);
	release_add(&b->sum, &line);
	verdict = release_judge(&line, &o->release_reason);
	o->release = release_of(verdict);
	o->holds = release_holds(&line);
	o->status = release_result_status(status);
	if (verdict != VERDICT_VOID && verdict != VERDICT_WRONG)
		return;
	/* What was withdrawn may not be read off what is left of it. */
	o->value = (struct value){ .kind = VALUE_ABSENT };
	o->flags = NULL;
	o->n_flags = 0;
}

static void
read_observation(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *n, const struct panel *p, struct observation *o)
{
	o->code = cda_coded(c, texts, cda_child(n, "code"));
	o->value = cda_value(c, texts, cda_child(n, "value"), &o->unit);
	o->unit_ucum = o->unit;		/* PQ.unit is UCUM */
	cda_range(c, texts, n, o);
	read_flags(c, texts, n, o);
	read_notes(c, texts, n, o);
	o->method = cda_coded(c, texts, cda_child(n, "methodCode"));
	o->effective = hl7_when(c, cda_time(cda_child(n, "effectiveTime")),
	    NULL);
	if (o->effective.text.len == 0)
		o->effective = p->effective;
}

/* --- the body --------------------------------------------------------------------- */

struct room {
	size_t panels, observations;
};

static struct room
room_needed(const struct cda *cda)
{
	struct walk w = walk_of(cda);
	const struct cda_node *owner = NULL;
	struct room room = { 0 };

	while (next_result(&w) != NULL) {
		room.panels += w.owner != owner;
		room.observations++;
		owner = w.owner;
	}
	return room;
}

/* Room for more panels behind those of an earlier document. */
static struct panel *
more_panels(struct hl7_context *c, struct cda_build *build, size_t more)
{
	struct panel *all = hl7_alloc(c, build->n_panels + more, sizeof(*all));

	if (all != NULL && build->n_panels > 0)
		memcpy(all, build->panels, build->n_panels * sizeof(*all));
	return all;
}

static void
read_body(struct hl7_context *c, struct hl7_build *b, const struct cda *cda,
    const struct release_line *line, struct observation *next)
{
	struct cda_texts texts = cda_texts_of(c, cda->body);
	const struct cda_node *owner = NULL, *n;
	struct walk w = walk_of(cda);
	struct panel *p = NULL;

	while (c->failed == ST_OK && (n = next_result(&w)) != NULL) {
		if (p == NULL || w.owner != owner) {
			p = &b->cda.panels[b->cda.n_panels++];
			open_panel(c, &texts, &w, line, p);
			p->observations = next;
			b->report->exams |= w.specialty == NULL ? EXAMS_OTHER
			    : w.specialty->exams;
		}
		owner = w.owner;
		read_observation(c, &texts, n, p, next);
		judge(b, p, result_status(n, line), line, next);
		p->n_observations++;
		next++;
	}
}

/* See cda_report.h. */
void
cda_results(struct hl7_context *c, struct hl7_build *b, const struct cda *cda,
    const struct release_line *line)
{
	struct observation *observations;
	struct room room;

	if (cda->body == NULL)
		return;
	room = room_needed(cda);
	if (room.observations == 0)
		return;
	b->cda.panels = more_panels(c, &b->cda, room.panels);
	observations = hl7_alloc(c, room.observations, sizeof(*observations));
	if (b->cda.panels != NULL && observations != NULL)
		read_body(c, b, cda, line, observations);
}
