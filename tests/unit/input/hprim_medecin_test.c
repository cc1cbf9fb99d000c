/* An HPRIM Médecin file as reports. */
#include "hprim_file.h"
#include "tap.h"

#define HEAD(file) "4711\nMARTIN\nZOE\n1 RUE DES LILAS\n\n75011 PARIS\n" \
	"28/03/1979\n279035121518989 68\n" file "\n21/11/2026\n" \
	"LABO1     Laboratoire du Port\nDRX       Docteur X\n"
#define RES "RES|Glucose|GLY|N|0.91|g/l|0.74|1.06|N|F|5.05|mmol/l|4.11|5.88\n"
#define END "****FIN****\n****FINFICHIER****\n"

static const struct report *
report(void)
{
	return &parsed.reports[0];
}

static const struct observation *
line(size_t i)
{
	return &report()->panels[0].observations[i];
}

static void
test_report(void)
{
	const struct report *r;

	ok(medecin(HEAD("DOS1") "\n  Bonjour\n\n  Glucose 0.91\n****LAB****\n"
	    RES END) == ST_OK && parsed.n_reports == 1 &&
	    parsed.reply.code == HL7_AA, "R38 a letter becomes a report");
	r = report();
	ok(span_is(r->patient.name.family, "MARTIN") &&
	    span_is(r->patient.name.given, "ZOE") &&
	    span_is(r->patient.birth_date, "1979-03-28") &&
	    span_is(r->patient_id, "4711") && r->patient.sex == SEX_UNKNOWN,
	    "R38 lines 1, 2, 3 and 7: the patient");
	ok(span_is(r->report_id, "DOS1") && span_is(r->order, "DOS1") &&
	    span_is(r->report_authority, "LABO1") &&
	    span_is(parsed.head.sending_application, "LABO1") &&
	    r->is_whole && r->version_ms == NOW_MS,
	    "R38 lines 9 and 11: what comes again replaces it");
	ok(span_is(r->issued.text, "2026-11-21"), "R38 line 10: its date");
	ok(r->n_panels == 1 && r->panels[0].n_observations == 3 &&
	    line(0)->value.kind == VALUE_TEXT && span_is(line(0)->value.text,
	    "  Bonjour\n\n  Glucose 0.91"), "R38 its text, with its columns");
	ok(r->release == RELEASE_DELIVER && r->status == BUNDLE_FINAL,
	    "R38 delivered, where the source says so");
}

static void
test_results(void)
{
	const struct observation *o;

	ok(medecin(HEAD("D1") "****LAB****\n" RES END) == ST_OK &&
	    report()->panels[0].n_observations == 2, "R38 a RES line");
	o = line(0);
	ok(span_is(o->code.code, "GLY") && span_is(o->code.display, "Glucose")
	    && o->value.kind == VALUE_QUANTITY &&
	    span_is(o->value.number, "0.91") && span_is(o->unit, "g/l") &&
	    span_is(o->range_low, "0.74") && span_is(o->range_high, "1.06") &&
	    span_is(o->range_text, "0.74 - 1.06") && o->n_flags == 1 &&
	    span_is(o->flags[0].code, "N"), "R38 its value");
	o = line(1);
	ok(span_is(o->code.code, "GLY") && span_is(o->sub_id, "2") &&
	    span_is(o->value.number, "5.05") && span_is(o->unit, "mmol/l") &&
	    span_is(o->range_low, "4.11"), "R38 its value in the other unit");
	ok(medecin(HEAD("D1") "****LAB****\n  RES|A|B|A|negatif\nTEX|x\n"
	    "RES|P|Q|N|< 5|u||10\nRES||IGET 005|A\n" END) == ST_OK &&
	    report()->panels[0].n_observations == 3 &&
	    span_is(line(0)->value.text, "x") &&
	    span_is(line(1)->value.text, "negatif") &&
	    span_is(line(2)->value.comparator, "<") &&
	    span_is(line(2)->range_high, "10"),
	    "R38 blanks in front, fields left out, lines without a result");
	ok(medecin(HEAD("D1") "****LAB****\nRES|A|B|N|trace\n" END) == ST_OK &&
	    line(0)->value.kind == VALUE_TEXT &&
	    span_is(line(0)->value.text, "trace"), "R38 N that is no number");
}

static void
test_status(void)
{
	ok(medecin(HEAD("D1") "****LAB****\nRES|A|B|N|1|||||P\n" END) == ST_OK
	    && report()->release == RELEASE_WITHHOLD &&
	    report()->holds == HOLD_PRELIMINARY, "R38 P is withheld");
	ok(medecin(HEAD("D1") "****LAB****\nRES|A|B|N|1|||||?\n" END) == ST_OK
	    && report()->release == RELEASE_WITHHOLD,
	    "R38 what is neither F nor P as well");
	ok(medecin(HEAD("D1") "****LAB****\nRES|A|B|N|1\n" END) == ST_OK &&
	    report()->release == RELEASE_DELIVER, "R38 left out it is F");
	source.hprim_medecin = false;
	ok(refused(medecin(HEAD("D1") "Text\n" END), 200, 0, "") &&
	    parsed.reply.code == HL7_AR &&
	    strstr(answer(&input_hprim_medecin),
	    "hprim_medecin = deliver") != NULL &&
	    strstr(answer(&input_hprim_medecin), "aux médecins") != NULL,
	    "R38 refused where the source does not say that it is for patients");
	source_init();
}

static void
test_texts(void)
{
	ok(medecin(HEAD("D1") " One\n Two\n****LAB****\nTEX\nTEX| One\n"
	    "TEX| Two\n" END) == ST_OK && report()->panels[0].n_observations ==
	    1 && span_is(line(0)->value.text, " One\n Two"),
	    "R38 TEX lines that say the same again are left out");
	ok(medecin(HEAD("D1") "One\n****LAB****\nTEX|Two\nTEX|Three\n" END) ==
	    ST_OK && report()->panels[0].n_observations == 2 &&
	    span_is(line(1)->value.text, "Two\nThree"),
	    "R38 those that say more are kept");
	ok(medecin(HEAD("D1") "a\\F\\b ~^&| \"\"\n" END) == ST_OK &&
	    span_is(line(0)->value.text, "a\\F\\b ~^&| \"\""),
	    "R38 nothing in a text is an escape or a delimiter");
	ok(refused(medecin(HEAD("D1") "  \n\n" END), 101, 0, "line 1"),
	    "R38 neither a text nor a result");
}

static void
test_files(void)
{
	uint8_t key[32], digest[32];

	ok(medecin(HEAD("D1") "One\n****FIN****\n" HEAD("D2") "Two\n" END) ==
	    ST_OK && parsed.n_reports == 2 &&
	    span_is(parsed.reports[1].report_id, "D2"),
	    "R38 several records are several reports");
	ok(medecin(HEAD("D1") "One\n" END) == ST_OK, "a file");
	memcpy(key, parsed.key, 32);
	memcpy(digest, parsed.digest, 32);
	ok(medecin(HEAD("D1") "One, corrected\n" END) == ST_OK &&
	    memcmp(key, parsed.key, 32) == 0 &&
	    memcmp(digest, parsed.digest, 32) != 0,
	    "R38 the same file number with another text is a new version");
	ok(medecin(HEAD("D3") "One\n" END) == ST_OK &&
	    memcmp(key, parsed.key, 32) != 0, "R38 another number is another");
	ok(refused(medecin(HEAD("D1") "One\n"), 100, 0, "line 1"),
	    "R38 no ****FIN****: incomplete, refused");
	ok(refused(medecin(HEAD("D1") "One\n****FIN****\n4711\n****FIN****\n"),
	    101, 0, "line 15"), "R38 fewer than twelve lines");
	ok(refused(medecin(""), 101, 0, ""), "R38 an empty file");
	strcpy(source.senders, "LABO2/*");
	ok(refused(medecin(HEAD("D1") "One\n" END), 204, 0, "line 11"),
	    "R10 a sender that the source may not speak for");
	strcpy(source.senders, "LABO1/*");
	ok(medecin(HEAD("D1") "One\n" END) == ST_OK, "R10 and one that it may");
	source_init();
	ok(refused(medecin("\n\n\n1 RUE\n\nPARIS\n28/03/1979\n\n1\n21/11/2026\n"
	    "L\nD\nText\n" END), 101, 0, "line 2"), "R38 no name, no number");
}

static void
test_dates(void)
{
	static const char before[] = "1\nM\nZ\n\n\n\n", after[] =
	    "\n\n1\n21/11/26\nL\nD\nText\n" END;
	char text[512];

	snprintf(text, sizeof(text), "%s28/03/79%s", before, after);
	ok(medecin(text) == ST_OK && span_is(report()->patient.birth_date,
	    "1979-03-28") && span_is(report()->issued.text, "2026-11-21"),
	    "R38 two digits of a year that can be only one");
	snprintf(text, sizeof(text), "%s28/03/19%s", before, after);
	ok(medecin(text) == ST_OK && report()->patient.birth_date.len == 0 &&
	    (parsed.warnings & WARN_TIME) != 0,
	    "R38 of 1919 or 2019: neither is guessed");
}

static void
test_cards(void)
{
	struct symbols number = { .len = CARD_NUMBER_LEN };
	char card[16], text[1024];

	memcpy(number.text, "0123456789", CARD_NUMBER_LEN);
	snprintf(card, sizeof(card), "%.10s%c", number.text,
	    symbols_check(&number));
	snprintf(text, sizeof(text), "4711\nM\nZ\n\n\n\n28/03/1979\n\n%s\n"
	    "21/11/2026\nL\nD\nText\n" END, card);
	ok(medecin(text) == ST_OK && span_is(report()->card, "0123456789"),
	    "R29 the card's number is the file's, line 9");
	strcpy(source.card_paths[1], "line-1");
	ok(medecin(text) == ST_OK && report()->card.len == 0,
	    "R29 but not where the source says line 1");
	snprintf(text, sizeof(text), "%s\nM\nZ\n\n\n\n28/03/1979\n\n7\n"
	    "21/11/2026\nL\nD\nText\n" END, card);
	ok(medecin(text) == ST_OK && span_is(report()->card, "0123456789"),
	    "R29 then it is there");
	source_init();
}

static void
test_charsets(void)
{
	static const struct {
		enum charset_choice set;
		const char *bytes;
	} row[] = {
		{ CHARSET_AUTO, "Ur\xe9" "e" }, { CHARSET_AUTO, "Ur\xc3\xa9" "e" },
		{ CHARSET_CP850, "Ur\x82" "e" },
		{ CHARSET_MACROMAN, "Ur\x8e" "e" },
	};
	char text[1024];

	for (size_t i = 0; i < COUNT(row); i++) {
		source.charset = row[i].set;
		snprintf(text, sizeof(text), HEAD("D1") "%s\n" END,
		    row[i].bytes);
		ok(medecin(text) == ST_OK && span_is(line(0)->value.text,
		    "Urée"), "R37 R38 character set %zu", i);
	}
	source_init();
}

int
main(void)
{
	source_init();
	test_report();
	test_results();
	test_status();
	test_texts();
	test_files();
	test_dates();
	test_cards();
	test_charsets();
	return done_testing();
}
