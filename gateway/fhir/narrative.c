#include "fhir/narrative.h"

#include "fhir/check.h"

static void
markup(struct fhir_writer *w, const char *text)
{
	json_string_add(&w->json, span_of(text));
}

static void
open_text(struct fhir_writer *w)
{
	json_object_begin(&w->json, "text");
	json_text(&w->json, "status", "generated");
	json_string_begin(&w->json, "div");
	markup(w, "<div xmlns=\"http://www.w3.org/1999/xhtml\">");
}

static void
close_text(struct fhir_writer *w)
{
	markup(w, "</div>");
	json_string_end(&w->json);
	json_object_end(&w->json);
}

/* What a byte must be replaced by in XHTML; NULL: it stays.  Control
 * characters do not exist in XML 1.0. */
static const char *
entity(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\n':
		return "<br/>";
	default:
		return (c < ' ' && c != '\t') || c == 0x7f ? "" : NULL;
	}
}

/*
 * Bytes at `s` that do not go into the narrative: U+FFFE and U+FFFF, which
 * are UTF-8 but not XML, and the controls that turn the direction of what
 * follows (U+202A to U+202E, U+2066 to U+2069): a number must read as it was
 * printed.  Hebrew and Arabic need none of them, and the data keep them.
 */
static size_t
dropped(struct span s)
{
	const uint8_t *p = s.ptr;

	if (s.len < 3)
		return 0;
	if (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe)
		return 3;
	if (p[0] != 0xe2)
		return 0;
	return (p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9) ? 3 : 0;
}

static void
escaped(struct fhir_writer *w, struct span text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		size_t gone = dropped(span_slice(text, i, 3));
		const char *instead = gone > 0 ? "" : entity(text.ptr[i]);

		if (instead == NULL)
			continue;
		json_string_add(&w->json, span_slice(text, from, i - from));
		markup(w, instead);
		i += gone > 0 ? gone - 1 : 0;
		from = i + 1;
	}
	json_string_add(&w->json, span_slice(text, from, text.len - from));
}

static void
element(struct fhir_writer *w, const char *open, struct span text,
    const char *close)
{
	if (fhir_is_blank(text))
		return;
	markup(w, open);
	escaped(w, text);
	markup(w, close);
}

static void
notes(struct fhir_writer *w, const struct note *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		element(w, "<p>", list[i].text, "</p>");
}

/* See narrative.h. */
void
narrative_words(struct fhir_writer *w, const char *words)
{
	open_text(w);
	element(w, "<p>", span_of(words), "</p>");
	close_text(w);
}

static void
value_cell(struct fhir_writer *w, const struct value *v)
{
	escaped(w, v->comparator);
	switch (v->kind) {
	case VALUE_ABSENT:
		break;
	case VALUE_QUANTITY:
		escaped(w, v->number);
		break;
	case VALUE_RANGE:
	case VALUE_RATIO:
		escaped(w, v->number);
		markup(w, v->kind == VALUE_RANGE ? " - " : ":");
		escaped(w, v->number2);
		break;
	case VALUE_CODED:
		escaped(w, fhir_coded_text(&v->coded));
		for (size_t i = 0; i < v->n_more; i++) {
			markup(w, "; ");
			escaped(w, fhir_coded_text(&v->more[i]));
		}
		break;
	default:
		escaped(w, v->text);
		if (v->text2.len > 0) {
			markup(w, " - ");
			escaped(w, v->text2);
		}
	}
}

static void
flag_cell(struct fhir_writer *w, const struct observation *o)
{
	for (size_t i = 0; i < o->n_flags; i++) {
		markup(w, i > 0 ? " " : "");
		escaped(w, o->flags[i].code);
	}
}

static void
row(struct fhir_writer *w, const struct observation *o)
{
	bool gone = observation_is_gone(o->status);

	markup(w, "<tr><td>");
	escaped(w, fhir_coded_text(&o->code));
	markup(w, "</td><td>");
	if (!gone) {
		value_cell(w, &o->value);
		element(w, " ", o->unit, "");
	}
	markup(w, "</td><td>");
	escaped(w, o->range_text);
	markup(w, "</td><td>");
	if (!gone)
		flag_cell(w, o);
	markup(w, "</td></tr>");
	if (o->status == OBSERVATION_ENTERED_IN_ERROR)
		return;
	for (size_t i = 0; i < o->n_notes; i++)
		element(w, "<tr><td colspan=\"4\">", o->notes[i].text,
		    "</td></tr>");
}

static void
table_head(struct fhir_writer *w)
{
	markup(w, w->french ?
	    "<table><thead><tr><th>Analyse</th><th>Résultat</th>"
	    "<th>Valeurs de référence</th><th>Indication</th></tr></thead>"
	    "<tbody>" :
	    "<table><thead><tr><th>Test</th><th>Result</th>"
	    "<th>Reference range</th><th>Flag</th></tr></thead><tbody>");
}

static void
panel_table(struct fhir_writer *w, const struct panel *p)
{
	element(w, "<p><b>", fhir_coded_text(&p->code), "</b></p>");
	if (p->n_observations > 0) {
		table_head(w);
		for (size_t i = 0; i < p->n_observations; i++)
			row(w, &p->observations[i]);
		markup(w, "</tbody></table>");
	}
	notes(w, p->notes, p->n_notes);
}

/* See narrative.h. */
void
narrative_results(struct fhir_writer *w, const struct study *study)
{
	const struct report *r = w->report;

	open_text(w);
	for (size_t i = 0; i < r->n_panels; i++)
		if (outline_has_results(&w->outline, i) &&
		    study_of(r->panels[i].section) == study)
			panel_table(w, &r->panels[i]);
	close_text(w);
}

/* See narrative.h. */
void
narrative_notes(struct fhir_writer *w)
{
	const struct report *r = w->report;

	open_text(w);
	notes(w, r->notes, r->n_notes);
	for (size_t i = 0; i < r->n_panels; i++)
		if (!outline_has_results(&w->outline, i))
			notes(w, r->panels[i].notes, r->panels[i].n_notes);
	close_text(w);
}
