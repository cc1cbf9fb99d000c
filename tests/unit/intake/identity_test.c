#include "intake/identity.h"

#include "ipc/patient.h"
#include "reports.h"
#include "tap.h"

static const struct secret_32 key = { { 1 } }, other_key = { { 2 } };
static const uint8_t sender[32] = { 9 };

static struct identity
identity(const struct report *r)
{
	struct identity out;

	identity_of(r, sender, &key, &out);
	return out;
}

static bool
same(const uint8_t a[static 32], const uint8_t b[static 32])
{
	return memcmp(a, b, 32) == 0;
}

static void
test_versions_share_the_report(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY), later = r;
	struct identity a = identity(&r), b;

	later.issued.text = span_of("2026-11-22");
	later.version_ms++;
	b = identity(&later);
	ok(same(a.report, b.report) && same(a.content, b.content) &&
	    same(a.patient, b.patient), "sent again later: all the same");
	later.status = BUNDLE_CORRECTED;
	b = identity(&later);
	ok(same(a.report, b.report) && !same(a.content, b.content),
	    "corrected: other content of the same report");
	later.patient.name.family = span_of("AUTRE");
	b = identity(&later);
	ok(same(a.report, b.report) && !same(a.patient, b.patient),
	    "another patient: still the same report (rule 7)");
	later.report_id = span_of("LAB-2");
	ok(!same(a.report, identity(&later).report), "another filler order");
}

static void
test_patient_without_case_and_hyphens(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY), s = r;

	r.patient.name.family = span_of("Le-Gall");
	s.patient.name.family = span_of("LE GALL");
	ok(same(identity(&r).patient, identity(&s).patient),
	    "Le-Gall is LE GALL");
	s.patient.name.family = span_of("LE GAL");
	ok(!same(identity(&r).patient, identity(&s).patient),
	    "and not LE GAL");
	s = r;
	s.patient.birth_date = span_of("1979-03-29");
	ok(!same(identity(&r).patient, identity(&s).patient),
	    "nor somebody born a day later");
	s = r;
	s.patient.name.family = span_of("LeGallD");
	s.patient.name.given = span_of("OMINIQUE");
	ok(!same(identity(&r).patient, identity(&s).patient),
	    "letters do not move from name to name");
}

static bool
differ(const struct report *a, const struct report *b)
{
	struct identity x = identity(a), y = identity(b);

	return patient_differs(x.patient, y.patient);
}

static void
test_spellings_of_one_name(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY), s = r;

	r.patient.name = (struct person_name){ .family = span_of("L\u2019H\u00c9RITIER"),
	    .given = span_of("D\u00e9sir\u00e9e-Zo\u00eb") };
	s.patient.name = (struct person_name){ .family = span_of("L HERITIER"),
	    .given = span_of("DESIREE ZOE") };
	ok(!differ(&r, &s) && same(identity(&r).traits, identity(&s).traits),
	    "R28 one name with and without accents");
	s.patient.name.given = span_of("DESIREE");
	ok(differ(&r, &s) && same(identity(&r).traits, identity(&s).traits),
	    "R28 another first name is another patient, of the same traits");
}

static void
test_identifiers(void)
{
	static const struct {
		const char *claim, *id, *kind;
		bool differs;
	} row[] = {
		{ "the same", "P1", "PI^LABO", false },
		{ "another number of the same kind", "P2", "PI^LABO", true },
		{ "a number of another kind", "P2", "MR^LABO", false },
		{ "no number", "", "", false },
		{ "an INS", "279", PATIENT_ID_INS "1.2.250.1.213.1.4.8", false },
	};
	struct report r = *report_sample(SAMPLE_CHEMISTRY), s = r;
	struct identity a, b;

	r.patient_id = span_of("P1");
	r.patient_id_kind = span_of("PI^LABO");
	for (size_t i = 0; i < COUNT(row); i++) {
		s.patient_id = span_of(row[i].id);
		s.patient_id_kind = span_of(row[i].kind);
		ok(differ(&r, &s) == row[i].differs, "R28 %s: %s", row[i].claim,
		    row[i].differs ? "another patient" : "may be the same");
	}
	identity_of(&s, sender, &key, &a);
	s.patient_id = span_of("280");
	identity_of(&s, (const uint8_t[32]){ 8 }, &key, &b);
	ok(patient_differs(a.patient, b.patient),
	    "R28 an INS means the same to all senders");
	s.patient_id_kind = span_of("PI^LABO");
	identity_of(&s, (const uint8_t[32]){ 8 }, &key, &b);
	s.patient_id = span_of("281");
	identity_of(&s, sender, &key, &a);
	ok(!patient_differs(a.patient, b.patient),
	    "R28 other identifiers only to their own");
}

static void
test_content_sees_every_part(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY), s = r;
	struct panel p = r.panels[0];
	struct observation o[2] = { p.observations[0], p.observations[1] };
	struct identity a = identity(&r);
	struct document d = r.documents[0];

	s.panels = &p;
	p.observations = o;
	ok(same(a.content, identity(&s).content), "a copy is the same");
	o[1].value.number = span_of("3.0");
	ok(!same(a.content, identity(&s).content), "3 is not 3.0");
	o[1] = r.panels[0].observations[1];
	o[0].status = OBSERVATION_CORRECTED;
	ok(!same(a.content, identity(&s).content), "a status");
	o[0] = r.panels[0].observations[0];
	o[0].n_notes = 0;
	ok(!same(a.content, identity(&s).content), "a note");
	s = r;
	s.documents = &d;
	d.bytes.len--;
	ok(!same(a.content, identity(&s).content), "the document");
}

/* What is measured makes a line; neither the result nor its place does. */
static void
test_lines(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY), s = r;
	struct panel p = r.panels[0], twice[2];
	struct observation o[2] = { p.observations[1], p.observations[0] };
	static struct observation many[IDENTITY_LINES_MAX + 1];
	static uint8_t a[8192], b[8192];
	size_t len = identity_lines(&r, IDENTITY_BROUGHT, &key, a);

	ok(len >= 16 && len % 8 == 0, "eight bytes each");
	for (size_t i = 8; i < len; i += 8)
		ok(memcmp(a + i - 8, a + i, 8) < 0, "ascending");
	s.panels = &p;
	s.n_panels = 1;
	p.observations = o;
	p.n_observations = 2;
	r.n_panels = 1;
	r.panels = &twice[0];
	twice[0] = *report_sample(SAMPLE_CHEMISTRY)->panels;
	twice[0].n_observations = 2;
	len = identity_lines(&r, IDENTITY_BROUGHT, &key, a);
	o[0].value.number = span_of("17");
	o[0].status = OBSERVATION_CORRECTED;
	ok(len == 16 && identity_lines(&s, IDENTITY_BROUGHT, &key, b) == 16
	    && memcmp(a, b, 16) == 0, "another result in another place");
	o[0].sub_id = span_of("2");
	ok(identity_lines(&s, IDENTITY_BROUGHT, &key, b) == 16 &&
	    memcmp(a, b, 16) != 0,
	    "another OBX-4 is another line");
	twice[1] = twice[0];
	r.n_panels = 2;
	ok(identity_lines(&r, IDENTITY_BROUGHT, &key, b) == 16, "each once");
	twice[1].code.code = span_of("OTHER");
	ok(identity_lines(&r, IDENTITY_BROUGHT, &key, b) == 32, "another OBR-4: other lines");
	ok(identity_lines(&r, IDENTITY_BROUGHT, &other_key, a) == 32 &&
	    memcmp(a, b, 32) != 0,
	    "keyed");
	p.observations = many;
	p.n_observations = IDENTITY_LINES_MAX + 1;
	ok(identity_lines(&s, IDENTITY_BROUGHT, &key, b) == 0, "more than fit: none");
}

static void
test_lines_that_refer(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY);
	struct panel p = r.panels[0];
	struct observation o[3] = { p.observations[0], p.observations[1],
	    p.observations[1] };
	static uint8_t brought[8192], confirmed[8192], removed[8192];

	r.panels = &p;
	r.n_panels = 1;
	p.observations = o;
	p.n_observations = 3;
	o[1].is_confirmed = true;
	o[1].release = RELEASE_CONFIRM;
	o[2].sub_id = span_of("2");
	o[2].release = RELEASE_WITHDRAW;
	ok(identity_lines(&r, IDENTITY_BROUGHT, &key, brought) == 16 &&
	    identity_lines(&r, IDENTITY_CONFIRMED, &key, confirmed) == 8 &&
	    identity_lines(&r, IDENTITY_REMOVED, &key, removed) == 8,
	    "R34 one brought, one confirmed, one removed");
	ok(memcmp(brought, confirmed, 8) != 0 &&
	    memcmp(brought + 8, confirmed, 8) != 0 &&
	    (memcmp(brought, removed, 8) == 0 ||
	    memcmp(brought + 8, removed, 8) == 0),
	    "R34 a removed line is brought as such, a confirmed one is not");
	o[1].holds = HOLD_PRELIMINARY;
	ok(identity_lines(&r, IDENTITY_CONFIRMED, &key, confirmed) == 0,
	    "R31 U under an unfinished order confirms nothing");
	o[1].holds = HOLD_LIST;
	ok(identity_lines(&r, IDENTITY_CONFIRMED, &key, confirmed) == 8,
	    "R31 what a biologist must release is confirmed all the same");
	r.holds = HOLD_PRELIMINARY;
	ok(identity_lines(&r, IDENTITY_CONFIRMED, &key, confirmed) == 16,
	    "R31 beside preliminary lines the final ones are told");
	o[0].holds = HOLD_PRELIMINARY;
	ok(identity_lines(&r, IDENTITY_CONFIRMED, &key, confirmed) == 8,
	    "and not those that are preliminary");
}

static void
test_without_filler_order(void)
{
	struct report r = *report_sample(SAMPLE_CHEMISTRY), s;

	r.report_id = (struct span){ 0 };
	s = r;
	ok(same(identity(&r).report, identity(&s).report),
	    "known by its content");
	s.status = BUNDLE_APPENDED;
	ok(!same(identity(&r).report, identity(&s).report), "and only by it");
}

static void
test_the_key_matters(void)
{
	const struct report *r = report_sample(SAMPLE_CHEMISTRY);
	struct identity a = identity(r), b;

	identity_of(r, sender, &other_key, &b);
	ok(!same(a.report, b.report) && !same(a.patient, b.patient) &&
	    !same(a.content, b.content), "another key, other hashes");
	ok(!same(a.report, a.patient) && !same(a.patient, a.content),
	    "three kinds, three values");
}

static void
test_sender(void)
{
	struct hl7_ack_head h = { .sending_application = span_of("LIS"),
	    .sending_facility = span_of("A") };
	uint8_t a[32], b[32];

	identity_sender(&h, span_of("default"), a);
	identity_sender(&h, span_of("default"), b);
	ok(same(a, b), "the same");
	h.sending_application = span_of("LISA");
	h.sending_facility = span_of("");
	identity_sender(&h, span_of("default"), b);
	ok(!same(a, b), "MSH-3 and MSH-4 do not run together");
}

int
main(void)
{
	test_versions_share_the_report();
	test_patient_without_case_and_hyphens();
	test_spellings_of_one_name();
	test_identifiers();
	test_content_sees_every_part();
	test_lines();
	test_lines_that_refer();
	test_without_filler_order();
	test_the_key_matters();
	test_sender();
	return done_testing();
}
