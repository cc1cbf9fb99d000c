#include "fhir/check.h"
#include "fhir/resources.h"
#include "fhir/value.h"

static struct fhir_id
group_id(size_t i)
{
	return (struct fhir_id){ .kind = FHIR_GROUP, .panel = i };
}

static struct fhir_id
observation_id(size_t i, size_t j)
{
	return (struct fhir_id){ .kind = FHIR_OBSERVATION, .panel = i,
	    .observation = j };
}

/* See resources.h. */
void
write_result_references(struct fhir_writer *w, const char *key,
    const struct study *only)
{
	const struct report *r = w->report;

	json_array_begin(&w->json, key);
	for (size_t i = 0; i < r->n_panels; i++) {
		if (only != NULL && study_of(r->panels[i].section) != only)
			continue;
		if (outline_is_group(&w->outline, i))
			fhir_reference(w, NULL, group_id(i));
		for (size_t j = 0; j < r->panels[i].n_observations; j++)
			fhir_reference(w, NULL, observation_id(i, j));
	}
	json_array_end(&w->json);
}

/* References to the panels that hang on (i, j). */
static void
children(struct fhir_writer *w, size_t i, int j)
{
	size_t n = w->report->n_panels;
	size_t at = outline_next_child(&w->outline, i, j, SIZE_MAX);

	for (; at < n; at = outline_next_child(&w->outline, i, j, at))
		fhir_reference(w, NULL, outline_is_group(&w->outline, at) ?
		    group_id(at) : observation_id(at, 0));
}

static void
head(struct fhir_writer *w, struct fhir_id id, enum observation_status status,
    const struct coded *code)
{
	fhir_entry(w, id, "Observation");
	json_text(&w->json, "status", observation_status_code(status));
	json_array_begin(&w->json, "category");
	fhir_code(w, NULL,
	    "http://terminology.hl7.org/CodeSystem/observation-category",
	    "laboratory", NULL, NULL);
	json_array_end(&w->json);
	fhir_concept(w, "code", code,
	    w->french ? "Analyse sans libellé" : "Unnamed test");
	fhir_reference(w, "subject", (struct fhir_id){ .kind = FHIR_PATIENT });
}

/* The first time that is one; the profile asks for one, so say if none is. */
static void
effective(struct fhir_writer *w, struct span own, const struct panel *p)
{
	const struct span choice[] = {
		own, p->effective.text, p->specimen.collected.text
	};

	for (size_t i = 0; i < COUNT(choice); i++)
		if (fhir_is_date_time(choice[i])) {
			fhir_date_time(w, "effectiveDateTime", choice[i]);
			return;
		}
	fhir_absent(w, "_effectiveDateTime");
}

static void
performers(struct fhir_writer *w, size_t i)
{
	const struct panel *p = &w->report->panels[i];

	fhir_instant(w, "issued", p->issued.text);
	json_array_begin(&w->json, "performer");
	fhir_reference(w, NULL, (struct fhir_id){ .kind = FHIR_ORGANIZATION });
	if (outline_has_validator(p))
		fhir_reference(w, NULL, (struct fhir_id){
		    .kind = FHIR_PRACTITIONER,
		    .panel = outline_validator_of(&w->outline, i) });
	json_array_end(&w->json);
}

static void
flag(struct fhir_writer *w, const struct coded *c)
{
	if (is_interpretation(c->code)) {
		json_object_begin(&w->json, NULL);
		json_array_begin(&w->json, "coding");
		json_object_begin(&w->json, NULL);
		json_text(&w->json, "system", "http://terminology.hl7.org/"
		    "CodeSystem/v3-ObservationInterpretation");
		json_span(&w->json, "code", c->code);
		json_object_end(&w->json);
		json_array_end(&w->json);
		fhir_string(w, "text", c->text.len > 0 ? c->text : c->display);
		json_object_end(&w->json);
	} else if (!fhir_is_blank(fhir_coded_text(c))) {
		json_object_begin(&w->json, NULL);
		fhir_string(w, "text", fhir_coded_text(c));
		json_object_end(&w->json);
	}
}

static void
flags(struct fhir_writer *w, const struct observation *o)
{
	bool any = false;

	for (size_t i = 0; i < o->n_flags; i++)
		any = any || !fhir_is_blank(fhir_coded_text(&o->flags[i]));
	if (!any)
		return;
	json_array_begin(&w->json, "interpretation");
	for (size_t i = 0; i < o->n_flags; i++)
		flag(w, &o->flags[i]);
	json_array_end(&w->json);
}

static void
reference_range(struct fhir_writer *w, const struct observation *o)
{
	bool low = fhir_is_number(o->range_low);
	bool high = fhir_is_number(o->range_high);
	struct span none = { 0 };

	if (!low && !high && fhir_is_blank(o->range_text))
		return;
	json_array_begin(&w->json, "referenceRange");
	json_object_begin(&w->json, NULL);
	if (low)
		fhir_quantity(w, "low", none, o->range_low, o);
	if (high)
		fhir_quantity(w, "high", none, o->range_high, o);
	fhir_string(w, "text", o->range_text);
	json_object_end(&w->json);
	json_array_end(&w->json);
}

static void
result(struct fhir_writer *w, size_t i, const struct observation *o)
{
	const struct panel *p = &w->report->panels[i];
	bool group = outline_is_group(&w->outline, i);

	write_value(w, o);
	if (!observation_is_gone(o->status))
		flags(w, o);
	if (o->status != OBSERVATION_ENTERED_IN_ERROR)
		fhir_notes(w, o->notes, o->n_notes, p->notes,
		    group ? 0 : p->n_notes);
	if (!fhir_is_blank(fhir_coded_text(&o->method)))
		fhir_concept(w, "method", &o->method, "?");
	if (outline_has_specimen(p))
		fhir_reference(w, "specimen", (struct fhir_id){
		    .kind = FHIR_SPECIMEN, .panel = i });
	reference_range(w, o);
}

static void
observation(struct fhir_writer *w, size_t i, size_t j)
{
	const struct panel *p = &w->report->panels[i];
	const struct observation *o = &p->observations[j];
	int on = (int)j;

	head(w, observation_id(i, j), o->status, &o->code);
	effective(w, o->effective.text, p);
	performers(w, i);
	result(w, i, o);
	if (outline_next_child(&w->outline, i, on, SIZE_MAX) <
	    w->report->n_panels) {
		json_array_begin(&w->json, "hasMember");
		children(w, i, on);
		json_array_end(&w->json);
	}
	fhir_entry_end(w);
}

static void
group(struct fhir_writer *w, size_t i)
{
	const struct panel *p = &w->report->panels[i];

	head(w, group_id(i), p->status, &p->code);
	effective(w, (struct span){ 0 }, p);
	performers(w, i);
	fhir_notes(w, p->notes, p->n_notes, NULL, 0);
	if (outline_has_specimen(p))
		fhir_reference(w, "specimen", (struct fhir_id){
		    .kind = FHIR_SPECIMEN, .panel = i });
	json_array_begin(&w->json, "hasMember");
	for (size_t j = 0; j < p->n_observations; j++)
		fhir_reference(w, NULL, observation_id(i, j));
	children(w, i, -1);
	json_array_end(&w->json);
	fhir_entry_end(w);
}

/* See resources.h. */
void
write_observations(struct fhir_writer *w)
{
	const struct report *r = w->report;

	for (size_t i = 0; i < r->n_panels; i++) {
		if (outline_is_group(&w->outline, i))
			group(w, i);
		for (size_t j = 0; j < r->panels[i].n_observations; j++)
			observation(w, i, j);
	}
}
