/* fhir_check.h -- what must hold of any input that claims to be parsed. */
#ifndef FUZZ_FHIR_CHECK_H
#define FUZZ_FHIR_CHECK_H

#include <stdlib.h>

#include "input/fhir_answer.h"
#include "wire/charset.h"

static inline void
check_text(struct span s)
{
	if (!charset_is_utf8(s) || (s.len > 0 && memchr(s.ptr, 0, s.len) != NULL))
		abort();
}

static inline void
check_coded(const struct coded *c)
{
	check_text(c->code);
	check_text(c->display);
	check_text(c->system);
	check_text(c->alternate_code);
	check_text(c->text);
}

static inline void
check_observation(const struct observation *o)
{
	check_coded(&o->code);
	check_text(o->value.number);
	check_text(o->value.number2);
	check_text(o->value.text);
	check_text(o->unit);
	check_text(o->range_text);
	for (size_t i = 0; i < o->n_flags; i++)
		check_coded(&o->flags[i]);
	for (size_t i = 0; i < o->n_notes; i++)
		check_text(o->notes[i].text);
	if (o->release >= RELEASE_COUNT ||
	    (o->release != RELEASE_DELIVER && o->release_reason == NULL))
		abort();
}

static inline void
check_report(const struct report *r)
{
	check_text(r->patient.name.family);
	check_text(r->patient.name.given);
	check_text(r->patient_id);
	check_text(r->report_id);
	if ((r->card.len != 0 && r->card.len != 10) || r->version_ms == 0)
		abort();
	if (r->release == RELEASE_WITHHOLD && r->holds == 0)
		abort();
	for (size_t i = 0; i < r->n_panels; i++) {
		const struct panel *p = &r->panels[i];

		check_coded(&p->code);
		if (p->parent_panel >= (int)i)
			abort();
		for (size_t k = 0; k < p->n_observations; k++)
			check_observation(&p->observations[k]);
	}
	for (size_t i = 0; i < r->n_documents; i++)
		if (r->documents[i].bytes.len < 5)
			abort();
}

/* Nothing is stored unless all is well; an answer can always be written. */
static inline void
check_parsed(const struct input_kind *kind, enum status st,
    const struct parsed *p)
{
	static uint8_t text[INPUT_ANSWER_MAX];
	struct buf out = buf_over(text, sizeof(text));
	struct span location, body;
	unsigned code;

	if ((st == ST_OK) != (p->n_reports > 0) ||
	    (st == ST_OK) != (p->reply.code == HL7_AA && st != ST_NOT_FOUND))
		abort();
	for (size_t i = 0; i < p->n_reports; i++)
		check_report(&p->reports[i]);
	if (st == ST_NOT_FOUND)
		return;
	if (kind->answer(p, 1, span_of("0123456789abcdef0123"), &out) != ST_OK ||
	    fhir_answer_split(buf_span(&out), &code, &location, &body) != ST_OK)
		abort();
	if ((st == ST_OK) != (code == 200 || code == 201))
		abort();
	check_text(body);
}

#endif
