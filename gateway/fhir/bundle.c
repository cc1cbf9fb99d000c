#include "fhir/bundle.h"

#include "fhir/resources.h"

/* Bytes that `text` can become in JSON, as text or inside a narrative: six
 * for an escape, three for a byte that is not UTF-8 (U+FFFD). */
static size_t
text_bound(struct span text)
{
	size_t bound = text.len;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c < ' ' || c == '"' || c == '\\' || c == '&' || c == '<' ||
		    c == '>' || c == 0x7f)
			bound += 5;
		else if (c >= 0x80)
			bound += 2;
	}
	return bound;
}

/* Every part once as coding, once as text, once in the narrative. */
static size_t
coded_bound(const struct coded *c)
{
	return 256 + 3 * (text_bound(c->code) + text_bound(c->display) +
	    text_bound(c->alternate_code) + text_bound(c->alternate_display) +
	    text_bound(c->text)) + text_bound(c->system) +
	    text_bound(c->alternate_system);
}

static size_t
notes_bound(const struct note *notes, size_t n)
{
	size_t bound = 0;

	for (size_t i = 0; i < n; i++)
		bound += 64 + 2 * text_bound(notes[i].text);
	return bound;
}

static size_t
name_bound(const struct person_name *n)
{
	return 256 + text_bound(n->family) + text_bound(n->given) +
	    text_bound(n->prefix);
}

/* The unit stands at the value, at both ends of a range and of the
 * reference range, and in the narrative. */
static size_t
observation_bound(const struct observation *o)
{
	const struct value *v = &o->value;
	size_t bound = 2560;	/* names, keys, five references to it */

	bound += coded_bound(&o->code) + coded_bound(&v->coded);
	bound += 2 * (text_bound(v->comparator) + text_bound(v->number) +
	    text_bound(v->number2) + text_bound(v->text) +
	    text_bound(v->text2) + text_bound(o->range_text));
	bound += 6 * text_bound(o->unit) + 5 * text_bound(o->unit_ucum);
	bound += text_bound(o->range_low) + text_bound(o->range_high);
	for (size_t i = 0; i < v->n_more; i++)
		bound += coded_bound(&v->more[i]);
	for (size_t i = 0; i < o->n_flags; i++)
		bound += coded_bound(&o->flags[i]);
	return bound + coded_bound(&o->method) +
	    notes_bound(o->notes, o->n_notes);
}

static size_t
panel_bound(const struct panel *p)
{
	/* Group, Specimen, ServiceRequest, Practitioner, a table's head and
	 * at most one section and category for each study. */
	size_t bound = 6144;

	bound += 2 * coded_bound(&p->code) + 2 * text_bound(p->placer_order);
	bound += name_bound(&p->validator) + coded_bound(&p->specimen.type) +
	    text_bound(p->specimen.identifier) +
	    notes_bound(p->specimen.notes, p->specimen.n_notes);
	for (size_t i = 0; i < p->n_observations; i++)
		bound += observation_bound(&p->observations[i]);
	return bound + notes_bound(p->notes, p->n_notes);
}

/* See bundle.h. */
size_t
fhir_bundle_bound(const struct report *r)
{
	size_t bound = 16384;	/* every resource that is there once */

	bound += name_bound(&r->patient.name);
	bound += name_bound(&r->patient.used_name);
	bound += text_bound(r->organization);
	bound += 2 * (text_bound(r->report_id) + text_bound(r->report_authority));
	bound += notes_bound(r->notes, r->n_notes);
	for (size_t i = 0; i < r->n_panels; i++)
		bound += panel_bound(&r->panels[i]);
	for (size_t i = 0; i < r->n_documents; i++)
		bound += 512 + text_bound(r->documents[i].title) +
		    (r->documents[i].bytes.len + 2) / 3 * 4;
	return bound + FHIR_PAD_BYTES;
}

static void
write_entries(struct fhir_writer *w)
{
	json_array_begin(&w->json, "entry");
	write_composition(w);
	write_diagnostic_report(w);
	write_patient(w);
	write_organization(w);
	write_practitioners(w);
	write_specimens(w);
	write_service_requests(w);
	write_observations(w);
	json_array_end(&w->json);
}

static void
write_bundle(struct fhir_writer *w)
{
	char uuid[9 + FHIR_UUID_LEN + 1] = "urn:uuid:";

	fhir_uuid(w->identity->seed, (struct fhir_id){ .kind = FHIR_BUNDLE },
	    uuid + 9);
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "resourceType", "Bundle");
	json_object_begin(&w->json, "meta");
	json_array_begin(&w->json, "profile");
	json_text(&w->json, NULL,
	    "http://hl7.eu/fhir/laboratory/StructureDefinition/Bundle-eu-lab");
	json_array_end(&w->json);
	json_object_end(&w->json);
	json_span(&w->json, "language", w->identity->language);
	json_object_begin(&w->json, "identifier");
	json_text(&w->json, "system", "urn:ietf:rfc:3986");
	json_text(&w->json, "value", uuid);
	json_object_end(&w->json);
	json_text(&w->json, "type", "document");
	json_span(&w->json, "timestamp", w->identity->timestamp);
	write_entries(w);
	json_object_end(&w->json);
}

static enum status
pad(struct buf *out, size_t from)
{
	size_t over = (out->len - from) % FHIR_PAD_BYTES;
	size_t missing = over == 0 ? 0 : FHIR_PAD_BYTES - over;

	if (missing > out->max - out->len)
		return ST_NO_SPACE;
	memset(out->ptr + out->len, ' ', missing);
	out->len += missing;
	return ST_OK;
}

/* See bundle.h. */
enum status
fhir_write_bundle(const struct report *r, const struct fhir_identity *id,
    struct buf *out)
{
	size_t from = out->len;
	struct fhir_writer w = { .report = r, .identity = id };

	outline_make(&w.outline, r);
	if (w.outline.n_observations == 0 && r->n_documents == 0)
		return ST_INVALID;
	w.french = id->language.len >= 2 && memcmp(id->language.ptr, "fr", 2) == 0;
	json_start(&w.json, out);
	write_bundle(&w);
	TRY(json_finish(&w.json));
	return pad(out, from);
}
