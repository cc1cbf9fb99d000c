#include "fhir/check.h"
#include "fhir/narrative.h"
#include "fhir/resources.h"

#include <inttypes.h>
#include <stdio.h>

#define EU_PROFILE "http://hl7.eu/fhir/laboratory/StructureDefinition/"
#define LOINC "http://loinc.org"

static const char *
title(const struct fhir_writer *w)
{
	return w->french ? "Compte rendu d'examens de biologie médicale" :
	    "Laboratory report";
}

/* See resources.h. */
void
write_document_type(struct fhir_writer *w, const char *key)
{
	fhir_code(w, key, LOINC, "11502-2", "Laboratory report", title(w));
}

/* See resources.h. */
void
write_categories(struct fhir_writer *w)
{
	json_array_begin(&w->json, "category");
	for (size_t i = 0; i < w->outline.n_studies; i++)
		fhir_code(w, NULL, LOINC, w->outline.studies[i]->loinc,
		    w->outline.studies[i]->display, NULL);
	json_array_end(&w->json);
}

static void
extensions(struct fhir_writer *w)
{
	char version[24];

	/* Orders the versions of one report; it need not count them. */
	snprintf(version, sizeof(version), "%" PRIu64, w->report->version_ms);
	json_array_begin(&w->json, "extension");
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "url", "http://hl7.eu/fhir/extensions/"
	    "StructureDefinition/composition-diagnosticReportReference");
	fhir_reference(w, "valueReference",
	    (struct fhir_id){ .kind = FHIR_DIAGNOSTIC_REPORT });
	json_object_end(&w->json);
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "url", "http://hl7.org/fhir/5.0/"
	    "StructureDefinition/extension-Composition.version");
	json_text(&w->json, "valueString", version);
	json_object_end(&w->json);
	json_array_end(&w->json);
}

/* Composition.date is required; the report's own where it has one. */
static struct span
date_of(const struct fhir_writer *w)
{
	struct span issued = w->report->issued.text;

	return fhir_is_date_time(issued) ? issued : w->identity->timestamp;
}

static void
attester(struct fhir_writer *w)
{
	if (w->outline.validator == w->report->n_panels)
		return;
	json_array_begin(&w->json, "attester");
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "mode", "legal");
	json_span(&w->json, "time", date_of(w));
	fhir_reference(w, "party", (struct fhir_id){
	    .kind = FHIR_PRACTITIONER, .panel = w->outline.validator });
	json_object_end(&w->json);
	json_array_end(&w->json);
}

static void
open_section(struct fhir_writer *w, const char *words, const char *code,
    const char *display)
{
	json_object_begin(&w->json, NULL);
	json_text(&w->json, "title", words);
	fhir_code(w, "code", LOINC, code, display, NULL);
}

static void
result_sections(struct fhir_writer *w)
{
	for (size_t i = 0; i < w->outline.n_studies; i++) {
		const struct study *study = w->outline.studies[i];

		open_section(w, w->french ? study->french : study->display,
		    study->loinc, study->display);
		narrative_results(w, study);
		write_result_references(w, "entry", study);
		json_object_end(&w->json);
	}
}

/* A report that is a PDF and nothing else: a section without entries, and
 * no Observation is invented (lis.md 4.3). */
static void
document_section(struct fhir_writer *w)
{
	open_section(w, w->french ? "Compte rendu (PDF)" : "Report (PDF)",
	    w->outline.studies[0]->loinc, w->outline.studies[0]->display);
	narrative_words(w, w->french ?
	    "Le compte rendu complet est le document PDF joint." :
	    "The full report is the attached PDF document.");
	json_object_end(&w->json);
}

static void
sections(struct fhir_writer *w)
{
	json_array_begin(&w->json, "section");
	if (w->outline.n_observations > 0)
		result_sections(w);
	else
		document_section(w);
	if (w->outline.notes) {
		open_section(w, w->french ? "Commentaires" : "Comments",
		    "48767-8", "Annotation comment [Interpretation] Narrative");
		narrative_notes(w);
		json_object_end(&w->json);
	}
	json_array_end(&w->json);
}

static void
people(struct fhir_writer *w)
{
	struct fhir_id laboratory = { .kind = FHIR_ORGANIZATION };

	json_array_begin(&w->json, "author");
	fhir_reference(w, NULL, laboratory);
	json_array_end(&w->json);
	json_text(&w->json, "title", title(w));
	json_text(&w->json, "confidentiality", "N");
	attester(w);
	fhir_reference(w, "custodian", laboratory);
}

/* See resources.h. */
void
write_composition(struct fhir_writer *w)
{
	fhir_entry(w, (struct fhir_id){ .kind = FHIR_COMPOSITION },
	    "Composition");
	json_object_begin(&w->json, "meta");
	json_array_begin(&w->json, "profile");
	json_text(&w->json, NULL, EU_PROFILE "Composition-eu-lab");
	json_array_end(&w->json);
	json_object_end(&w->json);
	json_span(&w->json, "language", w->identity->language);
	narrative_words(w, title(w));
	extensions(w);
	fhir_report_identifier(w, "identifier");
	json_text(&w->json, "status",
	    composition_status_code(w->report->status));
	write_document_type(w, "type");
	write_categories(w);
	fhir_reference(w, "subject", (struct fhir_id){ .kind = FHIR_PATIENT });
	json_span(&w->json, "date", date_of(w));
	people(w);
	sections(w);
	fhir_entry_end(w);
}
