#include "reports.h"

#define S(text) { (const uint8_t *)(text), sizeof(text) - 1 }
#define LN S("http://loinc.org")

static const char pdf[] = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n";

const struct fhir_identity report_identity = {
	.box = "test-box",
	.seed = { 1, 2, 3 },
	.timestamp = S("2026-11-21T10:15:00+01:00"),
	.language = S("fr-FR"),
};

static struct coded high[] = { { .code = S("H"), .display = S("élevé") } };
static struct note nested_note[] = { { S("à contrôler") } };

static struct observation chemistry[] = {
	{
		.code = { .code = S("14749-6"), .system = LN,
		    .display = S("Glucose [Moles/volume] in Serum or Plasma"),
		    .alternate_code = S("GLU"),
		    .alternate_display = S("Glycémie à jeun") },
		.value = { .kind = VALUE_QUANTITY, .number = S("5.10") },
		.unit = S("mmol/L"), .unit_ucum = S("mmol/L"),
		.range_text = S("4,11 - 5,88"),
		.range_low = S("4.11"), .range_high = S("5.88"),
		.flags = high, .n_flags = 1, .status = OBSERVATION_FINAL,
		.effective = { S("2026-11-21T07:30:00+01:00") },
		.notes = nested_note, .n_notes = 1,
	}, {
		.code = { .code = S("CRP"), .display = S("CRP") },
		.value = { .kind = VALUE_QUANTITY, .comparator = S("<"),
		    .number = S("3") },
		.unit = S("mg/L"), .range_text = S("< 5"),
		.status = OBSERVATION_FINAL,
	},
};

static struct panel chemistry_panel[] = { {
	.code = { .code = S("BIO"), .display = S("Bilan biochimique") },
	.placer_order = S("98765431"), .filler_order = S("LAB-2026-000123"),
	.section = S("CH"), .status = OBSERVATION_FINAL,
	.effective = { S("2026-11-21T07:30:00+01:00") },
	.issued = { S("2026-11-21T10:15:00+01:00") },
	.validator = { .family = S("DIAZ"), .given = S("Thierry") },
	.specimen = { .type = { .code = S("SER"), .display = S("Sérum") },
	    .collected = { S("2026-11-21") }, .identifier = S("T-1") },
	.has_specimen = true, .parent_panel = -1, .parent_observation = -1,
	.observations = chemistry, .n_observations = COUNT(chemistry),
} };

static struct document documents[] = {
	{ .bytes = S(pdf), .title = S("Compte rendu") },
	{ .bytes = S(pdf) },
};

static void
base(struct report *r)
{
	*r = (struct report){
		.patient = {
			.name = { S("PAT-TROIS"), S("DOMINIQUE"), { 0 } },
			.used_name = { S("PAT-QUATRE"), S("DOMINIQUE"), S("Mme") },
			.birth_date = S("1979-03-28"), .sex = SEX_FEMALE,
		},
		.patient_id = S("NEVER-IN-A-BUNDLE"),
		.organization = S("Laboratoire Exemple"),
		.report_id = S("LAB-2026-000123"),
		.report_authority = S("1.2.250.1.999.1"),
		.issued = { S("2026-11-21T10:15:00+01:00") },
		.version_ms = 1795252500000, .status = BUNDLE_FINAL,
	};
}

static struct coded flags[] = {
	{ .code = S("LL") }, { .code = S("MS") }, { .code = S("bizarre  x") },
	{ .code = S("  ") },
};
static struct coded more[] = { { .code = S("B"), .display = S("bé") } };

#define VALUE(...) { .code = { .text = S("v") }, .value = { __VA_ARGS__ }, \
	.unit = S("g/L"), .status = OBSERVATION_FINAL, .flags = flags, \
	.n_flags = COUNT(flags) }

static struct observation values[] = {
	VALUE(.kind = VALUE_QUANTITY, .number = S("-0.050")),
	VALUE(.kind = VALUE_QUANTITY, .number = S("5,1")),	/* no JSON */
	VALUE(.kind = VALUE_QUANTITY, .number = S("1"), .comparator = S("<>")),
	VALUE(.kind = VALUE_RANGE, .number = S("1"), .number2 = S("2.0")),
	VALUE(.kind = VALUE_RANGE, .number = S("3"), .number2 = S("2")),
	VALUE(.kind = VALUE_RATIO, .number = S("1"), .number2 = S("128")),
	VALUE(.kind = VALUE_RATIO, .number = S("1"), .number2 = S("128"),
	    .comparator = S(">")),
	VALUE(.kind = VALUE_TEXT, .text = S("ligne 1\nligne 2")),
	VALUE(.kind = VALUE_TEXT, .text = S(" \t")),
	VALUE(.kind = VALUE_CODED, .coded = { .code = S("A"),
	    .system = S("urn:oid:1.2.3"), .display = S("a") },
	    .more = more, .n_more = COUNT(more)),
	VALUE(.kind = VALUE_CODED),
	VALUE(.kind = VALUE_DATE_TIME, .text = S("2026-11")),
	VALUE(.kind = VALUE_DATE_TIME, .text = S("00000000")),
	VALUE(.kind = VALUE_TIME, .text = S("07:30:00")),
	VALUE(.kind = VALUE_TIME, .text = S("0730")),
	VALUE(.kind = VALUE_PERIOD, .text = S("2026-01-01"),
	    .text2 = S("2026-01-02")),
	VALUE(.kind = VALUE_PERIOD, .text = S("2026-01-03"),
	    .text2 = S("2026-01-02")),
	VALUE(.kind = VALUE_SAMPLED, .text = S("1 2 3")),
	VALUE(.kind = VALUE_ABSENT),
	VALUE(.kind = VALUE_TEXT, .text = S("0")),	/* statuses from here */
	VALUE(.kind = VALUE_ABSENT), VALUE(.kind = VALUE_ABSENT),
	VALUE(.kind = VALUE_TEXT, .text = S("RETIRÉ")),
	VALUE(.kind = VALUE_ABSENT),
};

static struct panel values_panel[] = { {
	.code = { .text = S("valeurs") }, .parent_panel = -1,
	.parent_observation = -1, .observations = values,
	.n_observations = COUNT(values), .section = S("??"),
} };

static void
values_sample(struct report *r)
{
	r->panels = values_panel;
	r->n_panels = 1;
	r->status = BUNDLE_CORRECTED;
	values[19].status = OBSERVATION_AMENDED;
	values[20].status = OBSERVATION_REGISTERED;
	values[21].status = OBSERVATION_CANCELLED;
	values[22].status = OBSERVATION_ENTERED_IN_ERROR;
	values[23].status = OBSERVATION_UNKNOWN;
}

static struct observation organism[] = { {
	.code = { .code = S("ORG"), .display = S("Germe") },
	.value = { .kind = VALUE_CODED,
	    .coded = { .code = S("ECO"), .display = S("Escherichia coli") } },
	.status = OBSERVATION_FINAL,
} };
static struct observation susceptible[] = {
	{ .code = { .display = S("Amoxicilline") }, .flags = flags,
	  .n_flags = 1, .value = { .kind = VALUE_TEXT, .text = S("R") } },
	{ .code = { .display = S("Céfixime") },
	  .value = { .kind = VALUE_TEXT, .text = S("S") } },
};
static struct panel culture[] = {
	{ .code = { .display = S("ECBU") }, .section = S("MB"),
	  .observations = organism, .n_observations = 1,
	  .parent_panel = -1, .parent_observation = -1 },
	{ .code = { .display = S("Antibiogramme") }, .section = S("MB"),
	  .observations = susceptible, .n_observations = 2,
	  .parent_panel = 0, .parent_observation = 0 },
	{ .code = { .display = S("sans résultat") }, .notes = nested_note,
	  .n_notes = 1, .parent_panel = 3, .parent_observation = 0 },
	{ .code = { .display = S("Céfixime") }, .observations = susceptible + 1,
	  .n_observations = 1, .parent_panel = 3, .parent_observation = 9 },
};

#define HOSTILE "</div><script>alert(1)</script>\"'\\&\x01\x1f\x7f" \
	"\xff\xfe\xc3(\xef\xbf\xbf é²µ≤ 😀 שלום\r\n"

static struct note hostile_notes[] = { { S(HOSTILE) }, { S("\x01") } };
static struct coded hostile_flags[] = { { .code = S(HOSTILE) } };
static struct observation hostile[] = { {
	.code = { S(HOSTILE), S(HOSTILE), S(HOSTILE), S(HOSTILE), S(HOSTILE),
	    S(HOSTILE), S(HOSTILE) },
	.value = { .kind = VALUE_TEXT, .text = S(HOSTILE),
	    .comparator = S(HOSTILE), .number = S(HOSTILE),
	    .text2 = S(HOSTILE) },
	.unit = S(HOSTILE), .unit_ucum = S(HOSTILE), .range_text = S(HOSTILE),
	.range_low = S(HOSTILE), .range_high = S("1"),
	.flags = hostile_flags, .n_flags = 1, .effective = { S(HOSTILE) },
	.method = { .text = S(HOSTILE) }, .notes = hostile_notes,
	.n_notes = COUNT(hostile_notes), .status = OBSERVATION_FINAL,
} };
static struct panel hostile_panel[] = { {
	.code = { .display = S("x" HOSTILE) }, .placer_order = S(HOSTILE),
	.section = S(HOSTILE), .validator = { S(HOSTILE), S(HOSTILE), S(HOSTILE) },
	.effective = { S(HOSTILE) }, .issued = { S(HOSTILE) },
	.specimen = { .type = { .text = S(HOSTILE) }, .identifier = S(HOSTILE),
	    .collected = { S(HOSTILE) }, .notes = hostile_notes, .n_notes = 1 },
	.has_specimen = true, .observations = hostile, .n_observations = 1,
	.notes = hostile_notes, .n_notes = 1,
	.parent_panel = 0, .parent_observation = 0,	/* its own child */
} };

static void
hostile_sample(struct report *r)
{
	struct span text = S(HOSTILE);

	r->panels = hostile_panel;
	r->n_panels = 1;
	r->patient.name = (struct person_name){ text, text, text };
	r->patient.birth_date = text;
	r->organization = r->report_id = r->report_authority = text;
	r->issued.text = text;
	r->notes = hostile_notes;
	r->n_notes = 2;
}

static struct observation nothing[1];
static struct panel empty_panel[] = { { .observations = nothing,
	.n_observations = 1, .parent_panel = -1, .parent_observation = -1 } };

static struct panel sections[3];

static void
sections_sample(struct report *r)
{
	static const struct span section[] = { S("HM"), S("CH"), S("SR") };

	for (size_t i = 0; i < 3; i++) {
		sections[i] = chemistry_panel[0];
		sections[i].section = section[i];
	}
	sections[1].validator.family = (struct span)S("MARTIN");
	sections[2].placer_order = (struct span)S("other order");
	r->panels = sections;
	r->n_panels = 3;
	r->documents = documents;
	r->n_documents = 2;
	r->status = BUNDLE_APPENDED;
	r->notes = nested_note;
	r->n_notes = 1;
}

/* See reports.h. */
const struct report *
report_sample(enum sample which)
{
	static struct report r;

	base(&r);
	switch (which) {
	case SAMPLE_CHEMISTRY:
		r.panels = chemistry_panel;
		r.n_panels = r.n_documents = 1;
		r.documents = documents;
		break;
	case SAMPLE_DOCUMENT:
		r.n_documents = 1;
		r.documents = documents;
		break;
	case SAMPLE_VALUES:
		values_sample(&r);
		break;
	case SAMPLE_CULTURE:
		r.panels = culture;
		r.n_panels = COUNT(culture);
		break;
	case SAMPLE_HOSTILE:
		hostile_sample(&r);
		break;
	case SAMPLE_EMPTY:
		r = (struct report){ .panels = empty_panel, .n_panels = 1 };
		break;
	default:
		sections_sample(&r);
	}
	return &r;
}
