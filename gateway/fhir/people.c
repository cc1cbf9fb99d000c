#include "fhir/check.h"
#include "fhir/resources.h"

static const char *
gender(enum sex sex)
{
	switch (sex) {
	case SEX_FEMALE:
		return "female";
	case SEX_MALE:
		return "male";
	case SEX_OTHER:
		return "other";
	default:
		return "unknown";
	}
}

/* Name, birth date and sex, and never more (formats.md). */
void
write_patient(struct fhir_writer *w)
{
	const struct patient *p = &w->report->patient;

	fhir_entry(w, (struct fhir_id){ .kind = FHIR_PATIENT }, "Patient");
	fhir_names(w, &p->name, &p->used_name);
	json_text(&w->json, "gender", gender(p->sex));
	if (fhir_is_date(p->birth_date))
		json_span(&w->json, "birthDate", p->birth_date);
	else
		fhir_absent(w, "_birthDate");
	fhir_entry_end(w);
}

/* See resources.h. */
void
write_organization(struct fhir_writer *w)
{
	struct span name = w->report->organization;

	fhir_entry(w, (struct fhir_id){ .kind = FHIR_ORGANIZATION },
	    "Organization");
	fhir_string(w, "name", !fhir_is_blank(name) ? name :
	    span_of(w->french ? "Laboratoire" : "Laboratory"));
	fhir_entry_end(w);
}

/* See resources.h. */
void
write_practitioners(struct fhir_writer *w)
{
	const struct report *r = w->report;

	for (size_t i = w->outline.validator; i < r->n_panels; i++) {
		if (!outline_has_validator(&r->panels[i]) ||
		    outline_validator_of(&w->outline, i) != i)
			continue;
		fhir_entry(w, (struct fhir_id){ .kind = FHIR_PRACTITIONER,
		    .panel = i }, "Practitioner");
		fhir_names(w, &r->panels[i].validator, NULL);
		fhir_entry_end(w);
	}
}
