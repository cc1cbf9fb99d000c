#include "fhir/element.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "fhir/check.h"

/* See element.h. */
void
fhir_uuid(const uint8_t seed[static 16], struct fhir_id id,
    char out[static FHIR_UUID_LEN + 1])
{
	static const char hex[] = "0123456789abcdef";
	uint64_t what[3] = { (uint64_t)id.kind, id.panel, id.observation };
	struct sha256 hash;
	uint8_t h[32];
	char *at = out;

	sha256_start(&hash);
	sha256_add(&hash, (struct span){ seed, 16 });
	sha256_add(&hash, (struct span){ (uint8_t *)what, sizeof(what) });
	sha256_finish(&hash, h);
	h[6] = (uint8_t)(0x40 | (h[6] & 0x0f));	/* RFC 9562 4.1, 4.2 */
	h[8] = (uint8_t)(0x80 | (h[8] & 0x3f));
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = hex[h[i] >> 4];
		*at++ = hex[h[i] & 15];
	}
	*at = '\0';
}

static void
urn(struct fhir_writer *w, const char *key, struct fhir_id id)
{
	char text[9 + FHIR_UUID_LEN + 1] = "urn:uuid:";

	fhir_uuid(w->identity->seed, id, text + 9);
	json_text(&w->json, key, text);
}

/* See element.h. */
void
fhir_reference(struct fhir_writer *w, const char *key, struct fhir_id id)
{
	json_object_begin(&w->json, key);
	urn(w, "reference", id);
	json_object_end(&w->json);
}

/* See element.h. */
void
fhir_entry(struct fhir_writer *w, struct fhir_id id, const char *type)
{
	char uuid[FHIR_UUID_LEN + 1];

	fhir_uuid(w->identity->seed, id, uuid);
	json_object_begin(&w->json, NULL);
	urn(w, "fullUrl", id);
	json_object_begin(&w->json, "resource");
	json_text(&w->json, "resourceType", type);
	json_text(&w->json, "id", uuid);
}

/* See element.h. */
void
fhir_entry_end(struct fhir_writer *w)
{
	json_object_end(&w->json);
	json_object_end(&w->json);
}

static bool
is_dropped(uint8_t c)
{
	return (c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* See element.h. */
void
fhir_add_text(struct fhir_writer *w, struct span text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *instead = "";
		size_t odd = text.ptr[i] < 0xc2 ? 0 :
		    fhir_odd_space(span_slice(text, i, 3), &instead);

		if (odd == 0 && !is_dropped(text.ptr[i]))
			continue;
		json_string_add(&w->json, span_slice(text, from, i - from));
		json_string_add(&w->json, span_of(instead));
		i += odd > 0 ? odd - 1 : 0;
		from = i + 1;
	}
	json_string_add(&w->json, span_slice(text, from, text.len - from));
}

/* See element.h. */
void
fhir_string(struct fhir_writer *w, const char *key, struct span text)
{
	if (fhir_is_blank(text))
		return;
	json_string_begin(&w->json, key);
	fhir_add_text(w, text);
	json_string_end(&w->json);
}

/* See element.h. */
void
fhir_code(struct fhir_writer *w, const char *key, const char *system,
    const char *code, const char *display, const char *text)
{
	json_object_begin(&w->json, key);
	json_array_begin(&w->json, "coding");
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "system", system);
	json_text(&w->json, "code", code);
	if (display != NULL)
		json_text(&w->json, "display", display);
	json_object_end(&w->json);
	json_array_end(&w->json);
	if (text != NULL)
		json_text(&w->json, "text", text);
	json_object_end(&w->json);
}

static bool
is_loinc(struct span system)
{
	return span_is(system, "http://loinc.org");
}

/* See element.h. */
struct span
fhir_coded_text(const struct coded *c)
{
	/* LOINC's display is English; the local one is what the lab prints. */
	const struct span choice[] = {
		c->text,
		is_loinc(c->system) ? c->alternate_display : c->display,
		is_loinc(c->system) ? c->display : c->alternate_display,
		c->code, c->alternate_code,
	};

	for (size_t i = 0; i < COUNT(choice); i++)
		if (!fhir_is_blank(choice[i]))
			return choice[i];
	return (struct span){ 0 };
}

static bool
has_coding(const struct coded *c)
{
	return fhir_is_code(c->code) || fhir_is_code(c->alternate_code);
}

static void
coding(struct fhir_writer *w, struct span code, struct span system,
    struct span display)
{
	if (!fhir_is_code(code))
		return;
	json_object_begin(&w->json, NULL);
	if (fhir_is_uri(system))
		json_span(&w->json, "system", system);
	json_span(&w->json, "code", code);
	fhir_string(w, "display", display);
	json_object_end(&w->json);
}

static void
codings(struct fhir_writer *w, const struct coded *c)
{
	coding(w, c->code, c->system, c->display);
	coding(w, c->alternate_code, c->alternate_system,
	    c->alternate_display);
}

/* See element.h. */
void
fhir_concept(struct fhir_writer *w, const char *key, const struct coded *c,
    const char *absent)
{
	struct span text = fhir_coded_text(c);

	json_object_begin(&w->json, key);
	if (has_coding(c)) {
		json_array_begin(&w->json, "coding");
		codings(w, c);
		json_array_end(&w->json);
	}
	fhir_string(w, "text", text.len > 0 ? text : span_of(absent));
	json_object_end(&w->json);
}

/* See element.h. */
void
fhir_concepts(struct fhir_writer *w, const char *key,
    const struct coded *first, const struct coded *more, size_t n_more)
{
	bool coded = has_coding(first);

	for (size_t i = 0; i < n_more; i++)
		coded = coded || has_coding(&more[i]);
	json_object_begin(&w->json, key);
	if (coded) {
		json_array_begin(&w->json, "coding");
		codings(w, first);
		for (size_t i = 0; i < n_more; i++)
			codings(w, &more[i]);
		json_array_end(&w->json);
	}
	json_string_begin(&w->json, "text");
	fhir_add_text(w, fhir_coded_text(first));
	for (size_t i = 0; i < n_more; i++) {
		json_string_add(&w->json, span_of("; "));
		fhir_add_text(w, fhir_coded_text(&more[i]));
	}
	json_string_end(&w->json);
	json_object_end(&w->json);
}

/* See element.h. */
void
fhir_quantity(struct fhir_writer *w, const char *key, struct span comparator,
    struct span number, const struct observation *o)
{
	json_object_begin(&w->json, key);
	json_number(&w->json, "value", number);
	if (comparator.len > 0)
		json_span(&w->json, "comparator", comparator);
	fhir_string(w, "unit", o->unit);
	if (fhir_is_code(o->unit_ucum)) {
		json_text(&w->json, "system", "http://unitsofmeasure.org");
		json_span(&w->json, "code", o->unit_ucum);
	}
	json_object_end(&w->json);
}

static bool
is_named(const struct person_name *name)
{
	return !fhir_is_blank(name->family) || !fhir_is_blank(name->given);
}

static void
one_of(struct fhir_writer *w, const char *key, struct span text)
{
	if (fhir_is_blank(text))
		return;
	json_array_begin(&w->json, key);
	fhir_string(w, NULL, text);
	json_array_end(&w->json);
}

static void
name(struct fhir_writer *w, const char *use, const struct person_name *n)
{
	json_object_begin(&w->json, NULL);
	if (use != NULL)
		json_text(&w->json, "use", use);
	fhir_string(w, "family", n->family);
	one_of(w, "given", n->given);
	one_of(w, "prefix", n->prefix);
	json_object_end(&w->json);
}

static void
absent_extension(struct fhir_writer *w)
{
	json_array_begin(&w->json, "extension");
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "url", "http://hl7.org/fhir/StructureDefinition/"
	    "data-absent-reason");
	json_text(&w->json, "valueCode", "unknown");
	json_object_end(&w->json);
	json_array_end(&w->json);
}

/* See element.h. */
void
fhir_names(struct fhir_writer *w, const struct person_name *official,
    const struct person_name *usual)
{
	json_array_begin(&w->json, "name");
	if (is_named(official)) {
		name(w, usual == NULL ? NULL : "official", official);
	} else if (usual == NULL || !is_named(usual)) {
		json_object_begin(&w->json, NULL);
		absent_extension(w);
		json_object_end(&w->json);
	}
	if (usual != NULL && is_named(usual))
		name(w, "usual", usual);
	json_array_end(&w->json);
}

static size_t
notes_of(struct fhir_writer *w, const struct note *notes, size_t n,
    size_t written)
{
	for (size_t i = 0; i < n; i++) {
		if (fhir_is_blank(notes[i].text))
			continue;
		if (written++ == 0)
			json_array_begin(&w->json, "note");
		json_object_begin(&w->json, NULL);
		fhir_string(w, "text", notes[i].text);
		json_object_end(&w->json);
	}
	return written;
}

/* See element.h. */
void
fhir_notes(struct fhir_writer *w, const struct note *a, size_t n_a,
    const struct note *b, size_t n_b)
{
	size_t written = notes_of(w, a, n_a, 0);

	if (notes_of(w, b, n_b, written) > 0)
		json_array_end(&w->json);
}

/* See element.h. */
void
fhir_absent(struct fhir_writer *w, const char *key)
{
	json_object_begin(&w->json, key);
	absent_extension(w);
	json_object_end(&w->json);
}

/* See element.h. */
void
fhir_date_time(struct fhir_writer *w, const char *key, struct span text)
{
	if (fhir_is_date_time(text))
		json_span(&w->json, key, text);
}

/* See element.h. */
void
fhir_instant(struct fhir_writer *w, const char *key, struct span text)
{
	if (fhir_is_instant(text))
		json_span(&w->json, key, text);
}

/* An authority that is an object identifier is a system of its own. */
static bool
is_oid(struct span s)
{
	bool dot = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '.')
			dot = true;
		else if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	}
	return dot && s.len > 3 && s.len < 128 && s.ptr[0] >= '0' &&
	    s.ptr[0] <= '2' && s.ptr[1] == '.' && s.ptr[s.len - 1] != '.';
}

static void
identifier_system(struct fhir_writer *w, struct span authority)
{
	char text[160];

	if (is_oid(authority))
		snprintf(text, sizeof(text), "urn:oid:%.*s",
		    (int)authority.len, (const char *)authority.ptr);
	else
		snprintf(text, sizeof(text), "urn:guichet:%.32s:report",
		    w->identity->box);
	json_text(&w->json, "system", text);
}

/* See element.h. */
void
fhir_report_identifier(struct fhir_writer *w, const char *key)
{
	const struct report *r = w->report;

	json_object_begin(&w->json, key);
	if (fhir_is_blank(r->report_id)) {
		json_text(&w->json, "system", "urn:ietf:rfc:3986");
		urn(w, "value", (struct fhir_id){ .kind = FHIR_REPORT_ID });
	} else {
		identifier_system(w, r->report_authority);
		fhir_string(w, "value", r->report_id);
	}
	json_object_end(&w->json);
}
