#include "fhir/check.h"
#include "fhir/resources.h"

static void
specimen(struct fhir_writer *w, size_t i)
{
	const struct specimen *s = &w->report->panels[i].specimen;

	fhir_entry(w, (struct fhir_id){ .kind = FHIR_SPECIMEN, .panel = i },
	    "Specimen");
	if (!fhir_is_blank(s->identifier)) {
		json_array_begin(&w->json, "identifier");
		json_object_begin(&w->json, NULL);
		fhir_string(w, "value", s->identifier);
		json_object_end(&w->json);
		json_array_end(&w->json);
	}
	fhir_concept(w, "type", &s->type, "?");
	fhir_reference(w, "subject", (struct fhir_id){ .kind = FHIR_PATIENT });
	if (fhir_is_date_time(s->collected.text)) {
		json_object_begin(&w->json, "collection");
		fhir_date_time(w, "collectedDateTime", s->collected.text);
		json_object_end(&w->json);
	}
	fhir_notes(w, s->notes, s->n_notes, NULL, 0);
	fhir_entry_end(w);
}

/* See resources.h. */
void
write_specimens(struct fhir_writer *w)
{
	for (size_t i = w->outline.specimen; i < w->report->n_panels; i++)
		if (outline_has_specimen(&w->report->panels[i]))
			specimen(w, i);
}

static void
service_request(struct fhir_writer *w, size_t i)
{
	const struct panel *p = &w->report->panels[i];

	fhir_entry(w, (struct fhir_id){ .kind = FHIR_SERVICE_REQUEST,
	    .panel = i }, "ServiceRequest");
	json_array_begin(&w->json, "identifier");
	json_object_begin(&w->json, NULL);
	fhir_code(w, "type", "http://terminology.hl7.org/CodeSystem/v2-0203",
	    "PLAC", NULL, NULL);
	fhir_string(w, "value", p->placer_order);
	json_object_end(&w->json);
	json_array_end(&w->json);
	json_text(&w->json, "status", "active");
	json_text(&w->json, "intent", "order");
	fhir_concept(w, "code", &p->code,
	    w->french ? "Examen" : "Examination");
	fhir_reference(w, "subject", (struct fhir_id){ .kind = FHIR_PATIENT });
	fhir_entry_end(w);
}

/* See resources.h. */
void
write_service_requests(struct fhir_writer *w)
{
	const struct report *r = w->report;

	for (size_t i = w->outline.order; i < r->n_panels; i++)
		if (outline_has_order(&r->panels[i]) &&
		    outline_order_of(&w->outline, i) == i)
			service_request(w, i);
}
