#include "input/parse.h"

#include "parsed.h"
#include "tap.h"

static void
test_a_report(void)
{
	const struct report *r;

	ok(parse_text(MSH
	    "PID|1||279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO"
	    "^INS~PAT1^^^LABO&1.2&ISO^PI~7K2M-9QXW-4T0^^^GUICHET^U||"
	    "MARTIN^ZOE^^^MME^^L~DURAND^ZOE^^^^^D||19790328|F|||1 RUE X^^PARIS\n"
	    "NTE|1||A jeun\n"
	    "ORC|RE|PL1^HOP|FI1^LABO\n"
	    "OBR|1|||NFS^Numeration^L|||202611210700||||||||SNG&Sang&L|||||||"
	    "20261121072500||HM|F|||||||123&DUPONT&ANNE&&&DR\n"
	    "NTE|1||Ligne 1~Ligne 2\n"
	    "OBX|1|NM|718-7^Hemoglobine^LN|1|12.50|g/dL|12,0 - 16,0|L~N|||C|||"
	    "20261121071000||9^DURAND^PAUL^^^DR|^Photometrie||||||"
	    "Labo du Pont^L\n"
	    "NTE|1||Controle\nNTE|2||fait\n") == ST_OK &&
	    parsed.n_reports == 1, "R24 a message as labs send it");
	r = report(0);
	ok(span_is(r->patient.name.family, "MARTIN") &&
	    span_is(r->patient.name.given, "ZOE") &&
	    span_is(r->patient.name.prefix, "MME") &&
	    span_is(r->patient.used_name.family, "DURAND"),
	    "R24 PID-5: name at birth and name in use");
	ok(span_is(r->patient.birth_date, "1979-03-28") &&
	    r->patient.sex == SEX_FEMALE, "R24 PID-7 and PID-8");
	ok(span_is(r->patient_id, "PAT1"), "R24 the local identifier, not the INS");
	ok(span_is(r->card, "7K2M9QXW4T"), "R24 the card in PID-3");
	ok(span_is(r->order, "PL1") && span_is(r->report_id, "FI1") &&
	    span_is(r->report_authority, "LABO"), "R24 orders from ORC");
	ok(span_is(r->organization, "Labo du Pont"), "R24 OBX-23");
	ok(span_is(r->issued.text, "2026-11-21T07:25:00+01:00") &&
	    r->version_ms == 1795242300000, "R24 OBR-22 is the version");
	ok(r->n_notes == 1 && span_is(r->notes[0].text, "A jeun") &&
	    panel(0)->n_notes == 1 && span_is(panel(0)->notes[0].text,
	    "Ligne 1\nLigne 2") && observation(0, 0)->n_notes == 2 &&
	    span_is(observation(0, 0)->notes[1].text, "fait"),
	    "R24 NTE at three levels");
	ok(r->status == BUNDLE_CORRECTED && r->release == RELEASE_DELIVER &&
	    r->opens_s == 0 && r->exams == EXAMS_HEMATOLOGY, "R24 release");
}

static void
test_a_panel(void)
{
	const struct panel *p = panel(0);
	const struct observation *o = observation(0, 0);

	ok(span_is(p->code.code, "NFS") && span_is(p->code.display,
	    "Numeration") && p->code.system.len == 0, "R24 OBR-4");
	ok(span_is(p->section, "HM") && p->status == OBSERVATION_FINAL &&
	    span_is(p->effective.text, "2026-11-21T07:00:00+01:00"),
	    "R24 OBR-24, -25, -7");
	ok(span_is(p->validator.family, "DUPONT") &&
	    span_is(p->validator.given, "ANNE") &&
	    span_is(p->validator.prefix, "DR"), "R24 OBR-32");
	ok(p->has_specimen && span_is(p->specimen.type.code, "SNG") &&
	    span_is(p->specimen.type.display, "Sang"), "R24 OBR-15");
	ok(p->parent_panel == -1 && p->parent_observation == -1, "R24 no parent");
	ok(span_is(o->code.system, "http://loinc.org") &&
	    span_is(o->code.code, "718-7") && span_is(o->sub_id, "1"), "R24 OBX-3");
	ok(o->n_flags == 2 && span_is(o->flags[0].code, "L") &&
	    span_is(o->flags[1].code, "N"), "R24 OBX-8 repeats");
	ok(o->status == OBSERVATION_CORRECTED &&
	    span_is(o->effective.text, "2026-11-21T07:10:00+01:00") &&
	    span_is(o->method.display, "Photometrie"), "R24 OBX-11, -14, -17");
	ok(span_is(o->range_low, "12.0") && span_is(o->range_high, "16.0") &&
	    span_is(o->range_text, "12,0 - 16,0"), "R24 OBX-7");
}

static void
test_defaults(void)
{
	ok(parse_text("MSH|^~\\&|SIL|LABO^1.2^ISO|G|B|20261121073000||ORU^R01|"
	    "M1|P|2.5\n" "PID|1||279^^^^NH||^^||0000|U\n"
	    "OBR|1|||X\nOBX|1|ST|Y||v|||||||||||7^ROUX^LEA\n") == ST_OK,
	    "R21 a bare message");
	ok(span_is(report(0)->patient_id, "279"), "R21 only an insurance number: hashed");
	ok(report(0)->organization.len == 0,
	    "R21 no OBX-23: MSH-4 is a code, not a name to show");
	ok(report(0)->version_ms == 1795242600000 && span_is(
	    report(0)->issued.text, "2026-11-21T07:30:00+01:00"),
	    "R21 MSH-7 is the version");
	ok(report(0)->patient.birth_date.len == 0 &&
	    (parsed.warnings & WARN_TIME) != 0, "R21 a birth date that is none");
	ok(report(0)->card.len == 0 && report(0)->report_id.len == 0 &&
	    report(0)->order.len == 0, "R21 no card, no order");
	ok(span_is(panel(0)->validator.family, "ROUX"), "R21 OBX-16");
	ok(report(0)->release == RELEASE_WITHHOLD, "R21 no status at all");
}

static void
test_nothing_national_gets_in(void)
{
	const struct report *r;

	(void)!parse_text(MSH "PID|1|279035121518989|279035121518989^^^"
	    "ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS~PAT1^^^L^PI|"
	    "279035121518989|A^B|||F|||1 RUE SECRETE|||||||279035121518989\n"
	    OBR OBX);
	r = report(0);
	ok(span_is(r->patient_id, "PAT1") && !span_is(r->card,
	    "2790351215") && r->patient.name.prefix.len == 0,
	    "the INS and the address stay outside");
}

static void
test_the_best_identifier(void)
{
	static const struct {
		const char *pid_3, *id;
	} row[] = {
		{ "2790^^^X&1.2.250.1.213.1.4.8&ISO~77^^^LABO", "77" },
		{ "2790^^^^INS~77", "77" }, { "1^^^^MR~2^^^^PI", "2" },
		{ "1~2^^^^MR", "2" }, { "1~2", "1" }, { "~2", "2" },
		{ "7K2M9QXW4T0^^^GUICHET~9^^^LABO", "9" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%sPID|1||%s||A^B\n%s", MSH,
		    row[i].pid_3, OBR OBX);
		ok(parse_text(text) == ST_OK && span_is(report(0)->patient_id,
		    row[i].id), "PID-3 \"%s\"", row[i].pid_3);
	}
}

/* --- what holds a report back (R30) ------------------------------------ */

static void
test_held_back(void)
{
	static const struct {
		const char *claim, *text;
		enum release release;
	} row[] = {
		{ "hidden from the patient", OBR OBX
		    "OBX|2|CE|INVISIBLE_PATIENT^x^MetaDMPMSS||Y^Oui||||||F\n",
		    RELEASE_WITHHOLD },
		{ "hidden from the parents", OBR OBX
		    "OBX|2|CE|INVISIBLE_REP_LEGAUX^x^MetaDMPMSS||Y||||||F\n",
		    RELEASE_WITHHOLD },
		{ "not hidden", OBR OBX
		    "OBX|2|CE|INVISIBLE_PATIENT^x^MetaDMPMSS||N||||||F\n",
		    RELEASE_DELIVER },
		{ "a name alone hides nothing", OBR OBX
		    "OBX|2|CE|INVISIBLE_PATIENT^x^L||Y||||||F\n",
		    RELEASE_DELIVER },
		{ "a genetic section",
		    "OBR|1||F|X||||||||||||||||||||GE|F\n" OBX,
		    RELEASE_WITHHOLD },
		{ "a genetic code",
		    OBR "OBX|1|ST|51969-4^Report^LN||x||||||F\n",
		    RELEASE_WITHHOLD },
		{ "a gene as a value", OBR "OBX|1|CWE|A||HGNC:1100^BRCA1^"
		    "2.16.840.1.113883.6.281||||||F\n", RELEASE_WITHHOLD },
		{ "one preliminary line", OBR OBX
		    "OBX|2|ST|A||x||||||P\n", RELEASE_WITHHOLD },
		{ "a second, unfinished panel", OBR OBX
		    "OBR|2||F2|Y|||||||||||||||||||||I\n", RELEASE_WITHHOLD },
		{ "quality control", OBR "OBX|1|NM|A||5|||N~QCF|||F\n",
		    RELEASE_WITHHOLD },
		{ "OBX-26", OBR "OBX|1|NM|A||5||||||F|||||||||||||||SWTH\n",
		    RELEASE_WITHHOLD },
		{ "a cancelled order without results",
		    "ORC|CA\nOBR|1||F|X|||||||||||||||||||||F\n",
		    RELEASE_WITHDRAW },
		{ "a cancelled order with results", "ORC|CA\n" OBR OBX,
		    RELEASE_WITHDRAW },
		{ "all deleted", OBR "OBX|1|NM|A||5||||||D\n",
		    RELEASE_WITHDRAW },
		{ "the wrong patient", OBR OBX "OBX|2|NM|A||5||||||W\n",
		    RELEASE_INCIDENT },
		{ "one of two orders cancelled", OBR OBX
		    "ORC|CA\nOBR|2||F2|Y\nOBX|1|ST|B||x||||||F\n",
		    RELEASE_DELIVER },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%s%s", MSH PID, row[i].text);
		ok(parse_text(text) == ST_OK &&
		    report(0)->release == row[i].release, "%s: %s",
		    row[i].claim, row[i].release == RELEASE_DELIVER
		    ? "delivered" : "held back");
	}
	ok(panel(1)->n_observations == 1 &&
	    observation(1, 0)->value.kind == VALUE_ABSENT,
	    "the value of a cancelled order is dropped");
}

/* --- panels, specimens, parents (R24) ------------------------------------ */

static void
test_specimen(void)
{
	ok(parse_text(MSH PID OBR OBX "NTE|1||of the OBX\n"
	    "SPM|1|P1&X^F1&Y||258580003^Sang total^SCT|||||||||||||"
	    "20261121065500^20261121065600\n"
	    "NTE|1||of the specimen\nOBX|1|ST|HEM||hemolyse||||||F\n"
	    "NTE|1||still\nOBR|2|||B||||||||||||||||||||||F\n"
	    "OBX|1|ST|Z||z||||||F\n") == ST_OK, "R24 SPM with an OBX of its own");
	ok(panel(0)->n_observations == 1 && panel(1)->n_observations == 1,
	    "R24 which is no result");
	ok(span_is(panel(0)->specimen.type.display, "Sang total") &&
	    span_is(panel(0)->specimen.identifier, "F1") &&
	    span_is(panel(0)->specimen.collected.text,
	    "2026-11-21T06:55:00+01:00"), "R24 SPM-2, -4, -17");
	ok(panel(0)->specimen.n_notes == 2 &&
	    observation(0, 0)->n_notes == 1, "R24 notes to the closest");
	ok(!panel(1)->has_specimen, "R24 the next panel has none");
}

/* Cerner sends OBR, SPM, OBX: those OBX are all the results there are. */
static void
test_specimen_first(void)
{
	ok(parse_text(MSH PID OBR "SPM|1|||119334006^Sputum^SCT\n"
	    "NTE|1||of the specimen\n"
	    "OBX|1|ST|A||a||||||F\nNTE|1||of the OBX\n"
	    "OBX|2|ST|B||b||||||F\nSPM|2|||X\nOBX|3|ST|C||c||||||F\n"
	    "OBR|2|||D||||||||||||||||||||||F\nOBX|1|ST|D||d||||||F\n"
	    "SPM|1|||Y\nOBX|2|ST|E||e||||||F\n") == ST_OK &&
	    panel(0)->n_observations == 3 && panel(1)->n_observations == 1,
	    "R24 an SPM before any OBX takes no result away");
	ok(panel(0)->specimen.n_notes == 1 &&
	    observation(0, 0)->n_notes == 1 &&
	    span_is(panel(0)->specimen.type.display, "Sputum"),
	    "R24 its notes and those of the results stay apart");
}

static void
test_notes_everywhere(void)
{
	ok(parse_text(MSH "NTE|1||of the message\n" PID
	    "NTE|1||p1\nNTE|2||p2\n" OBR "NTE|1||o1\n"
	    "OBX|1|ED|PDF^Compte rendu||^AP^PDF^Base64^JVBERi0xLjQK||||||F\n"
	    "NTE|1||d1\nNTE|2||d2\n" OBX "NTE|1||x1\n"
	    "OBX|3|CE|ACK_RECEPTION^x^MetaDMPMSS||N||||||F\nNTE|1||m1\n"
	    "OBX|4|ED|PDF||^AP^PDF^Base64^JVBERi0xLjQK||||||F\nNTE|1||d3\n"
	    "FT1|1\nCTI|1\nNTE|2||d4\n") == ST_OK,
	    "R24 notes at every level");
	ok(report(0)->n_notes == 6 && span_is(report(0)->notes[0].text, "p1") &&
	    span_is(report(0)->notes[2].text, "d1") &&
	    span_is(report(0)->notes[5].text, "d4"),
	    "R24 what is said of a document stands with the report");
	ok(panel(0)->n_notes == 1 && observation(0, 0)->n_notes == 1 &&
	    span_is(observation(0, 0)->notes[0].text, "x1"),
	    "R24 and nowhere else");
}

static void
test_parents_since_2_8(void)
{
	ok(parse_text(MSH PID "OBR|1|P1|C1|CULT^Culture^L\n"
	    "OBX|1|ST|X||1||||||F\nOBR|2|P2|C2|URI^Urine^L\n"
	    "OBX|1|ST|X||1||||||F\n"
	    "OBR|3|P3|A1|ATB||||||||||||||||||||||||||||||||||||||||||||||"
	    "CULT^Culture^L\nOBX|1|ST|Y||y||||||F\n"
	    "OBR|4|P4|A2|ATB|||||||||||||||||||||||||||||||||||||||||||||||||"
	    "|P2&X^C2&Y\nOBX|1|ST|Y||y||||||F\n") == ST_OK &&
	    panel(2)->parent_panel == 0 && panel(2)->parent_observation == -1,
	    "R24 OBR-50 names the parent's service");
	ok(panel(3)->parent_panel == 1, "R24 OBR-54 its order");
}

static void
test_confirmed(void)
{
	ok(parse_text(MSH PID OBR "OBX|1|NM|A||5||||||U\n"
	    "OBX|2|NM|B||5||||||F\n") == ST_OK &&
	    observation(0, 0)->is_confirmed &&
	    !observation(0, 1)->is_confirmed, "R21 OBX-11 U");
}

/* A field's value, or what HL7 has in its place. */
static void
test_statuses(void)
{
	static const struct {
		const char *obr_25, *obx_11;
		enum observation_status order, result;
	} row[] = {
		{ "F", "F", OBSERVATION_FINAL, OBSERVATION_FINAL },
		{ "F^Final results^HL70123", "C^Record coming over is a "
		    "correction^HL70085", OBSERVATION_FINAL,
		    OBSERVATION_CORRECTED },
		{ "C^Corrected&x, final^HL70123", "F^^^X",
		    OBSERVATION_CORRECTED, OBSERVATION_FINAL },
		{ "F", "", OBSERVATION_FINAL, OBSERVATION_FINAL },
		{ "F", "\"\"", OBSERVATION_FINAL, OBSERVATION_FINAL },
		{ "\"\"", "F", OBSERVATION_UNKNOWN, OBSERVATION_FINAL },
		{ "F~P", "F~P", OBSERVATION_FINAL, OBSERVATION_FINAL },
		{ "unknown", "unknown", OBSERVATION_UNKNOWN,
		    OBSERVATION_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%sOBR|1||F|X|||||||||||||||||||||"
		    "%s\nOBX|1|ST|A||v||||||%s\n", MSH PID, row[i].obr_25,
		    row[i].obx_11);
		ok(parse_text(text) == ST_OK &&
		    panel(0)->status == row[i].order &&
		    observation(0, 0)->status == row[i].result,
		    "R21 OBR-25 \"%s\", OBX-11 \"%s\"", row[i].obr_25,
		    row[i].obx_11);
	}
}

/* Trailing fields left out one by one: what is there stays the same. */
static void
test_truncated(void)
{
	static const char obx[] = "OBX|1|NM|GLU^Glucose&x^L||5.10|mmol/L^^UCUM|"
	    "3.9-5.5|N~\"\"~H|||F|||20261121071000||9^DURAND&DE&x^PAUL||";
	char text[1024];
	bool good = true;

	for (size_t cut = sizeof(obx) - 1; obx[cut - 1] != 'F'; cut--) {
		snprintf(text, sizeof(text), "%s%.*s\n", MSH PID OBR, (int)cut,
		    obx);
		good = good && parse_text(text) == ST_OK &&
		    span_is(observation(0, 0)->value.number, "5.10") &&
		    observation(0, 0)->n_flags == 2 &&
		    observation(0, 0)->status == OBSERVATION_FINAL;
	}
	ok(good, "R21 trailing fields may be left out at any byte");
	(void)!parse_text(MSH PID OBR "OBX|1|NM|GLU^Glucose&x^L||5.10|\"\"|\"\"|"
	    "\"\"|||F|||\"\"||9^DURAND&DE&x^PAUL\n");
	ok(observation(0, 0)->unit.len == 0 && observation(0, 0)->n_flags == 0 &&
	    observation(0, 0)->range_text.len == 0 && span_is(
	    observation(0, 0)->effective.text, "2026-11-21T07:00:00+01:00") &&
	    span_is(panel(0)->validator.family, "DURAND"),
	    "R21 \"\" is nothing, subcomponents are told apart");
}

static void
test_parents(void)
{
	ok(parse_text(MSH PID
	    "OBR|1|P1|C1|CULT^Culture^L||||||||||||||||||||MB|F\n"
	    "OBX|1|CE|ORG^Germe^L|1|ECOLI^E. coli^L||||||F\n"
	    "OBX|2|CE|ORG^Germe^L|2|KPN^K. pneumoniae^L||||||F\n"
	    "OBR|2|P2|A1|ATB^Antibiogramme^L|||||||G||||||||||||||F|"
	    "ORG&Germe&L^2^K. pneumoniae|||P1&X^C1&Y\n"
	    "OBX|1|ST|AMX^Amoxicilline^L||R|||R|||F\n"
	    "OBR|3|P3|A2|ATB2^Autre^L|||||||||||||||||||||F||||^C1\n"
	    "OBX|1|ST|Y||y||||||F\n"
	    "OBR|4|P4|A3|ATB3^Perdu^L|||||||||||||||||||||F||||^NONE\n"
	    "OBX|1|ST|Y||y||||||F\n") == ST_OK, "R24 a culture and its children");
	ok(panel(1)->parent_panel == 0 && panel(1)->parent_observation == 1,
	    "R24 the second germ is the parent (OBR-26)");
	ok(panel(2)->parent_panel == 0 && panel(2)->parent_observation == -1,
	    "R24 only the panel is known (OBR-29)");
	ok(panel(3)->parent_panel == -1, "R24 a parent that is not here");
	ok(parse_text(MSH PID "OBR|1||C1|A\nOBX|1|ST|X||1||||||F\n"
	    "OBR|2||C1|B\nOBX|1|ST|X||2||||||F\n"
	    "OBR|3||A1|C||||||||||||||||||||||X|||^C1\n"
	    "OBX|1|ST|Y||y||||||F\n") == ST_OK &&
	    panel(2)->parent_panel == 1, "R24 the nearest of two");
	(void)!parse_text(MSH PID "OBR|1||F1|X||||||||||||||||||||MB|F\n" OBX
	    "OBR|2||F2|X\n" OBX);
	ok(report(0)->exams == (EXAMS_MICROBIOLOGY | EXAMS_OTHER), "R24 exams");
}

static void
test_several_patients(void)
{
	ok(parse_text(MSH PID OBR OBX
	    "PID|2||PAT2^^^LABO^PI||BERNARD^LUC\nOBR|1||FI2|X||||||||||||||||||"
	    "||||F\nOBX|1|ST|Y||y||||||F\nOBX|2|ST|Z||z||||||F\n") == ST_OK &&
	    parsed.n_reports == 2, "R24 two patients, two reports");
	ok(report(0)->panels[0].n_observations == 1 &&
	    report(1)->panels[0].n_observations == 2 &&
	    span_is(report(1)->patient_id, "PAT2") &&
	    span_is(report(1)->report_id, "FI2"), "R24 never mixed");
	ok(parse_text(MSH PID OBR OBX "PID|2||PAT2\n") == ST_INVALID &&
	    parsed.n_reports == 0, "R24 one bad patient refuses the message");
}

/* --- documents (R23) ----------------------------------------------------- */

static void
test_documents(void)
{
	static const struct {
		const char *claim, *obx;
	} row[] = {
		{ "as the standard says", "ED|PDF^Compte rendu||^application^pdf"
		    "^Base64^JVBERi0xLjQK" },
		{ "without a label", "ED|PDF^Compte rendu||^^^^JVBERi0xLjQK" },
		{ "wrapped", "ED|PDF^Compte rendu||^AP^PDF^Base64^JVBE\r\nRi0x\r\n"
		    "LjQK" },
		{ "wrapped from the start", "ED|PDF^Compte rendu||^AP^PDF^Base64^"
		    "\r\nJVBERi0xLjQK" },
		{ "with \\.br\\", "ED|PDF^Compte rendu||^AP^PDF^Base64^"
		    "JVBERi0x\\.br\\LjQK" },
		{ "not encoded at all", "ED|PDF^Compte rendu||^AP^PDF^A^"
		    "%PDF-1.4\\X0A\\" },
		{ "labelled as something else", "ED|PDF^Compte rendu||^TEXT^XML"
		    "^Base64^JVBERi0xLjQK" },
		{ "with carriage returns in hex", "ED|PDF^Compte rendu||^AP^PDF^"
		    "Base64^JVBE\\X0D0A\\Ri0x\\X0D\\LjQK" },
		{ "without padding", "ED|PDF^Compte rendu||^AP^PDF^Base64^"
		    "JVBERi0xLjQK" },
		{ "in hex", "ED|PDF^Compte rendu||^AP^PDF^Hex^"
		    "255044462d312e340a" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%sOBX|1|%s||||||F\n",
		    MSH PID OBR, row[i].obx);
		ok(parse_text(text) == ST_OK && report(0)->n_documents == 1 &&
		    span_is(report(0)->documents[0].bytes, "%PDF-1.4\n") &&
		    span_is(report(0)->documents[0].title, "Compte rendu") &&
		    !report(0)->documents[0].suspicious &&
		    panel(0)->n_observations == 0 &&
		    (report(0)->exams & EXAMS_DOCUMENT) != 0,
		    "R23 a PDF %s", row[i].claim);
	}
}

/* A metadata OBX is no document, whatever is broken in it. */
static void
test_broken_metadata(void)
{
	ok(parse_text(MSH PID OBR OBX "OBX|2|ED|CORPSMAIL_PATIENT^x^MetaDMPMSS||"
	    "^TEXT^HTML^Base64^PGh0b||||||F\n") == ST_OK &&
	    report(0)->n_documents == 0 && panel(0)->n_observations == 1,
	    "R23 broken base64 in a metadata OBX fails nothing");
	ok(parse_text(MSH PID OBR OBX "OBX|2|ED|IMG||^IM^JPEG^Base64^AAAAA"
	    "||||||F\n") == ST_OK && report(0)->n_documents == 0 &&
	    (parsed.warnings & WARN_ATTACHMENT) != 0,
	    "R23 a picture is left out with a warning");
}

/* Bytes of every value come through as they were. */
static void
test_bit_identical(void)
{
	static const char hex[] = "0123456789ABCDEF";
	static char text[2048];
	char *at = text + sprintf(text, "%s", MSH PID OBR
	    "OBX|1|ED|P||^AP^PDF^Hex^255044462D");
	bool good;

	for (unsigned i = 0; i < 256; i++) {
		*at++ = hex[i >> 4];
		*at++ = hex[i & 15];
		if (i % 32 == 31)
			at += sprintf(at, "\\.br\\");
	}
	(void)!strcpy(at, "||||||F\n");
	good = parse_text(text) == ST_OK && report(0)->n_documents == 1 &&
	    report(0)->documents[0].bytes.len == 5 + 256;
	for (unsigned i = 0; good && i < 256; i++)
		good = report(0)->documents[0].bytes.ptr[5 + i] == i;
	ok(good, "R23 bytes of every value come through");
}

static void
test_odd_documents(void)
{
	static char text[1024];

	ok(parse_text(MSH PID OBR OBX "OBX|2|ED|P||^^PDF^Base64^JVBERi0xLjQKL0pT"
	    "IA==||||||F\n") == ST_OK && report(0)->documents[0].suspicious &&
	    (parsed.warnings & WARN_SUSPICIOUS_PDF) != 0, "R23 with JavaScript");
	(void)!sprintf(text, "%sOBX|2|TX|P||JVBERi0xLjQK", MSH PID OBR);
	for (int i = 0; i < 100; i++)
		(void)!strcat(text, "QUJD");
	(void)!strcat(text, "||||||F\n");
	ok(parse_text(text) == ST_OK && report(0)->n_documents == 1 &&
	    report(0)->documents[0].bytes.len == 309, "R23 in a text type");
	ok(parse_text(MSH PID OBR OBX "OBX|2|ED|P||^^PDF^Base64^JVBERi0xLjQK"
	    "||||||W\n") == ST_OK && report(0)->n_documents == 0,
	    "R23 a document posted for the wrong patient is not even decoded");
	ok(parse_text(MSH PID OBR "OBX|1|ED|IMG||^IM^JPEG^Base64^/9j/4AAQ||||||"
	    "F\n") == ST_OK && report(0)->n_documents == 0,
	    "R23 what is no PDF is left out");
}

/* --- cards (R29) --------------------------------------------------------- */

static void
test_cards(void)
{
	static const struct {
		const char *claim, *paths, *text, *card;
	} row[] = {
		{ "in OBR-20", "OBR-20", PID "OBR|1||F|X||||||||||||||||"
		    "7K2M9QXW4T0|||||F\n" OBX, "7K2M9QXW4T" },
		{ "typed by hand", "OBR-20", PID "OBR|1||F|X||||||||||||||||"
		    "7k2m 9qxw-4to|||||F\n" OBX, "7K2M9QXW4T" },
		{ "mistyped", "OBR-20", PID "OBR|1||F|X||||||||||||||||"
		    "7K2M9QXW4T1|||||F\n" OBX, "" },
		{ "in ORC-2", "ORC-2", PID "ORC|RE|7K2M9QXW4T0\n" OBR OBX,
		    "7K2M9QXW4T" },
		{ "in PID-18", "PID-18", "PID|1||P1||A^B|||||||||||||"
		    "7K2M9QXW4T0\n" OBR OBX, "7K2M9QXW4T" },
		{ "in a Z segment", "ZPC-1", PID "ZPC|7K2M9QXW4T0\n" OBR OBX,
		    "7K2M9QXW4T" },
		{ "in a component", "OBR-20.2", PID "OBR|1||F|X||||||||||||||||"
		    "x^7K2M9QXW4T0|||||F\n" OBX, "7K2M9QXW4T" },
		{ "in PID-3 of another authority", "PID-3",
		    "PID|1||7K2M9QXW4T0^^^LABO||A^B\n" OBR OBX, "" },
		{ "the same twice", "PID-3",
		    "PID|1||7K2M9QXW4T0^^^GUICHET~7k2m9qxw4t0^^^GUICHET||A^B\n"
		    OBR OBX, "7K2M9QXW4T" },
		{ "where nobody looks", "ORC-2", PID "ZPC|7K2M9QXW4T0\n" OBR OBX,
		    "" },
		{ "a path that is none", "PID", PID OBR OBX, "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		source_init();
		memset(source.card_paths, 0, sizeof(source.card_paths));
		(void)!strcpy(source.card_paths[0], row[i].paths);
		snprintf(text, sizeof(text), "%s%s", MSH, row[i].text);
		ok(parse_text(text) == ST_OK && span_is(report(0)->card,
		    row[i].card), "R29 card %s", row[i].claim);
	}
	source_init();
	ok(parse_text(MSH "PID|1||7K2M9QXW4T0^^^GUICHET||A^B\n"
	    "OBR|1||F|X||||||||||||||||0123456789T|||||F\n" OBX) == ST_OK
	    && report(0)->release == RELEASE_QUARANTINE &&
	    report(0)->card.len == 0, "R29 two paths that disagree: quarantine");
	ok(parse_text(MSH "PID|1||7K2M9QXW4T0^^^GUICHET||A^B\n" OBR OBX
	    "PID|2||0123456789T^^^GUICHET||C^D\n" OBR OBX) == ST_OK &&
	    span_is(report(1)->card, "0123456789"),
	    "R29 two patients have two cards");
}

int
main(void)
{
	source_init();
	test_a_report();
	test_a_panel();
	test_defaults();
	test_nothing_national_gets_in();
	test_the_best_identifier();
	test_held_back();
	test_specimen();
	test_specimen_first();
	test_notes_everywhere();
	test_parents_since_2_8();
	test_confirmed();
	test_statuses();
	test_truncated();
	test_parents();
	test_several_patients();
	test_documents();
	test_broken_metadata();
	test_bit_identical();
	test_odd_documents();
	test_cards();
	arena_clear(&arena);
	return done_testing();
}
