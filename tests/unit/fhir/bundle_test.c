#include "fhir/bundle.h"

#include <jansson.h>
#include <stdlib.h>

#include "reports.h"
#include "tap.h"

static uint8_t storage[8 * 1024 * 1024];

static struct span
write_sample(enum sample which)
{
	struct buf out = buf_over(storage, sizeof(storage));

	ok(fhir_write_bundle(report_sample(which), &report_identity, &out) ==
	    ST_OK, "sample %d is written", (int)which);
	return buf_span(&out);
}

static json_t *
load(struct span text)
{
	json_error_t error;
	json_t *root = json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, &error);

	if (!ok(root != NULL, "strict JSON, no name twice"))
		printf("# %s at %d\n", error.text, error.position);
	return root;
}

static json_t *
resource(json_t *bundle, const char *type, size_t nth)
{
	json_t *entry, *found = NULL;
	size_t i;

	json_array_foreach(json_object_get(bundle, "entry"), i, entry) {
		json_t *r = json_object_get(entry, "resource");

		if (strcmp(json_string_value(json_object_get(r,
		    "resourceType")), type) == 0 && nth-- == 0)
			found = r;
		if (found != NULL)
			break;
	}
	return found;
}

static bool
resolves(json_t *bundle, const char *reference)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(bundle, "entry"), i, entry)
		if (strcmp(json_string_value(json_object_get(entry,
		    "fullUrl")), reference) == 0)
			return true;
	return false;
}

struct walked { json_t *bundle; size_t references, lost, empty, values; };

/* Looks at every member of the document, whatever resource it is in. */
static void
walk(struct walked *w, json_t *at)
{
	const char *key;
	json_t *child;
	size_t i, values = 0;

	if (json_is_array(at)) {
		w->empty += json_array_size(at) == 0;
		json_array_foreach(at, i, child)
			walk(w, child);
	} else if (json_is_object(at)) {
		w->empty += json_object_size(at) == 0;
		json_object_foreach(at, key, child) {
			values += strncmp(key, "value", 5) == 0 && key[5] != '\0';
			if (strcmp(key, "reference") == 0) {
				w->references++;
				w->lost += !resolves(w->bundle,
				    json_string_value(child));
			}
			walk(w, child);
		}
		w->values += values > 1;
	} else if (json_is_string(at)) {
		w->empty += json_string_length(at) == 0;
	}
}

static void
test_each_sample_is_a_document(void)
{
	for (int i = 0; i < SAMPLES; i++) {
		struct span text = write_sample((enum sample)i);
		json_t *b = load(text);
		struct walked w = { .bundle = b };
		json_t *first = json_object_get(json_array_get(
		    json_object_get(b, "entry"), 0), "resource");

		ok(text.len % FHIR_PAD_BYTES == 0, "padded to 64 KiB");
		ok(first == resource(b, "Composition", 0) &&
		    resource(b, "Composition", 1) == NULL &&
		    resource(b, "DiagnosticReport", 0) != NULL &&
		    resource(b, "DiagnosticReport", 1) == NULL,
		    "R44 Composition first, one of it, one DiagnosticReport");
		walk(&w, b);
		ok(w.references > 5 && w.lost == 0,
		    "R44 all %zu references resolve", w.references);
		ok(w.empty == 0, "no empty string, array or object");
		ok(w.values == 0, "R43 never two value[x] in one element");
		json_decref(b);
	}
}

static void
test_composition_mirrors_the_report(void)
{
	static const struct { const char *a, *b; } pair[] = {
		{ "type", "code" }, { "category", "category" },
		{ "subject", "subject" },
	};

	for (int i = 0; i < SAMPLES; i++) {
		json_t *b = load(write_sample((enum sample)i));
		json_t *c = resource(b, "Composition", 0);
		json_t *d = resource(b, "DiagnosticReport", 0);

		for (size_t j = 0; j < COUNT(pair); j++)
			ok(json_equal(json_object_get(c, pair[j].a),
			    json_object_get(d, pair[j].b)), "R44 the same %s",
			    pair[j].a);
		ok(json_equal(json_object_get(c, "identifier"),
		    json_array_get(json_object_get(d, "identifier"), 0)),
		    "R44 the same identifier");
		json_decref(b);
	}
}

static bool
holds(struct span text, const char *needle)
{
	return memmem(text.ptr, text.len, needle, strlen(needle)) != NULL;
}

static void
test_values_stay_as_printed(void)
{
	struct span text = write_sample(SAMPLE_CHEMISTRY);

	ok(holds(text, "\"value\":5.10,"), "5.10 is not 5.1");
	ok(holds(text, "\"comparator\":\"<\""), "the comparator is there");
	ok(holds(text, "\"text\":\"4,11 - 5,88\""), "the range as printed");
	ok(holds(text, "\"text\":\"Glycémie à jeun\""),
	    "the local name is what is shown beside LOINC");
	ok(!holds(text, "NEVER-IN-A-BUNDLE"), "the local identifier is not");
	text = write_sample(SAMPLE_VALUES);
	ok(holds(text, "\"value\":-0.050"), "-0.050 is not -0.05");
	ok(holds(text, "\"valueString\":\"5,1\""), "no number: as text");
	ok(holds(text, "\"valueString\":\"<>1\""), "no comparator: as text");
	ok(holds(text, "\"valueString\":\"3 - 2\""), "range upside down: text");
	ok(holds(text, "\"valueString\":\">1:128\""), "ratio with >: text");
	ok(holds(text, "\"valueString\":\"2026-01-03 - 2026-01-02\""),
	    "period upside down: text");
	ok(!holds(text, "RETIR"), "a value taken back is gone everywhere");
}

/* One result with everything, withdrawn. */
static void
test_what_is_gone_leaves_nothing(void)
{
	static const enum observation_status gone[] = {
		OBSERVATION_ENTERED_IN_ERROR, OBSERVATION_CANCELLED
	};
	struct report r = *report_sample(SAMPLE_CHEMISTRY);
	struct panel p = r.panels[0];
	struct observation o = p.observations[0];

	r.panels = &p;
	p.observations = &o;
	p.n_observations = 1;
	for (size_t i = 0; i < COUNT(gone); i++) {
		struct buf out = buf_over(storage, sizeof(storage));

		o.status = gone[i];
		ok(fhir_write_bundle(&r, &report_identity, &out) == ST_OK &&
		    !holds(buf_span(&out), "5.10") &&
		    !holds(buf_span(&out), "élevé") &&
		    holds(buf_span(&out), "Glycémie"),
		    "R34 neither value nor flag of what was taken back");
		ok(holds(buf_span(&out), "à contrôler") == (i == 1),
		    "R34 a comment only where it was cancelled");
	}
}

static void
test_direction_of_text(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY);
	struct note note = { span_of("a\u202a\u202b\u202c\u202d\u202e01"
	    "\u2066\u2067\u2068b\u2069 \u05e9\u05dc\u200fx") };
	struct panel p = r.panels[0];
	struct buf out = buf_over(storage, sizeof(storage));

	r.panels = &p;
	p.notes = &note;
	p.n_notes = 1;
	ok(fhir_write_bundle(&r, &report_identity, &out) == ST_OK &&
	    holds(buf_span(&out), "<p>a01b \u05e9\u05dc\u200fx"),
	    "R46 no control of direction in the narrative, marks stay");
	ok(holds(buf_span(&out), "\"text\":\"a\u202a\u202b\u202c\u202d\u202e01"
	    "\u2066\u2067\u2068b\u2069"),
	    "R46 the data have the text as it was sent");
}

static void
test_culture_hangs_together(void)
{
	json_t *b = load(write_sample(SAMPLE_CULTURE));
	json_t *organism = resource(b, "Observation", 1);
	json_t *antibiogram = resource(b, "Observation", 2);
	const char *member = json_string_value(json_object_get(json_array_get(
	    json_object_get(organism, "hasMember"), 0), "reference"));

	ok(member != NULL && strcmp(member + 9, json_string_value(
	    json_object_get(antibiogram, "id"))) == 0,
	    "the antibiogram is a member of the organism");
	ok(json_array_size(json_object_get(antibiogram, "hasMember")) == 2,
	    "and has two members");
	ok(holds((struct span){ storage, sizeof(storage) }, "48767-8"),
	    "notes without a result stand in the annotations");
	json_decref(b);
}

static void
test_document_alone_invents_nothing(void)
{
	json_t *b = load(write_sample(SAMPLE_DOCUMENT));
	json_t *d = resource(b, "DiagnosticReport", 0);

	ok(resource(b, "Observation", 0) == NULL, "no Observation");
	ok(json_object_get(d, "result") == NULL, "no result");
	ok(json_array_size(json_object_get(d, "presentedForm")) == 1,
	    "one presentedForm");
	json_decref(b);
}

static void
test_markup_stays_text(void)
{
	struct span text = write_sample(SAMPLE_HOSTILE);

	ok(holds(text, "&lt;script&gt;alert(1)"), "R46 escaped in the narrative");
	ok(holds(text, "\"conclusion\":\""),
	    "what is said of the whole is there for the page, too");
	ok(holds(text, "é²µ≤ 😀 שלום"), "R46 accents, emoji and Hebrew survive");
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] == 0x7f) {
			ok(false, "control character at %zu", i);
			return;
		}
	ok(!holds(text, "\\u00"), "none escaped either");
}

static void
test_same_input_same_bytes(void)
{
	static uint8_t first[8 * 1024 * 1024];
	struct span text = write_sample(SAMPLE_SECTIONS);
	struct fhir_identity other = report_identity;
	struct buf out = buf_over(storage, sizeof(storage));
	size_t len = text.len;

	memcpy(first, text.ptr, len);
	text = write_sample(SAMPLE_SECTIONS);
	ok(text.len == len && memcmp(first, text.ptr, len) == 0, "the same");
	other.seed[15] ^= 1;
	ok(fhir_write_bundle(report_sample(SAMPLE_SECTIONS), &other, &out) ==
	    ST_OK && memcmp(first, storage, len) != 0,
	    "another seed gives other identifiers");
}

static void
test_nothing_is_refused(void)
{
	struct report r = *report_sample(SAMPLE_DOCUMENT);
	struct buf out = buf_over(storage, sizeof(storage));

	r.n_documents = 0;
	ok(fhir_write_bundle(&r, &report_identity, &out) == ST_INVALID &&
	    out.len == 0, "neither observation nor document");
}

static void
test_bound_holds(void)
{
	for (int i = 0; i < SAMPLES; i++) {
		const struct report *r = report_sample((enum sample)i);
		size_t bound = fhir_bundle_bound(r);
		struct buf out = buf_over(storage, bound);

		ok(fhir_write_bundle(r, &report_identity, &out) == ST_OK &&
		    bound < out.len + 3 * FHIR_PAD_BYTES,
		    "sample %d: %zu bytes in %zu", i, out.len, bound);
		for (size_t less = 1; less < out.len; less += 8191) {
			struct buf small = buf_over(storage, out.len - less);

			if (fhir_write_bundle(r, &report_identity, &small) !=
			    ST_NO_SPACE)
				ok(false, "%zu too few is ST_NO_SPACE", less);
		}
	}
}

/* Every text of every sample made of the byte that grows the most. */
static void
test_bound_holds_for_the_worst_text(void)
{
	static const char worst[] = "\"\\&<>\x80\x01\n";
	static uint8_t text[4096];
	struct span s = { text, sizeof(text) };
	struct coded c = { s, s, s, s, s, s, s };
	struct note note = { s };

	for (const char *byte = worst; *byte != '\0'; byte++) {
		struct report r = *report_sample(SAMPLE_CHEMISTRY);
		struct panel p = r.panels[0];
		struct observation o = { .code = c, .unit = s, .range_text = s,
		    .value = { .kind = VALUE_CODED, .coded = c, .more = &c,
		    .n_more = 1 }, .flags = &c, .n_flags = 1, .method = c,
		    .notes = &note, .n_notes = 1, .unit_ucum = s };
		struct buf out;

		memset(text, *byte, sizeof(text));
		p.code = p.specimen.type = c;
		p.placer_order = p.specimen.identifier = s;
		p.validator = (struct person_name){ s, s, s };
		p.notes = p.specimen.notes = &note;
		p.n_notes = p.specimen.n_notes = 1;
		p.observations = &o;
		p.n_observations = 1;
		r.panels = &p;
		r.patient.name = r.patient.used_name = p.validator;
		r.organization = r.report_id = r.report_authority = s;
		r.notes = &note;
		r.n_notes = 1;
		out = buf_over(storage, fhir_bundle_bound(&r));
		ok(out.max <= sizeof(storage) && fhir_write_bundle(&r,
		    &report_identity, &out) == ST_OK,
		    "byte 0x%02x: %zu bytes in %zu", (unsigned char)*byte,
		    out.len, out.max);
	}
}

static int
print_samples(void)
{
	for (int i = 0; i < SAMPLES; i++) {
		struct buf out = buf_over(storage, sizeof(storage));

		if (fhir_write_bundle(report_sample((enum sample)i),
		    &report_identity, &out) != ST_OK)
			return 1;
		while (out.len > 0 && out.ptr[out.len - 1] == ' ')
			out.len--;
		fwrite(out.ptr, 1, out.len, stdout);
		putchar('\n');
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "print") == 0)
		return print_samples();
	test_each_sample_is_a_document();
	test_composition_mirrors_the_report();
	test_values_stay_as_printed();
	test_what_is_gone_leaves_nothing();
	test_direction_of_text();
	test_culture_hangs_together();
	test_document_alone_invents_nothing();
	test_markup_stays_text();
	test_same_input_same_bytes();
	test_nothing_is_refused();
	test_bound_holds();
	test_bound_holds_for_the_worst_text();
	return done_testing();
}
