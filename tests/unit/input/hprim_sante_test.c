/* An HPRIM Santé file as a report: see hprim_status_test.c for what may be
 * handed out and hprim_document_test.c for what hangs on it. */
#include "hprim_file.h"
#include "tap.h"

static const struct report *
report(void)
{
	return &parsed.reports[0];
}

/* --- the whole ----------------------------------------------------------- */

static void
test_report(void)
{
	const struct report *r;
	const struct panel *p;
	const struct observation *o;

	ok(sante(H P OBR OBX L) == ST_OK && parsed.n_reports == 1 &&
	    parsed.reply.code == HL7_AA && parsed.answer,
	    "R35 a file becomes a report");
	r = report();
	p = &r->panels[0];
	o = &p->observations[0];
	ok(span_is(r->patient.name.family, "DUPONT") &&
	    span_is(r->patient.name.given, "ZOE") &&
	    span_is(r->patient.name.prefix, "MME") &&
	    span_is(r->patient.used_name.family, "MARTIN") &&
	    span_is(r->patient.birth_date, "1979-03-28") &&
	    r->patient.sex == SEX_FEMALE && span_is(r->patient_id, "4711"),
	    "the patient: 8.7 is the name at birth, 8.6 the one in use");
	ok(span_is(r->report_id, "DOS1") && span_is(r->order, "RQ1") &&
	    span_is(parsed.head.sending_application, "LAB1"),
	    "R35 9.4.2 and 7.5 name the report, 9.3.2 the order");
	ok(r->n_panels == 1 && span_is(p->code.code, "GLY") &&
	    span_is(p->code.display, "Glycemie") && p->code.system.len == 0 &&
	    span_is(p->effective.text, "2026-11-21T07:00:00+01:00") &&
	    span_is(p->validator.family, "DURAND") &&
	    span_is(p->validator.given, "LEO") && p->has_specimen &&
	    span_is(p->specimen.type.code, "SANG") &&
	    p->status == OBSERVATION_FINAL, "the OBR");
	ok(p->n_observations == 1 && o->value.kind == VALUE_QUANTITY &&
	    span_is(o->value.number, "5.10") && span_is(o->unit, "mmol/l") &&
	    span_is(o->range_low, "3.9") && span_is(o->range_high, "5.5") &&
	    o->n_flags == 1 && span_is(o->flags[0].code, "N") &&
	    span_is(o->effective.text, "2026-11-21T07:10:00+01:00") &&
	    o->status == OBSERVATION_FINAL, "the OBX");
	ok(r->release == RELEASE_DELIVER && r->status == BUNDLE_FINAL &&
	    r->exams == EXAMS_OTHER && !r->is_whole, "and it may go out");
	ok(r->version_ms == 1795242600000u &&
	    span_is(r->issued.text, "2026-11-21T07:25:00+01:00"),
	    "R35 7.14 orders the versions, 9.23 is when it was issued");
}

/* Every set of delimiters says the same. */
static void
test_delimiters(void)
{
	static const char *const sets[] = {
		"|~^\\&", "|^~\\&", "|^~&\\", "|\\^&~", ";,:!?",
	};
	static const char text[] = H P OBR OBX L;
	uint8_t digest[32];

	for (size_t i = 0; i < COUNT(sets); i++) {
		char changed[sizeof(text)];

		for (size_t k = 0; k < sizeof(text); k++) {
			const char *at = text[k] == '\0' ? NULL
			    : strchr(sets[0], text[k]);

			changed[k] = at == NULL ? text[k] : sets[i][at - sets[0]];
		}
		ok(sante(changed) == ST_OK && span_is(report()->report_id,
		    "DOS1") && span_is(report()->panels[0].specimen.type.display,
		    "Sang") && span_is(report()->panels[0].validator.given,
		    "LEO"), "R35 the same report with %s", sets[i]);
		ok(i == 0 || memcmp(digest, parsed.digest, 32) != 0,
		    "as another delivery");
		memcpy(digest, parsed.digest, 32);
	}
}

static void
test_truncated_fields(void)
{
	ok(sante("H|~^\\&|A||LAB1||ORU\nP|1||4711\nOBR|1||~D1|GLY\n"
	    "OBX|1|NM|GLY||5\nL\n") == ST_OK &&
	    report()->release == RELEASE_DELIVER &&
	    report()->version_ms == NOW_MS,
	    "R35 fields at the end may be left out; an empty 10.12 is F");
}

/* --- requests and patients ----------------------------------------------- */

static void
test_requests(void)
{
	static const struct {
		const char *obr, *id;
	} row[] = {
		{ "OBR|1|A~B|C~D|X\n", "D" }, { "OBR|1|A~B|C|X\n", "C" },
		{ "OBR|1|A~B|~\"\"|X\n", "B" }, { "OBR|1|A||X\n", "A" },
		{ "OBR|1|||X\n", "DOSSIER" },
	};
	char text[512];

	for (size_t i = 0; i < COUNT(row); i++) {
		snprintf(text, sizeof(text), H "P|1||1|DOSSIER|M\n%s" OBX L,
		    row[i].obr);
		ok(sante(text) == ST_OK && span_is(report()->report_id,
		    row[i].id), "R35 a request is known by %s", row[i].id);
	}
	ok(sante(H P "OBR|1||~D1|A\n" OBX "OBR|2||~D2|B\n" OBX OBX
	    "OBR|3||~D1|C\n" OBX "C|1|L|of C\n" L) == ST_OK &&
	    parsed.n_reports == 2, "R35 each 9.4.2 is a report of its own");
	ok(parsed.reports[0].n_panels == 2 && parsed.reports[1].n_panels == 1 &&
	    parsed.reports[1].panels[0].n_observations == 2 &&
	    parsed.reports[0].panels[1].observations[0].n_notes == 1 &&
	    span_is(parsed.reports[1].patient.name.family, "DUPONT"),
	    "R35 with its own OBR, OBX and comments");
}

/* Each segment is read as often for one request as for sixty-four. */
static void
test_many_requests(void)
{
	static char text[1 << 16];
	char *end = text + sprintf(text, H P);

	for (unsigned i = 0; i < 64; i++)
		end += sprintf(end, "OBR|1||~D%u|X\nOBX|1|NM|X||%u\n", i, i);
	sprintf(end, L);
	ok(sante(text) == ST_OK && parsed.n_reports == 64 &&
	    span_is(parsed.reports[63].panels[0].observations[0].value.number,
	    "63"), "64 requests are 64 reports");
	sprintf(end, "OBR|1||~D64|X\nOBX|1|NM|X||64\n" L);
	ok(refused(sante(text), 104, 0, "line 2"), "65 are refused");
	end = text + sprintf(text, H);
	for (unsigned i = 0; i < 65; i++)
		end += sprintf(end, "P|1||%u||M\nOBR|1||~D%u|X\n" OBX, i, i);
	sprintf(end, L);
	ok(refused(sante(text), 104, 0, "line 194"), "so are 65 patients");
}

static void
test_patients(void)
{
	ok(sante(H P OBR OBX "P|2||4712||DURAND~LEO\nOBR|1||~D9|X\n" OBX
	    "L|1||2\n") == ST_OK && parsed.n_reports == 2 &&
	    span_is(parsed.reports[0].patient_id, "4711") &&
	    span_is(parsed.reports[1].patient_id, "4712") &&
	    span_is(parsed.reports[1].report_id, "D9"),
	    "R35 several P are several reports, never mixed");
	ok(sante(H P OBR OBX P L) == ST_INVALID,
	    "R35 a P without results refuses the file");
}

static void
test_comments(void)
{
	const struct report *r;

	ok(sante(H "C|1|L|of the file\n" P "C|1|L|one^two~three\nC|2|L|four\n"
	    OBR "C|1|L|of the panel\n" OBX "C|1|L|of the res\\T\\ult\n"
	    "A|, and more\nOBX|2|ST|B||b\nC|1|L|of b\n" L) == ST_OK,
	    "R35 comments at every level");
	r = report();
	ok(r->n_notes == 2 && span_is(r->notes[0].text, "one\ntwo\nthree") &&
	    span_is(r->notes[1].text, "four"), "R35 a C after P");
	ok(r->panels[0].n_notes == 1 && span_is(r->panels[0].notes[0].text,
	    "of the panel"), "R35 a C after OBR");
	ok(r->panels[0].observations[0].n_notes == 1 &&
	    span_is(r->panels[0].observations[0].notes[0].text,
	    "of the res&ult, and more") &&
	    span_is(r->panels[0].observations[1].notes[0].text, "of b"),
	    "R35 a C after OBX, with its addendum");
}

/* --- values -------------------------------------------------------------- */

static const struct observation *
observed(const char *rest)
{
	char text[2048];

	snprintf(text, sizeof(text), H P OBR "OBX|1|%s\n" L, rest);
	return sante(text) == ST_OK && report()->panels[0].n_observations == 1
	    ? &report()->panels[0].observations[0] : NULL;
}

static void
test_values(void)
{
	static const struct {
		const char *obx;
		enum value_kind kind;
		const char *text;
		unsigned warnings;
	} row[] = {
		{ "NM|A||5,1", VALUE_QUANTITY, "5.1", WARN_DECIMAL_COMMA },
		{ "NM|A||1^2", VALUE_TEXT, "1\n2", WARN_VALUE_TYPE },
		{ "NM|A||", VALUE_ABSENT, "", 0 },
		{ "ST|A||POS", VALUE_TEXT, "POS", 0 },
		{ "TX|A||one^two~three", VALUE_TEXT, "one\ntwo\nthree", 0 },
		{ "TX|A||\\F\\\\S\\\\R\\\\E\\\\T\\", VALUE_TEXT, "|~^\\&", 0 },
		{ "DT|A||20261121", VALUE_DATE_TIME, "2026-11-21", 0 },
		{ "TS|A||202611210730", VALUE_DATE_TIME,
		    "2026-11-21T07:30:00+01:00", 0 },
		{ "CE|A||O~Groupe O~L", VALUE_CODED, "", 0 },
		{ "GC|A||12~13", VALUE_TEXT, "12 13", 0 },
		{ "PN|A||DOE~JANE", VALUE_TEXT, "DOE JANE", 0 },
		{ "STC|A||free", VALUE_TEXT, "free", 0 },
		{ "ZZ|A||free", VALUE_TEXT, "free", WARN_VALUE_TYPE },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct observation *o = observed(row[i].obx);

		ok(o != NULL && o->value.kind == row[i].kind &&
		    span_is(o->value.kind == VALUE_QUANTITY ? o->value.number
		    : o->value.text, row[i].text) &&
		    parsed.warnings == row[i].warnings, "10.3 and 10.6: %s",
		    row[i].obx);
	}
}

static void
test_codes(void)
{
	static const char nabm[] = "https://smt.esante.gouv.fr/terminologie-nabm";
	const struct observation *o;

	o = observed("NM|2345-7~Glucose~LOINC~0552~GLYCEMIE~NABM||5");
	ok(o != NULL && span_is(o->code.code, "2345-7") &&
	    span_is(o->code.system, "http://loinc.org") &&
	    span_is(o->code.alternate_code, "0552") &&
	    span_is(o->code.alternate_display, "GLYCEMIE") &&
	    span_is(o->code.alternate_system, nabm), "LOINC and NABM");
	o = observed("NM|GLY~Glucose~L~2345-7~Glucose~LN||5");
	ok(o != NULL && o->code.system.len == 0 &&
	    span_is(o->code.alternate_system, "http://loinc.org"),
	    "a table of the laboratory's own has no URI");
	ok(sante(H P "OBR|1||~D1|A~Un~L^B~Deux~L^C\n" OBX L) == ST_OK &&
	    span_is(report()->panels[0].code.text, "Un, Deux, C") &&
	    report()->panels[0].code.code.len == 0,
	    "several analyses in 9.5 are named together");
}

static void
test_ranges(void)
{
	static const struct {
		const char *text, *low, *high;
	} row[] = {
		{ "3.9-5.5", "3.9", "5.5" }, { "10 - 40", "10", "40" },
		{ "-5.5", "", "5.5" }, { "3,9-", "3.9", "" },
		{ "- 40", "", "40" }, { "< 5", "", "5" }, { ">=2", "2", "" },
		{ "-5-5", "-5", "5" }, { "negatif", "", "" }, { "-", "", "" },
		{ "", "", "" },
	};
	char obx[64];

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct observation *o;

		snprintf(obx, sizeof(obx), "NM|A||5|u|%s|N", row[i].text);
		o = observed(obx);
		ok(o != NULL && span_is(o->range_text, row[i].text) &&
		    span_is(o->range_low, row[i].low) &&
		    span_is(o->range_high, row[i].high) &&
		    parsed.warnings == 0, "10.8: \"%s\"", row[i].text);
	}
}

/* --- character sets ------------------------------------------------------ */

static bool
is_named(const char *name)
{
	return parsed.n_reports == 1 && span_is(report()->patient.name.given,
	    name);
}

/* A file with `name` as the first name. */
static enum status
with_name(const char *before, const char *name)
{
	static char text[2048];

	snprintf(text, sizeof(text), "%s" H "P|1||1||MARTIN~%s\n" OBR OBX L,
	    before, name);
	return sante(text);
}

static void
test_charsets(void)
{
	static const struct {
		enum charset_choice set;
		const char *before, *bytes, *name, *what;
		unsigned warnings;
	} row[] = {
		{ CHARSET_AUTO, "", "Zo\xeb \x80", "Zoë €", "Windows-1252", 0 },
		{ CHARSET_AUTO, "", "Zo\xc3\xab", "Zoë", "UTF-8", 0 },
		{ CHARSET_AUTO, "\xef\xbb\xbf", "Zo\xc3\xab", "Zoë",
		    "UTF-8 with its mark", 0 },
		{ CHARSET_CP850, "", "Zo\x89", "Zoë", "CP850", 0 },
		{ CHARSET_MACROMAN, "", "Zo\x91", "Zoë", "Mac Roman", 0 },
		{ CHARSET_LATIN1, "", "Zo\xeb", "Zoë", "ISO-8859-1", 0 },
		{ CHARSET_LATIN9, "", "\xbd\xa4", "œ€", "ISO-8859-15", 0 },
		{ CHARSET_UTF8, "", "Zo\xeb", "Zoë",
		    "said to be UTF-8 and is not", WARN_CHARSET },
		{ CHARSET_CP850, "\xef\xbb\xbf", "Zo\xc3\xab", "Zoë",
		    "a mark beats the configuration", 0 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		source.charset = row[i].set;
		ok(with_name(row[i].before, row[i].bytes) == ST_OK &&
		    is_named(row[i].name) && parsed.warnings == row[i].warnings,
		    "R37 %s", row[i].what);
	}
	source.charset = CHARSET_AUTO;
}

static void
test_utf16(void)
{
	static const char text[] = H "P|1||1||MARTIN~Zo\xeb\n" OBR OBX L;
	uint8_t wide[2 * sizeof(text) + 2];

	for (int big = 0; big < 2; big++) {
		size_t n = 0;

		wide[n++] = big ? 0xfe : 0xff;
		wide[n++] = big ? 0xff : 0xfe;
		for (size_t i = 0; i + 1 < sizeof(text); i++) {
			uint8_t c = text[i] == '\n' ? '\r' : (uint8_t)text[i];

			wide[n++] = big ? 0 : c;
			wide[n++] = big ? c : 0;
		}
		source.charset = CHARSET_CP850;
		ok(parse_as(&input_hprim_sante, (struct span){ wide, n }, "") ==
		    ST_OK && is_named("Zoë"), "R37 UTF-16, %s-endian, whatever "
		    "the configuration says", big ? "big" : "little");
	}
	source.charset = CHARSET_AUTO;
}

/* --- the card ------------------------------------------------------------ */

/* A file whose P and OBR have these texts in these fields, counted as the
 * standard counts them. */
static enum status
with_fields(unsigned p_field, const char *p_text, unsigned obr_field,
    const char *obr_text)
{
	char text[2048] = H "P|1||||MARTIN~ZOE", obr[512] = "OBR|1||~D1|GLY";
	char *end = text + strlen(text);

	if (p_field == 4)
		end = text + sprintf(text, H "P|1||%s||MARTIN~ZOE", p_text);
	for (unsigned i = 7; i <= p_field; i++)
		end += sprintf(end, "|%s", i == p_field ? p_text : "");
	end += sprintf(end, "\n%s", obr);
	for (unsigned i = 6; i <= obr_field; i++)
		end += sprintf(end, "|%s", i == obr_field ? obr_text : "");
	sprintf(end, "\n" OBX L);
	return sante(text);
}

static const char *
card_of(const char *ten)
{
	static char card[4][16];
	static unsigned n;
	struct symbols number = { .len = CARD_NUMBER_LEN };

	memcpy(number.text, ten, CARD_NUMBER_LEN);
	n = (n + 1) % 4;
	snprintf(card[n], sizeof(card[n]), "%s%c", ten, symbols_check(&number));
	return card[n];
}

static void
test_cards(void)
{
	static const struct {
		const char *path;
		unsigned p, obr;
		const char *before;
		bool found;
	} row[] = {
		{ "9.21", 0, 21, "", true }, { "OBR-20", 0, 21, "", true },
		{ "9.22", 0, 22, "", true }, { "9.22", 0, 21, "", false },
		{ "8.4", 4, 0, "", true }, { "8.15", 15, 0, "", true },
		{ "8.16", 16, 0, "", true }, { "8.16", 15, 0, "", false },
		{ "8.16.2", 16, 0, "x~", true }, { "8.16", 16, 0, "x~", false },
		{ "8.16", 16, 0, "x^", true }, { "line-9", 4, 0, "", false },
	};
	const char *one = card_of("0123456789"), *two = card_of("123456789A");
	char value[64];

	for (size_t i = 0; i < COUNT(row); i++) {
		memset(source.card_paths, 0, sizeof(source.card_paths));
		strcpy(source.card_paths[0], row[i].path);
		snprintf(value, sizeof(value), "%s%s", row[i].before, one);
		ok(with_fields(row[i].p, value, row[i].obr, value) == ST_OK &&
		    span_is(report()->card, row[i].found ? "0123456789" : ""),
		    "R29 path %s, a card at %s%u.%u%s", row[i].path,
		    row[i].before, row[i].p > 0 ? 8 : 9, row[i].p + row[i].obr,
		    row[i].found ? "" : ": none");
	}
	strcpy(source.card_paths[0], "8.15");
	strcpy(source.card_paths[1], "9.21");
	ok(with_fields(15, one, 21, two) == ST_OK && report()->card.len == 0 &&
	    report()->release == RELEASE_QUARANTINE,
	    "R29 two different cards quarantine the report");
	ok(with_fields(15, one, 21, one) == ST_OK && report()->card.len == 10 &&
	    report()->release == RELEASE_DELIVER, "R29 twice the same do not");
	ok(with_fields(15, "01234567890", 21, "DOSSIER") == ST_OK &&
	    report()->card.len == 0, "R29 a wrong check symbol makes it none");
	source_init();
}

/* --- refusals ------------------------------------------------------------ */

static void
test_refusals(void)
{
	ok(refused(sante(P OBR OBX L), 100, 0, "line 1"), "R35 no H");
	ok(refused(sante(H P OBR OBX), 100, 0, "line 4"), "R35 no L");
	ok(refused(sante("H|~^\\&|A||L||ADM\n" P OBR OBX L), 200, 7, "line 1"),
	    "not results");
	ok(refused(sante("H|~^\\&|A||L||ORU|||||T\n" P OBR OBX L), 202, 12,
	    "line 1"), "R30 a test file in production");
	ok(refused(sante("H|~^\\&|A||L||ORU|||||Q\n" P OBR OBX L), 202, 12,
	    "line 1"), "7.12 is none of P, T, D");
	ok(refused(sante("H|~^\\&|A||L||ORU|||||P|X1\n" P OBR OBX L), 203, 13,
	    "line 1"), "not an H2");
	ok(refused(sante(H L), 101, 0, ""), "no patient");
	ok(refused(sante(H P L), 101, 0, "line 2"), "no OBR");
	ok(refused(sante(H P OBR L), 101, 0, "line 3"), "no OBX");
	ok(refused(sante(H OBR OBX L), 100, 0, "line 2"), "OBR before P");
	ok(refused(sante(H P OBX L), 100, 0, "line 3"), "OBX before OBR");
	ok(refused(sante(H "P|1\n" OBR OBX L), 101, 6, "line 2"), "no name");
	ok(refused(sante(H P "OBR|1||~D1|X|||||||C\n" OBX L), 205, 12,
	    "line 4"), "9.12 cancels what is there");
	strcpy(source.senders, "LAB2/*");
	ok(refused(sante(H P OBR OBX L), 204, 5, "line 1") && parsed.unlisted,
	    "R10 a sender that the source may not speak for");
	strcpy(source.senders, "LAB2/*, LAB1/Labo du Port");
	ok(sante(H P OBR OBX L) == ST_OK, "R10 and one that it may");
	source_init();
	source.production = false;
	ok(sante("H|~^\\&|A||L||ORU|||||D\n" P OBR OBX L) == ST_OK,
	    "R30 a test file for a test source");
	source.production = true;
}

static void
test_answers(void)
{
	const char *text;

	ok(sante(H P OBR OBX L) == ST_OK, "a good file");
	text = answer(&input_hprim_sante);
	ok(strstr(text, "Enregistré / stored\n") != NULL &&
	    strstr(text, "reports : 1\n") != NULL &&
	    strstr(text, "MARTIN") == NULL, "is confirmed, without its patient");
	ok(sante(H P OBR "OBX|1|PDF|CRPPDF||MARTIN\n" L) == ST_INVALID,
	    "a bad one");
	text = answer(&input_hprim_sante);
	ok(strstr(text, "ligne / line 4, OBX 10.6\n") != NULL &&
	    strstr(text, "the attachment is not a PDF\n") != NULL &&
	    strstr(text, "la pièce jointe n'est pas un PDF\n") != NULL &&
	    strstr(text, "MARTIN") == NULL,
	    "R35 is told where and why, in two languages, without its content");
	ok(sante(H P OBR OBX "L|1||1|9\n") == ST_INVALID &&
	    strstr(answer(&input_hprim_sante),
	    "14.5 : 9 ; lignes / lines : 5 ; segments : 5") != NULL,
	    "R35 a wrong count with both numbers");
	parsed.reply = (struct hl7_ack_reply){ .code = HL7_AE, .error = 204,
	    .text = "no such report to withdraw" };
	ok(strstr(answer(&input_hprim_sante), "aucun compte rendu connu") !=
	    NULL, "what is found out later has French, too");
}

/* --- keys ---------------------------------------------------------------- */

static void
test_keys(void)
{
	uint8_t key[32], digest[32];

	ok(sante(H P OBR OBX L) == ST_OK, "a file");
	memcpy(key, parsed.key, 32);
	memcpy(digest, parsed.digest, 32);
	ok(sante(H P OBR OBX L) == ST_OK && memcmp(key, parsed.key, 32) == 0 &&
	    memcmp(digest, parsed.digest, 32) == 0,
	    "R36 the same file again is the same delivery");
	ok(sante(H P OBR "OBX|1|NM|GLY||6\n" L) == ST_OK &&
	    memcmp(key, parsed.key, 32) == 0 &&
	    memcmp(digest, parsed.digest, 32) != 0,
	    "R36 a file name with new content: the same key, another digest");
	ok(sante("H|~^\\&|LAB00002.HPR||LAB1~Labo du Port||ORU\n" P OBR OBX L)
	    == ST_OK && memcmp(key, parsed.key, 32) != 0,
	    "R36 another file name is another key");
	source.name[0] = 'x';
	ok(sante(H P OBR OBX L) == ST_OK && memcmp(key, parsed.key, 32) != 0,
	    "R36 and so is another source");
	source_init();
}

static void
test_versions(void)
{
	ok(sante("H|~^\\&|A||L||ORU|||||P|H2.4|20261121\n" P OBR OBX L) ==
	    ST_OK && report()->version_ms == 1795242300000u,
	    "R35 a 7.14 that is only a day leaves the order to 9.23");
	ok(sante("H|~^\\&|A||L||ORU|||||P|H2.4|x\n" P "OBR|1||~D1|X\n" OBX L) ==
	    ST_OK && report()->version_ms == NOW_MS &&
	    (parsed.warnings & WARN_TIME) != 0,
	    "R35 no time at all: when it came");
}

/* What would take long is refused before. */
static void
test_limits(void)
{
	enum { SEGMENTS = 100001, ANALYSES = 65537 };
	static char text[SEGMENTS * 8];
	char *end = text + sprintf(text, H P OBR);
	struct span file;

	for (unsigned i = 0; i < SEGMENTS; i++)
		end += sprintf(end, "OBX|\r");
	end += sprintf(end, L);
	file = (struct span){ (uint8_t *)text, (size_t)(end - text) };
	ok(parse_as(&input_hprim_sante, file, "") == ST_INVALID &&
	    parsed.reply.error == 104, "R27 over 100000 segments are refused");
	end = text + sprintf(text, H P "OBR|1||~D1|");
	memset(end, '^', ANALYSES);
	end += ANALYSES;
	end += sprintf(end, "\n" OBX L);
	file.len = (size_t)(end - text);
	ok(refused(parse_as(&input_hprim_sante, file, ""), 104, 5, "line 3"),
	    "R27 a 9.5 over 64 kB is refused");
}

/* Memory that does not suffice is said, never half a report. */
static void
test_memory(void)
{
	static const char text[] = "H|~^\\&|A||L||ORU\rP|1||1||M\r"
	    "OBR|1||~D1|X\rOBX|1|TX|A||text\rC|1|L|c\rL|1\r";
	struct input in = {
		.kind = &input_hprim_sante, .source = &source,
		.bytes = span_of(text), .name = { 0 },
	};
	bool good = true;
	size_t limit = 0;
	enum status st;

	do {
		limit += 64;
		arena_clear(&arena);
		arena_init(&arena, limit);
		st = in.kind->parse(&in, NOW_MS, &arena, &parsed);
		good = good && (st == ST_OK || (st == ST_TOO_BIG &&
		    parsed.n_reports == 0 && parsed.reply.code == HL7_AE &&
		    parsed.reply.error == 104));
	} while (st != ST_OK && limit < 1 << 20);
	ok(good && st == ST_OK && limit > 1024,
	    "R27 an arena that is full at any point gives AE 104");
}

int
main(void)
{
	source_init();
	test_report();
	test_delimiters();
	test_truncated_fields();
	test_requests();
	test_many_requests();
	test_patients();
	test_comments();
	test_values();
	test_codes();
	test_ranges();
	test_charsets();
	test_utf16();
	test_cards();
	test_refusals();
	test_answers();
	test_keys();
	test_versions();
	test_limits();
	test_memory();
	return done_testing();
}
