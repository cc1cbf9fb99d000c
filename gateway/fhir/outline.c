#include "fhir/outline.h"

#include "fhir/check.h"

static bool
same_name(const struct person_name *a, const struct person_name *b)
{
	return span_equal(a->family, b->family) &&
	    span_equal(a->given, b->given) && span_equal(a->prefix, b->prefix);
}

/* See outline.h. */
bool
outline_has_validator(const struct panel *p)
{
	return !fhir_is_blank(p->validator.family) ||
	    !fhir_is_blank(p->validator.given);
}

/* See outline.h. */
bool
outline_has_order(const struct panel *p)
{
	return !fhir_is_blank(p->placer_order);
}

/* See outline.h. */
bool
outline_has_specimen(const struct panel *p)
{
	const struct coded *type = &p->specimen.type;

	return p->has_specimen && (!fhir_is_blank(type->text) ||
	    !fhir_is_blank(type->display) || !fhir_is_blank(type->code) ||
	    !fhir_is_blank(type->alternate_display));
}

static void
add_study(struct outline *o, const struct study *study)
{
	for (size_t i = 0; i < o->n_studies; i++)
		if (o->studies[i] == study)
			return;
	o->studies[o->n_studies++] = study;
}

/* Panel `i` may only hang on an earlier one: no circles. */
static bool
has_parent(const struct report *r, size_t i)
{
	int parent = r->panels[i].parent_panel;

	return parent >= 0 && (size_t)parent < i;
}

static bool
has_note(const struct note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!fhir_is_blank(notes[i].text))
			return true;
	return false;
}

static void
add_panel(struct outline *o, size_t i)
{
	const struct panel *p = &o->report->panels[i];
	size_t none = o->report->n_panels;

	o->n_observations += p->n_observations;
	if (o->validator == none && outline_has_validator(p))
		o->validator = i;
	if (o->order == none && outline_has_order(p))
		o->order = i;
	if (o->specimen == none && outline_has_specimen(p))
		o->specimen = i;
	o->linked = o->linked || has_parent(o->report, i);
}

/* See outline.h. */
void
outline_make(struct outline *o, const struct report *r)
{
	*o = (struct outline){ .report = r, .validator = r->n_panels,
	    .order = r->n_panels, .specimen = r->n_panels };
	for (size_t i = 0; i < r->n_panels; i++)
		add_panel(o, i);
	o->linked = o->linked && r->n_panels <= OUTLINE_LINKED_MAX;
	o->notes = has_note(r->notes, r->n_notes);
	for (size_t i = 0; i < r->n_panels; i++) {
		const struct panel *p = &r->panels[i];

		if (outline_has_results(o, i))
			add_study(o, study_of(p->section));
		else
			o->notes = o->notes || has_note(p->notes, p->n_notes);
	}
	if (o->n_studies == 0)
		add_study(o, study_of(r->n_panels > 0 ?
		    r->panels[0].section : (struct span){ 0 }));
}

static struct span
name_of(const struct coded *c)
{
	if (c->text.len > 0)
		return c->text;
	return c->display.len > 0 ? c->display : c->code;
}

/* See outline.h. */
bool
outline_is_group(const struct outline *o, size_t i)
{
	const struct panel *p = &o->report->panels[i];

	if (outline_next_child(o, i, -1, SIZE_MAX) < o->report->n_panels)
		return true;
	if (p->n_observations != 1)
		return p->n_observations > 1;
	return name_of(&p->code).len > 0 &&
	    !span_equal(name_of(&p->code), name_of(&p->observations[0].code));
}

/* See outline.h. */
bool
outline_has_results(const struct outline *o, size_t i)
{
	return o->report->panels[i].n_observations > 0 ||
	    outline_is_group(o, i);
}

/* Whether a panel becomes anything decides whether it can be a member; only
 * a panel with observations of its own surely does. */
static bool
is_child(const struct outline *o, size_t child, size_t i, int j)
{
	const struct panel *p = &o->report->panels[child];
	const struct panel *parent = &o->report->panels[i];
	int observation = p->parent_observation;

	if (!has_parent(o->report, child) || (size_t)p->parent_panel != i ||
	    p->n_observations == 0)
		return false;
	if (observation < 0 || (size_t)observation >= parent->n_observations)
		observation = -1;
	return observation == j;
}

/* See outline.h. */
size_t
outline_next_child(const struct outline *o, size_t i, int j, size_t after)
{
	size_t n = o->report->n_panels;
	size_t at = after == SIZE_MAX ? i + 1 : after + 1;

	if (!o->linked)
		return n;
	while (at < n && !is_child(o, at, i, j))
		at++;
	return at;
}

/* See outline.h. */
size_t
outline_validator_of(const struct outline *o, size_t i)
{
	const struct panel *panels = o->report->panels;

	return same_name(&panels[i].validator, &panels[o->validator].validator) ?
	    o->validator : i;
}

/* See outline.h. */
size_t
outline_order_of(const struct outline *o, size_t i)
{
	const struct panel *panels = o->report->panels;

	return span_equal(panels[i].placer_order,
	    panels[o->order].placer_order) ? o->order : i;
}
