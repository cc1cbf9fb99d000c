#include "crypto/digest.h"
#include "fhir/check.h"
#include "fhir/resources.h"

static void
head(struct fhir_writer *w)
{
	json_object_begin(&w->json, "meta");
	json_array_begin(&w->json, "profile");
	json_text(&w->json, NULL, "http://hl7.eu/fhir/laboratory/"
	    "StructureDefinition/DiagnosticReport-eu-lab");
	json_array_end(&w->json);
	json_object_end(&w->json);
	json_array_begin(&w->json, "extension");
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "url", "http://hl7.org/fhir/5.0/"
	    "StructureDefinition/extension-DiagnosticReport.composition");
	fhir_reference(w, "valueReference",
	    (struct fhir_id){ .kind = FHIR_COMPOSITION });
	json_object_end(&w->json);
	json_array_end(&w->json);
	json_array_begin(&w->json, "identifier");
	fhir_report_identifier(w, NULL);
	json_array_end(&w->json);
}

static void
based_on(struct fhir_writer *w)
{
	const struct report *r = w->report;

	if (w->outline.order == r->n_panels)
		return;
	json_array_begin(&w->json, "basedOn");
	for (size_t i = w->outline.order; i < r->n_panels; i++)
		if (outline_has_order(&r->panels[i]) &&
		    outline_order_of(&w->outline, i) == i)
			fhir_reference(w, NULL, (struct fhir_id){
			    .kind = FHIR_SERVICE_REQUEST, .panel = i });
	json_array_end(&w->json);
}

static void
effective(struct fhir_writer *w)
{
	const struct report *r = w->report;

	for (size_t i = 0; i < r->n_panels; i++)
		if (fhir_is_date_time(r->panels[i].effective.text)) {
			fhir_date_time(w, "effectiveDateTime",
			    r->panels[i].effective.text);
			return;
		}
}

static void
specimens(struct fhir_writer *w)
{
	const struct report *r = w->report;

	if (w->outline.specimen == r->n_panels)
		return;
	json_array_begin(&w->json, "specimen");
	for (size_t i = 0; i < r->n_panels; i++)
		if (outline_has_specimen(&r->panels[i]))
			fhir_reference(w, NULL, (struct fhir_id){
			    .kind = FHIR_SPECIMEN, .panel = i });
	json_array_end(&w->json);
}

/* The document as the LIS printed it, bit by bit (R45). */
static void
presented_form(struct fhir_writer *w, const struct document *d)
{
	uint8_t hash[20];

	json_object_begin(&w->json, NULL);
	json_text(&w->json, "contentType", "application/pdf");
	json_span(&w->json, "language", w->identity->language);
	json_base64(&w->json, "data", d->bytes);
	json_uint(&w->json, "size", d->bytes.len);
	sha1(d->bytes, hash);
	json_base64(&w->json, "hash", (struct span){ hash, sizeof(hash) });
	fhir_string(w, "title", !fhir_is_blank(d->title) ? d->title :
	    span_of(w->french ? "Compte rendu" : "Report"));
	fhir_date_time(w, "creation", w->report->issued.text);
	json_object_end(&w->json);
}

static void
presented_forms(struct fhir_writer *w)
{
	const struct report *r = w->report;

	if (r->n_documents == 0)
		return;
	json_array_begin(&w->json, "presentedForm");
	for (size_t i = 0; i < r->n_documents; i++)
		presented_form(w, &r->documents[i]);
	json_array_end(&w->json);
}

static void
performers(struct fhir_writer *w)
{
	json_array_begin(&w->json, "performer");
	fhir_reference(w, NULL, (struct fhir_id){ .kind = FHIR_ORGANIZATION });
	json_array_end(&w->json);
	if (w->outline.validator == w->report->n_panels)
		return;
	json_array_begin(&w->json, "resultsInterpreter");
	fhir_reference(w, NULL, (struct fhir_id){
	    .kind = FHIR_PRACTITIONER, .panel = w->outline.validator });
	json_array_end(&w->json);
}

/* What the laboratory says of the whole: the page shows no narrative. */
static void
conclusion(struct fhir_writer *w)
{
	const struct report *r = w->report;

	if (r->n_notes == 0)
		return;
	json_string_begin(&w->json, "conclusion");
	for (size_t i = 0; i < r->n_notes; i++) {
		if (i > 0)
			json_string_add(&w->json, span_of("\n"));
		fhir_add_text(w, r->notes[i].text);
	}
	json_string_end(&w->json);
}

/* See resources.h. */
void
write_diagnostic_report(struct fhir_writer *w)
{
	fhir_entry(w, (struct fhir_id){ .kind = FHIR_DIAGNOSTIC_REPORT },
	    "DiagnosticReport");
	head(w);
	based_on(w);
	json_text(&w->json, "status", report_status_code(w->report->status));
	write_categories(w);
	write_document_type(w, "code");
	fhir_reference(w, "subject", (struct fhir_id){ .kind = FHIR_PATIENT });
	effective(w);
	fhir_instant(w, "issued", w->report->issued.text);
	performers(w);
	specimens(w);
	if (w->outline.n_observations > 0)
		write_result_references(w, "result", NULL);
	conclusion(w);
	presented_forms(w);
	fhir_entry_end(w);
}
