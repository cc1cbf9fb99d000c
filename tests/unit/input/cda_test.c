/* CDA documents inside ORU, as ANS transmits them: message.h's messages with
 * documents written here. */
#include "message.h"

#include <time.h>

#include "base/base64.h"
#include "tap.h"

enum {
	BASE64_MAX = 24000, ED_MAX = BASE64_MAX + 64, XML_MAX = 16000,
	TEXT_MAX = 60000
};

#define OID "1.2.250.1.999.1"
#define INS_OK "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
#define PI_OK "P1^^^LABO&" OID "&ISO^PI"
#define DOCUMENT_PDF "%PDF-1.4\nle compte rendu\n%%EOF\n"

/* What a document is made of. */
struct doc {
	const char *ids;	/* of the patient */
	const char *versions;	/* setId, versionNumber, relatedDocument */
	const char *component;
};

#define ID_INS "<id root='1.2.250.1.213.1.4.8' extension='279035121518989'/>"
#define ID_PI "<id root='" OID "' extension='P1'/>"
#define VERSION_1 "<setId root='1.2.3' extension='S1'/><versionNumber value='1'/>"
#define NON_XML "<nonXMLBody><text mediaType='application/pdf' " \
	"representation='B64'>%s</text></nonXMLBody>"

static char text[TEXT_MAX], xml[XML_MAX], encoded[BASE64_MAX];

static const char *
base64(const char *s, size_t len)
{
	struct buf out = buf_over(encoded, sizeof(encoded) - 1);

	if (base64_encode((struct span){ (const uint8_t *)s, len }, &out) !=
	    ST_OK)
		abort();
	encoded[out.len] = '\0';
	return encoded;
}

/* The document as base64 in `encoded`. */
static const char *
document(const struct doc *d)
{
	char component[XML_MAX / 2];
	const char *pdf = base64(DOCUMENT_PDF, strlen(DOCUMENT_PDF));

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(component, sizeof(component), d->component != NULL
	    ? d->component : NON_XML, pdf);
#pragma GCC diagnostic pop
	snprintf(xml, sizeof(xml), "<?xml version='1.0' encoding='UTF-8'?>\n"
	    "<ClinicalDocument xmlns='urn:hl7-org:v3' "
	    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
	    "<id root='1.2.3' extension='D1'/><title>Compte rendu</title>"
	    "<effectiveTime value='20261121070000+0100'/>"
	    "<languageCode code='fr-FR'/>%s<recordTarget><patientRole>%s"
	    "<patient><name><family qualifier='BR'>MARTIN</family></name>"
	    "</patient></patientRole></recordTarget><custodian>"
	    "<assignedCustodian><representedCustodianOrganization>"
	    "<name>Labo du Centre</name></representedCustodianOrganization>"
	    "</assignedCustodian></custodian><component>%s</component>"
	    "</ClinicalDocument>", d->versions, d->ids, component);
	return base64(xml, strlen(xml));
}

#define MSG_HEAD(pid_3) MSH "PID|1||" pid_3 "||MARTIN^ZOE^^^^^L||19790328|F" \
	"||||||||||||||||||||||||VALI\n"
#define MSG_ORDER "OBR|1|PL1|FI1|11502-2^CR d'examens biologiques^LN|||" \
	"20261121070000||||||||||||||||||F\n"

/* One ORU with the document, PID, ORC-1 and OBX-11 as given. */
static enum status
send(const char *head, const char *orc, const char *ed, const char *status,
    const char *more)
{
	snprintf(text, sizeof(text), "%s%s%s%s" MSG_ORDER "OBX|1|ED|11502-2^CR "
	    "BIO^LN||%s||||||%s\n%s", head, orc[0] == '\0' ? "" : "ORC|", orc,
	    orc[0] == '\0' ? "" : "|PL1|FI1\n", ed, status, more);
	return parse_text(text);
}

static const char *
ed_of(const struct doc *d)
{
	static char ed[ED_MAX];

	snprintf(ed, sizeof(ed), "^TEXT^XML^Base64^%s", document(d));
	return ed;
}

static const struct doc plain = { ID_INS ID_PI, VERSION_1, NULL };

static enum status
send_plain(const char *orc, const char *status, const char *more)
{
	return send(MSG_HEAD(INS_OK "~" PI_OK), orc, ed_of(&plain), status,
	    more);
}

static const struct report *
report(void)
{
	return &parsed.reports[0];
}

/* --- R30: the document ------------------------------------------------------- */

static void
test_a_document(void)
{
	const struct report *r;

	ok(send_plain("NW", "F", "") == ST_OK, "R30 a CDA in an ORU");
	r = report();
	ok(r->n_documents == 1 && span_is(r->documents[0].bytes, DOCUMENT_PDF),
	    "R30 its PDF is bit-identical");
	ok(span_is(r->documents[0].title, "Compte rendu"), "R30 its title");
	ok(span_is(r->report_id, "S1") && span_is(r->report_authority, "1.2.3"),
	    "R30 the report's key is the setId, not OBR-3");
	ok(r->version_number == 1 && r->is_whole, "R30 versionNumber");
	ok(span_is(r->language, "fr-FR") &&
	    span_is(r->organization, "Labo du Centre"),
	    "R30 language and laboratory");
	ok(r->release == RELEASE_DELIVER && r->status == BUNDLE_FINAL,
	    "R30 delivered");
	ok(span_is(r->patient_id, "P1"), "R28 the PI tells patients apart");
}

static void
test_labels(void)
{
	static const char *const labels[] = {
		"^TEXT^XML^Base64^", "TEXT^XML^Base64^", "^text^xml^base64^",
		"SIL^TEXT^XML^Base64^", "^AP^CDA^Base64^", "^^^^",
		"^application^XML^Base64^\\.br\\",
	};
	char ed[ED_MAX];

	for (size_t i = 0; i < COUNT(labels); i++) {
		snprintf(ed, sizeof(ed), "%s%s", labels[i], document(&plain));
		ok(send(MSG_HEAD(PI_OK), "NW", ed, "F", "") == ST_OK &&
		    report()->n_documents == 1, "R30 labelled %s", labels[i]);
	}
}

static void
test_broken_documents(void)
{
	static const struct {
		const char *claim, *xml;
		unsigned error;
	} row[] = {
		{ "not well-formed", "<ClinicalDocument>", 102 },
		{ "no CDA", "<?xml version='1.0'?><a/>", 102 },
		{ "a document type", "<!DOCTYPE a><a/>", 102 },
		{ "an external entity", "<?xml version='1.0'?><!DOCTYPE a "
		    "[<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
		    102 },
		{ "without a patient", "<?xml version='1.0'?><ClinicalDocument "
		    "xmlns='urn:hl7-org:v3'/>", 102 },
		{ "empty", "", 102 },
		{ "nothing in it", "<?xml version='1.0'?><ClinicalDocument "
		    "xmlns='urn:hl7-org:v3'><recordTarget><patientRole>" ID_PI
		    "</patientRole></recordTarget></ClinicalDocument>", 101 },
		{ "a PDF that is none", "<?xml version='1.0'?><ClinicalDocument "
		    "xmlns='urn:hl7-org:v3'><recordTarget><patientRole>" ID_PI
		    "</patientRole></recordTarget><component><nonXMLBody>"
		    "<text mediaType='application/pdf'>SGVsbG8=</text>"
		    "</nonXMLBody></component></ClinicalDocument>", 102 },
	};
	char ed[ED_MAX];

	for (size_t i = 0; i < COUNT(row); i++) {
		snprintf(ed, sizeof(ed), "^TEXT^XML^Base64^%s",
		    base64(row[i].xml, strlen(row[i].xml)));
		ok(send(MSG_HEAD(PI_OK), "NW", ed, "F", "") == ST_INVALID &&
		    parsed.reply.code == HL7_AE &&
		    parsed.reply.error == row[i].error &&
		    parsed.reply.text != NULL, "R30 AE: %s", row[i].claim);
	}
	ok(send(MSG_HEAD(PI_OK), "NW", "^TEXT^XML^Base64^****", "F", "") ==
	    ST_INVALID && parsed.reply.error == 102, "R30 AE: no base64");
}

static void
test_hidden(void)
{
	static const struct {
		const char *more;
		bool hidden;
	} row[] = {
		{ "OBX|2|CE|INVISIBLE_PATIENT^x^MetaDMPMSS||Y^Oui||||||F\n", true },
		{ "OBX|2|CE|INVISIBLE_PATIENT^x^MetaDMPMSS||N^Non||||||F\n", false },
		{ "OBX|2|CE|INVISIBLE_REP_LEGAUX^x^MetaDMPMSS||Y||||||F\n", true },
		{ "OBX|2|CE|INVISIBLE_PATIENT^x^MetaDMPMSS||||||||F\n", true },
		{ "OBX|2|CE|MASQUE_PS^x^MetaDMPMSS||Y||||||F\n", false },
		{ "OBX|2|CE|DESTMSSANTEPAT^x^MetaDMPMSS||Y||||||F\n", false },
		{ "OBX|2|CE|MODIF_CONF_CODE^x^MetaDMPMSS||Y||||||F\n"
		    "OBX|3|CE|INVISIBLE_PATIENT^x^MetaDMPMSS||N||||||F\n", false },
		{ "OBX|2|ED|CORPSMAIL_PATIENT^x^MetaDMPMSS||^TEXT^^Base64^QQ=*"
		    "||||||F\n", false },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(send_plain("NW", "F", row[i].more) == ST_OK &&
		    report()->release == (row[i].hidden ? RELEASE_WITHHOLD
		    : RELEASE_DELIVER) && ((report()->holds & HOLD_HIDDEN) != 0)
		    == row[i].hidden, "R30 %.40s: %s", row[i].more,
		    row[i].hidden ? "hidden, AA" : "shown");
}

static void
test_versions(void)
{
	static const struct doc later = { ID_PI,
	    "<setId root='1.2.3' extension='S1'/><versionNumber value='2'/>"
	    "<relatedDocument typeCode='RPLC'><parentDocument><id root='9.9' "
	    "extension='another'/></parentDocument></relatedDocument>", NULL };
	static const struct doc no_set = { ID_PI,
	    "<relatedDocument typeCode='RPLC'><parentDocument><id root='1.2.3' "
	    "extension='D0'/></parentDocument></relatedDocument>", NULL };
	static const struct doc bare = { ID_PI, "", NULL };
	static const struct doc rooted = { ID_PI, "<setId root='1.2.3.4'/>",
	    NULL };

	ok(send(MSG_HEAD(PI_OK), "RO", ed_of(&later), "C", "") == ST_OK &&
	    span_is(report()->report_id, "S1") &&
	    report()->version_number == 2 &&
	    report()->status == BUNDLE_CORRECTED,
	    "R30 a replacement is matched by setId, not by parentDocument");
	ok(send(MSG_HEAD(PI_OK), "RO", ed_of(&no_set), "C", "") == ST_OK &&
	    span_is(report()->report_id, "D0"),
	    "R30 without a setId by what it replaces");
	ok(send(MSG_HEAD(PI_OK), "NW", ed_of(&bare), "F", "") == ST_OK &&
	    span_is(report()->report_id, "FI1") &&
	    report()->version_number == 0, "R30 without either by OBR-3");
	ok(send(MSG_HEAD(PI_OK), "NW", ed_of(&rooted), "F", "") == ST_OK &&
	    span_is(report()->report_id, "1.2.3.4"), "R30 a setId of one OID");
	ok(send_plain("CA", "D", "") == ST_OK &&
	    report()->release == RELEASE_WITHDRAW &&
	    report()->n_documents == 0 && span_is(report()->report_id, "S1"),
	    "R30 a deletion names its setId and brings nothing");
}

static void
test_several_documents(void)
{
	static const struct doc other = { ID_PI,
	    "<setId root='1.2.3' extension='S2'/>", NULL };
	char more[ED_MAX + 64];

	snprintf(more, sizeof(more), "OBX|2|ED|x||%s||||||F\n", ed_of(&plain));
	ok(send_plain("NW", "F", more) == ST_OK && report()->n_documents == 2,
	    "R30 one document in two forms");
	snprintf(more, sizeof(more), "OBX|2|ED|x||%s||||||F\n", ed_of(&other));
	ok(send_plain("NW", "F", more) == ST_INVALID &&
	    parsed.reply.error == 198, "R30 two documents: AE");
}

/* --- R28: whose it is ---------------------------------------------------------- */

static void
test_whose(void)
{
	static const struct {
		const char *claim, *pid, *ids;
		bool same;
	} row[] = {
		{ "INS and PI", MSG_HEAD(INS_OK "~" PI_OK), ID_INS ID_PI, true },
		{ "only the PI in the document", MSG_HEAD(INS_OK "~" PI_OK),
		    ID_PI, true },
		{ "another PI", MSG_HEAD("P2^^^LABO&" OID "&ISO^PI"), ID_PI,
		    false },
		{ "the INS, and another PI", MSG_HEAD(INS_OK
		    "~P2^^^LABO&" OID "&ISO^PI"), ID_INS ID_PI, false },
		{ "another INS", MSG_HEAD(INS_OK "~" PI_OK), "<id root="
		    "'1.2.250.1.213.1.4.8' extension='277076322082910'/>" ID_PI,
		    false },
		{ "the INS of a test", MSG_HEAD(INS_OK "~" PI_OK), "<id root="
		    "'1.2.250.1.213.1.4.10' extension='279035121518989'/>" ID_PI,
		    false },
		{ "nothing in common", MSG_HEAD(PI_OK), ID_INS, false },
		{ "no id in the document", MSG_HEAD(PI_OK), "", false },
		{ "a PID-3 without OIDs", MSG_HEAD("P1^^^LABO^PI"), ID_PI, true },
		{ "another one without OIDs", MSG_HEAD("P2^^^LABO^PI"), ID_PI,
		    false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct doc d = { row[i].ids, VERSION_1, NULL };

		ok(send(row[i].pid, "NW", ed_of(&d), "F", "") == ST_OK &&
		    parsed.reply.code == HL7_AA && (report()->release ==
		    RELEASE_QUARANTINE) == !row[i].same &&
		    (row[i].same || report()->release_reason != NULL),
		    "R28 %s: %s", row[i].claim, row[i].same ? "delivered"
		    : "quarantine, AA");
	}
}

/* --- R33: ORC-1 and OBX-11 -------------------------------------------------------- */

static void
test_order_control(void)
{
	static const struct {
		const char *orc, *status;
		bool agrees;
	} row[] = {
		{ "NW", "F", true }, { "RO", "C", true }, { "CA", "D", true },
		{ "", "F", true }, { "NW", "C", false }, { "NW", "D", false },
		{ "RO", "F", false }, { "RO", "D", false }, { "CA", "F", false },
		{ "CA", "C", false }, { "SC", "F", false }, { "NW", "", false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		enum status st = send_plain(row[i].orc, row[i].status, "");

		ok(row[i].agrees ? st == ST_OK : st == ST_INVALID &&
		    parsed.reply.code == HL7_AE && parsed.reply.error == 103 &&
		    strcmp(parsed.reply.segment, "ORC") == 0,
		    "R33 ORC-1 %s with OBX-11 %s: %s", row[i].orc,
		    row[i].status, row[i].agrees ? "taken" : "AE");
	}
	source.legacy_orders = true;
	ok(send_plain("SC", "F", "") == ST_OK &&
	    report()->release == RELEASE_DELIVER,
	    "R33 a legacy source: ORC-1 says nothing");
	ok(send_plain("CA", "F", "") == ST_OK &&
	    report()->release == RELEASE_DELIVER, "R33 not even CA");
	ok(send_plain("SC", "D", "") == ST_OK &&
	    report()->release == RELEASE_WITHDRAW, "R33 OBX-11 D withdraws");
	source.legacy_orders = false;
	ok(parse_text(MSH PID "ORC|SC|PL1|FI1\n" OBR OBX) == ST_OK,
	    "R33 without a document ORC-1 is free");
}

/* --- structured results ------------------------------------------------------------- */

#define SECTION(code, inside) "<component><section><code code='" code "' " \
	"codeSystem='2.16.840.1.113883.6.1'/><title>Titre</title><text>" \
	"<paragraph ID='p1'>H\xc3\xa9moglobine <br/> sang</paragraph>" \
	"<paragraph ID='p2'>contr\xc3\xb4l\xc3\xa9</paragraph></text><entry>" \
	"<act><entryRelationship typeCode='COMP'>" inside \
	"</entryRelationship></act></entry></section></component>"
#define BATTERY(inside) "<organizer classCode='BATTERY'>" \
	"<code code='58410-2' codeSystem='2.16.840.1.113883.6.1' " \
	"displayName='NFS'/><statusCode code='completed'/><effectiveTime " \
	"value='202611210645'/><specimen><specimenRole><id root='1.2' " \
	"extension='T77'/><specimenPlayingEntity><code code='BLD' " \
	"displayName='Sang'/></specimenPlayingEntity></specimenRole>" \
	"</specimen>" inside "</organizer>"
#define RESULT(status, inside) "<component><observation classCode='OBS'>" \
	"<code code='718-7' codeSystem='2.16.840.1.113883.6.1'>" \
	"<originalText><reference value='#p1'/></originalText></code>" \
	"<statusCode code='" status "'/>" inside "</observation></component>"
#define BODY(inside) "<structuredBody>" inside "</structuredBody>"

static const struct observation *
first_result(const char *component, const char *status)
{
	struct doc d = { ID_PI, VERSION_1, component };
	const struct report *r;

	if (send(MSG_HEAD(PI_OK), "", ed_of(&d), status, "") != ST_OK)
		return NULL;
	r = report();
	if (r->n_panels < 2 || r->panels[1].n_observations == 0)
		return NULL;
	return &r->panels[1].observations[0];
}

static void
test_a_result(void)
{
	const struct observation *o = first_result(BODY(SECTION("18723-7",
	    BATTERY(RESULT("completed",
	    "<value xsi:type='PQ' value='11.90' unit='g/dL'/>"
	    "<interpretationCode code='L'/><referenceRange><observationRange>"
	    "<value xsi:type='IVL_PQ'><low value='12.0' unit='g/dL'/>"
	    "<high value='16' unit='g/dL'/></value></observationRange>"
	    "</referenceRange><entryRelationship typeCode='SUBJ'><act>"
	    "<code code='48767-8'/><text><reference value='#p2'/></text></act>"
	    "</entryRelationship><entryRelationship typeCode='REFR'>"
	    "<observation classCode='OBS'><code code='718-7'/><value "
	    "xsi:type='PQ' value='10'/></observation></entryRelationship>")))),
	    "F");
	const struct panel *p;

	ok(o != NULL, "R30 a structured result");
	if (o == NULL)
		return;
	p = &report()->panels[1];
	ok(span_is(o->code.code, "718-7") &&
	    span_is(o->code.system, "http://loinc.org") &&
	    span_is(o->code.text, "H\xc3\xa9moglobine sang"),
	    "R30 its code, and the words it points at");
	ok(o->value.kind == VALUE_QUANTITY && span_is(o->value.number, "11.90")
	    && span_is(o->unit, "g/dL") && span_is(o->unit_ucum, "g/dL"),
	    "R30 its value as printed");
	ok(span_is(o->range_text, "12.0 - 16") && span_is(o->range_low, "12.0")
	    && o->n_flags == 1 && span_is(o->flags[0].code, "L"),
	    "R30 range and flag");
	ok(o->n_notes == 1 && span_is(o->notes[0].text,
	    "contr\xc3\xb4l\xc3\xa9"), "R30 a comment");
	ok(p->n_observations == 1, "R30 an earlier result is none of this one");
	ok(span_is(p->code.display, "NFS") && span_is(p->section, "HM") &&
	    span_is(p->specimen.identifier, "T77") && span_is(
	    p->effective.text, "2026-11-21T06:45:00+01:00"), "R30 its panel");
	ok(o->release == RELEASE_DELIVER && o->status == OBSERVATION_FINAL &&
	    (report()->exams & EXAMS_HEMATOLOGY) != 0, "R30 delivered");
	ok(report()->is_whole, "R30 without a PDF it is the whole report, too");
}

static void
test_values(void)
{
	static const struct {
		const char *claim, *value;
		enum value_kind kind;
		const char *a, *b;
	} row[] = {
		{ "IVL_PQ", "<value xsi:type='IVL_PQ'><low value='1' unit='g'/>"
		    "<high value='2' unit='g'/></value>", VALUE_RANGE, "1", "2" },
		{ "a lower bound", "<value xsi:type='IVL_PQ'><low value='5' "
		    "inclusive='false'/></value>", VALUE_QUANTITY, "5", "" },
		{ "INT", "<value xsi:type='INT' value='7'/>", VALUE_QUANTITY,
		    "7", "" },
		{ "a number that is none", "<value xsi:type='PQ' value='1e'/>",
		    VALUE_TEXT, "1e", "" },
		{ "ST", "<value xsi:type='ST'>n\xc3\xa9gatif</value>", VALUE_TEXT,
		    "n\xc3\xa9gatif", "" },
		{ "ED by reference", "<value xsi:type='ED'><reference "
		    "value='#p2'/></value>", VALUE_TEXT,
		    "contr\xc3\xb4l\xc3\xa9", "" },
		{ "BL", "<value xsi:type='BL' value='true'/>", VALUE_TEXT, "true",
		    "" },
		{ "CD", "<value xsi:type='CD' code='POS' displayName='Positif'/>",
		    VALUE_CODED, "POS", "" },
		{ "RTO", "<value xsi:type='RTO'><numerator value='1'/>"
		    "<denominator value='64'/></value>", VALUE_RATIO, "1", "64" },
		{ "TS", "<value xsi:type='TS' value='20261101'/>",
		    VALUE_DATE_TIME, "2026-11-01", "" },
		{ "IVL_TS", "<value xsi:type='IVL_TS'><low value='20261101'/>"
		    "<high value='20261102'/></value>", VALUE_PERIOD,
		    "2026-11-01", "2026-11-02" },
		{ "nullFlavor", "<value xsi:type='PQ' nullFlavor='UNK'/>",
		    VALUE_ABSENT, "", "" },
		{ "none", "", VALUE_ABSENT, "", "" },
		{ "a type nobody knows", "<value xsi:type='XX'>x</value>",
		    VALUE_TEXT, "x", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char body[4096];
		const struct observation *o;
		struct span a, b;

		snprintf(body, sizeof(body), BODY(SECTION("18719-5",
		    BATTERY(RESULT("completed", "%s")))), row[i].value);
		o = first_result(body, "F");
		a = o == NULL ? span_of("?") : o->value.kind == VALUE_CODED
		    ? o->value.coded.code : o->value.number.len > 0
		    ? o->value.number : o->value.text;
		b = o == NULL ? span_of("?") : o->value.number2.len > 0
		    ? o->value.number2 : o->value.text2;
		ok(o != NULL && o->value.kind == row[i].kind &&
		    span_is(a, row[i].a) && span_is(b, row[i].b),
		    "R30 value: %s", row[i].claim);
	}
}

static void
test_result_releases(void)
{
	static const struct {
		const char *claim, *body, *status;
		enum release release;
	} row[] = {
		{ "completed", BODY(SECTION("18719-5", BATTERY(RESULT(
		    "completed", "")))), "F", RELEASE_DELIVER },
		{ "active: preliminary", BODY(SECTION("18719-5", BATTERY(RESULT(
		    "active", "")))), "F", RELEASE_WITHHOLD },
		{ "a molecular section: genetics", BODY(SECTION("26435-8",
		    BATTERY(RESULT("completed", "")))), "F", RELEASE_WITHHOLD },
		{ "HLA: genetics", BODY(SECTION("18724-5", BATTERY(RESULT(
		    "completed", "")))), "F", RELEASE_WITHHOLD },
		{ "held for medical review", BODY(SECTION("18719-5", BATTERY(
		    RESULT("completed", "<interpretationCode code='HM'/>")))),
		    "F", RELEASE_WITHHOLD },
		{ "posted for the wrong patient", BODY(SECTION("18719-5",
		    BATTERY(RESULT("completed", "")))), "W", RELEASE_INCIDENT },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct doc d = { ID_PI, VERSION_1, row[i].body };

		ok(send(MSG_HEAD(PI_OK), "", ed_of(&d), row[i].status, "") ==
		    ST_OK && report()->release == row[i].release,
		    "R30 %s", row[i].claim);
	}
	ok(first_result(BODY(SECTION("10154-3", BATTERY(RESULT("completed",
	    "")))), "F") == NULL && parsed.reply.error == 101,
	    "R30 an observation outside of laboratory sections is no result");
}

/* --- R27: as many as a sender likes ------------------------------------------- */

enum { MANY = 30000, MANY_DEEP = 100, MANY_BYTES = 4 << 20 };

static char *
repeated(char *at, const char *piece, size_t times)
{
	for (; times-- > 0; at += strlen(piece))
		memcpy(at, piece, strlen(piece) + 1);
	return at;
}

/* `around` `deep` times inside each other, with `junk` in it before `inside`;
 * `n` times `one` in the innermost. */
struct many {
	const char *claim, *around, *junk, *inside, *end, *one;
	size_t deep, n_junk, n;
};

static char *
write_many(const struct many *m, char *at)
{
	at = repeated(at, "<ClinicalDocument xmlns='urn:hl7-org:v3'>"
	    "<recordTarget><patientRole>" ID_PI "</patientRole></recordTarget>"
	    "<component><structuredBody><component>", 1);
	for (size_t i = 0; i < m->deep; i++) {
		at = repeated(at, m->around, 1);
		at = repeated(at, m->junk, m->n_junk);
		at = repeated(at, m->inside, 1);
	}
	at = repeated(at, m->one, m->n);
	at = repeated(at, m->end, m->deep);
	return repeated(at, "</component></structuredBody></component>"
	    "</ClinicalDocument>", 1);
}

/* ST_OK or refused, but not for want of memory: it was all looked at. */
static bool
is_parsed(struct span message, double *seconds)
{
	clock_t start = clock();
	enum status st;

	arena_clear(&arena);
	arena_init(&arena, 96 << 20);
	st = parse_frame(message, &source, NOW_MS, &arena, &parsed);
	*seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	return st == ST_OK || (st == ST_INVALID && parsed.reply.error == 101);
}

static void
test_many(void)
{
	static const struct many row[] = {
		{ "templateIds and observations", "<section><entry><act>",
		    "<templateId/>", "", "</act></entry></section>",
		    "<observation/>", 1, MANY, MANY },
		{ "elements before the codes of sections", "<section>",
		    "<x/>", "<code code='1'/>", "</section>",
		    "<section><observation/></section>", MANY_DEEP, 1000,
		    MANY },
	};
	char *document = malloc(MANY_BYTES), *message = malloc(2 * MANY_BYTES);

	for (size_t i = 0; i < COUNT(row); i++) {
		size_t len = (size_t)(write_many(&row[i], document) - document);
		struct buf out;
		double took;
		bool parsed_it;

		strcpy(message, MSG_HEAD(PI_OK) MSG_ORDER "OBX|1|ED|11502-2^"
		    "CR^LN||^TEXT^XML^Base64^");
		for (char *p = message; *p != '\0'; p++)
			*p = *p == '\n' ? '\r' : *p;
		out = buf_over((uint8_t *)message, 2 * MANY_BYTES);
		out.len = strlen(message);
		ok(base64_encode((struct span){ (uint8_t *)document, len },
		    &out) == ST_OK && buf_append_text(&out, "||||||F\r") ==
		    ST_OK, "a document of %zu bytes", len);
		parsed_it = is_parsed(buf_span(&out), &took);
		ok(parsed_it && took < 4,
		    "R27 %zu %s in a CDA document: %.2f s", row[i].n,
		    row[i].claim, took);
	}
	free(document);
	free(message);
}

int
main(void)
{
	source_init();
	test_a_document();
	test_labels();
	test_broken_documents();
	test_hidden();
	test_versions();
	test_several_documents();
	test_whose();
	test_order_control();
	test_a_result();
	test_values();
	test_result_releases();
	test_many();
	arena_clear(&arena);
	return done_testing();
}
