#include "input/fhir_answer.h"

#include <stdio.h>

#include "base/json_writer.h"

enum {
	LOCATIONS_MAX = 192,	/* with more entries none gets one: 32 KiB */
	LINE_MAX_BYTES = 96
};

/* --- OperationOutcome ------------------------------------------------------ */

static void
issue(struct json_writer *w, const char *severity, const char *code,
    const char *text, struct span where)
{
	json_object_begin(w, NULL);
	json_text(w, "severity", severity);
	json_text(w, "code", code);
	json_text(w, "diagnostics", text);
	if (where.len > 0) {
		json_array_begin(w, "expression");
		json_span(w, NULL, where);
		json_array_end(w);
	}
	json_object_end(w);
}

static void
outcome_begin(struct json_writer *w, const char *key)
{
	json_object_begin(w, key);
	json_text(w, "resourceType", "OperationOutcome");
	json_array_begin(w, "issue");
}

static void
outcome_end(struct json_writer *w)
{
	json_array_end(w);
	json_object_end(w);
}

/* See fhir_answer.h. */
enum status
fhir_outcome_write(const char *code, const char *text, struct span where,
    struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	outcome_begin(&w, NULL);
	issue(&w, "error", code, text, where);
	outcome_end(&w);
	return json_finish(&w);
}

static struct span
entry_path(char text[static 48], unsigned entry)
{
	snprintf(text, 48, "Bundle.entry[%u]", entry);
	return span_of(text);
}

static bool
has_remarks(const struct fhir_detail *d, unsigned entry)
{
	for (size_t i = 0; i < d->n_remarks; i++)
		if (d->remarks[i].entry == entry)
			return true;
	return false;
}

/* --- refused --------------------------------------------------------------- */

/* Errors of HL70357 that others than the parser of FHIR give. */
static const struct {
	unsigned error, http;
	const char *code;
} errors[] = {
	{ 101, 422, "required" }, { 104, 413, "too-long" },
	{ 204, 422, "not-found" }, { 207, 503, "transient" },
};

static struct fhir_refusal
refusal_of(const struct parsed *p)
{
	const struct fhir_detail *d = p->detail;
	struct fhir_refusal r = { 422, "processing", p->reply.text, p->where };

	/* A text that is not the parser's came later (delivery.c). */
	if (d != NULL && d->refusal.http != 0 &&
	    d->refusal.text == p->reply.text)
		return d->refusal;
	for (size_t i = 0; i < COUNT(errors); i++)
		if (errors[i].error == p->reply.error) {
			r.http = errors[i].http;
			r.code = errors[i].code;
		}
	if (r.text == NULL)
		r.text = "not taken";
	return r;
}

static enum status
write_refusal(const struct parsed *p, struct buf *out)
{
	struct fhir_refusal r = refusal_of(p);
	char line[16];

	snprintf(line, sizeof(line), "%u\n", r.http);
	TRY(buf_append_text(out, line));
	return fhir_outcome_write(r.code, r.text, r.where, out);
}

/* --- taken ----------------------------------------------------------------- */

/* FHIR R4 section 3.1.0.11.2: one answer for each entry, in order.  Nothing
 * can be read back at these places; clients look for an id in them. */
static void
entry_response(struct json_writer *w, const struct fhir_detail *d, unsigned i,
    struct span id)
{
	const struct fhir_resource *r = &d->resources[i];
	char text[LINE_MAX_BYTES];

	json_object_begin(w, NULL);
	json_object_begin(w, "response");
	json_text(w, "status", "201");
	if (d->n_entries <= LOCATIONS_MAX) {
		snprintf(text, sizeof(text), "%.*s/%.*s-%u/_history/1",
		    (int)r->type.len,
		    (const char *)r->type.ptr, (int)id.len,
		    (const char *)id.ptr, i);
		json_text(w, "location", text);
	}
	if (has_remarks(d, i)) {
		outcome_begin(w, "outcome");
		for (size_t k = 0; k < d->n_remarks; k++)
			if (d->remarks[k].entry == i)
				issue(w, "warning", "incomplete",
				    d->remarks[k].text, (struct span){ 0 });
		outcome_end(w);
	}
	json_object_end(w);
	json_object_end(w);
}

static void
transaction_response(struct json_writer *w, const struct fhir_detail *d,
    struct span id)
{
	json_object_begin(w, NULL);
	json_text(w, "resourceType", "Bundle");
	json_span(w, "id", id);
	json_text(w, "type", "transaction-response");
	json_array_begin(w, "entry");
	for (unsigned i = 0; i < d->n_entries; i++)
		entry_response(w, d, i, id);
	json_array_end(w);
	json_object_end(w);
}

static void
stored_outcome(struct json_writer *w, const struct fhir_detail *d)
{
	char path[48];

	outcome_begin(w, NULL);
	issue(w, "information", "informational", "stored", (struct span){ 0 });
	for (size_t i = 0; i < d->n_remarks; i++)
		issue(w, "warning", "incomplete", d->remarks[i].text,
		    entry_path(path, d->remarks[i].entry));
	outcome_end(w);
}

/* See fhir_answer.h. */
enum status
fhir_answer_write(const struct parsed *p, uint64_t now_ms, struct span id,
    struct buf *out)
{
	const struct fhir_detail *d = p->detail;
	struct json_writer w;
	char line[LINE_MAX_BYTES];

	(void)now_ms;
	if ((p->reply.code != HL7_AA && p->reply.code != HL7_CA) || d == NULL)
		return write_refusal(p, out);
	if (d->is_transaction)
		snprintf(line, sizeof(line), "200\n");
	else
		snprintf(line, sizeof(line), "201 %s/%.*s\n", d->location,
		    (int)id.len, (const char *)id.ptr);
	TRY(buf_append_text(out, line));
	json_start(&w, out);
	if (d->is_transaction)
		transaction_response(&w, d, id);
	else
		stored_outcome(&w, d);
	return json_finish(&w);
}

/* See fhir_answer.h. */
enum status
fhir_answer_split(struct span answer, unsigned *code, struct span *location,
    struct span *body)
{
	const uint8_t *end = answer.len == 0 ? NULL :
	    memchr(answer.ptr, '\n', answer.len);
	struct span line;
	unsigned number = 0;

	if (end == NULL)
		return ST_MALFORMED;
	line = span_slice(answer, 0, (size_t)(end - answer.ptr));
	if (line.len < 3 || (line.len > 3 && line.ptr[3] != ' '))
		return ST_MALFORMED;
	for (size_t i = 0; i < 3; i++) {
		if (line.ptr[i] < '0' || line.ptr[i] > '9')
			return ST_MALFORMED;
		number = number * 10 + (unsigned)(line.ptr[i] - '0');
	}
	*code = number;
	*location = span_slice(line, 4, line.len);
	*body = span_slice(answer, line.len + 1, answer.len);
	return ST_OK;
}

/* --- CapabilityStatement --------------------------------------------------- */

/* See fhir_answer.h. */
enum status
fhir_capability_write(struct buf *out)
{
	static const char text[] =
	    "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\","
	    "\"date\":\"2026-11-22\",\"kind\":\"instance\","
	    "\"software\":{\"name\":\"Guichet\"},"
	    "\"implementation\":{\"description\":\"Takes laboratory reports "
	    "and seals them for their patients; nothing can be read back.\"},"
	    "\"fhirVersion\":\"4.0.1\",\"format\":[\"json\"],"
	    "\"rest\":[{\"mode\":\"server\",\"documentation\":\"POST a "
	    "transaction or a document here; a PDF with a sidecar to $pdf.\","
	    "\"security\":{\"description\":\"TLS with a certificate of the "
	    "sender.\"},\"resource\":[{\"type\":\"Bundle\",\"interaction\":"
	    "[{\"code\":\"create\"}]}],\"interaction\":[{\"code\":"
	    "\"transaction\"}]}]}";

	return buf_append_text(out, text);
}
