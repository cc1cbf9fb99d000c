/* One message of every version from 2.1 to 2.9, in that version's own layout;
 * the answer's form goes by it too. */
#include "input/parse.h"

#include "message.h"
#include "tap.h"
#include "wire/hl7_ack.h"

struct sample {
	const char *version, *text;
	const char *type;	/* MSH-9 of the ACK */
	const char *collected;	/* the specimen's time, or the panel's */
	const char *specimen;	/* its type */
};

#define HEAD(type, version) \
	"MSH|^~\\&|SIL|LABO|GUICHET|BOX|20261121073000||" type "|M1|P|" version
#define STAMP "20261121072500"

static const struct sample samples[] = {
	/* 2.1: PN and TS with a degree, PID-3 with a check digit, OBR-15 */
	{ "2.1", HEAD("ORU", "2.1") "\n"
	    "PID|1||4711^5^M11||MARTIN^ZOE^^^MME||19790328000000^D|F\n"
	    "OBR|1|PL1^HOP|FI1^LABO|GLU^Glycemie^L|||202611210700^M||||||||"
	    "SNG&Sang^^^^|||||||" STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n",
	    "ACK", "2026-11-21T07:00:00+01:00", "SNG" },
	{ "2.2", HEAD("ORU^R01", "2.2") "\n"
	    "PID|1||4711^5^M11||MARTIN^ZOE^^^MME||19790328^D|F\n"
	    "ORC|RE|PL1^HOP|FI1^LABO\n"
	    "OBR|1|||GLU^Glycemie^L|||202611210700^M||||||||SNG&Sang|"
	    "|||||" "|" STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n",
	    "ACK", "2026-11-21T07:00:00+01:00", "SNG" },
	/* 2.3: XPN, timing in OBR-27, OBX-16, -17 */
	{ "2.3", HEAD("ORU^R01", "2.3") "\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "PV1|1|O\nORC|RE|PL1^HOP|FI1^LABO\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700||||||||SNG&Sang|||||||"
	    STAMP "||CH|F||^^^^^R\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F|||||9^ROUX|"
	    "^Photometrie\n", "ACK", "2026-11-21T07:00:00+01:00", "SNG" },
	{ "2.3.1", HEAD("ORU^R01", "2.3.1") "|||AL|NE\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "PD1|\nNTE|1||A jeun\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700||||||||SNG&Sang|||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"
	    "CTI|1\n", "ACK", "2026-11-21T07:00:00+01:00", "SNG" },
	/* 2.4: a message structure in MSH-9 */
	{ "2.4", HEAD("ORU^R01^ORU_R01", "2.4") "\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700||||||||SNG&Sang|||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\nFT1|1\n",
	    "ACK^R01^ACK", "2026-11-21T07:00:00+01:00", "SNG" },
	/* 2.5: SFT, TQ1, SPM */
	{ "2.5", HEAD("ORU^R01^ORU_R01", "2.5") "\nSFT|X|1|Y|2\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\nTQ1|1||||||||R\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	{ "2.5.1", HEAD("ORU^R01^ORU_R01", "2.5.1") "\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655^202611210656\n"
	    "OBX|1|ST|VOL^Volume^L||5 mL||||||F\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	{ "2.6", HEAD("ORU^R01^ORU_R01", "2.6") "|||||FRA|UNICODE UTF-8\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L^^UCUM|3.9-5.5|N|||F\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	/* 2.7: UAC, PRT, truncation in MSH-2, an OBX about the patient */
	{ "2.7", "MSH|^~\\&#|SIL|LABO|GUICHET|BOX|20261121073000||"
	    "ORU^R01^ORU_R01|M1|P|2.7\nUAC|KERB^\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "PRT|1|AD\nOBX|1|NM|8302-2^Taille^LN||170|cm|||||F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\nPRT|2|AD||PI\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"
	    "PRT|3|AD||RO|9^ROUX\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	{ "2.7.1", HEAD("ORU^R01^ORU_R01", "2.7.1^FRA&x") "\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	/* 2.8: OBX-21 to -29, the release category in OBX-26 */
	{ "2.8", HEAD("ORU^R01^ORU_R01", "2.8") "\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F||||||^Photometrie"
	    "||20261121071000||OBXID^L|T|LABO DU PONT^L|1 RUE X||SIMM|R|C|RSLT\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	{ "2.8.2", HEAD("ORU^R01^ORU_R01", "2.8.2") "\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
	/* 2.9: more fields and segments than any reader knows */
	{ "2.9", HEAD("ORU^R01^ORU_R01", "2.9")
	    "||||||||||||||x|y|z\nARV|1\nGSP|1|S\n"
	    "PID|1||4711^^^LABO^PI||MARTIN^ZOE^^^MME^^L||19790328|F\n"
	    "NK1|1|X\nGSR|1\nOH1|1\n"
	    "OBR|1|PL1|FI1|GLU^Glycemie^L|||202611210700|||||||||||||||"
	    STAMP "||CH|F\n"
	    "OBX|1|NM|GLU^Glucose^L||5.10|mmol/L|3.9-5.5|N|||F|||||||||||||||"
	    "SIMM||||||||x\n"
	    "SPM|1|^F9||SNG^Sang^L|||||||||||||202611210655\n",
	    "ACK^R01^ACK", "2026-11-21T06:55:00+01:00", "SNG" },
};

static bool
is_read(const struct sample *s)
{
	const struct report *r = parsed.reports;
	const struct panel *p = r->panels;

	return span_is(r->patient_id, "4711") &&
	    span_is(r->patient.name.family, "MARTIN") &&
	    span_is(r->patient.birth_date, "1979-03-28") &&
	    span_is(r->report_id, "FI1") && span_is(r->order, "PL1") &&
	    r->release == RELEASE_DELIVER && r->n_panels == 1 &&
	    r->version_ms == 1795242300000 && p->n_observations == 1 &&
	    span_is(p->observations[0].value.number, "5.10") &&
	    span_is(p->observations[0].unit, "mmol/L") &&
	    span_is(p->specimen.type.code, s->specimen) &&
	    span_is(p->specimen.collected.text, s->collected);
}

static bool
ack_has_type(const struct sample *s)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf out = buf_over(text, sizeof(text));
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "||%s|G1|P|", s->type);
	return hl7_ack_write(&parsed.head, &parsed.reply, span_of("G1"),
	    span_of("2026"), &out) == ST_OK &&
	    memmem(text, out.len, wanted, strlen(wanted)) != NULL;
}

int
main(void)
{
	source_init();
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];

		if (!ok(parse_text(s->text) == ST_OK && parsed.n_reports == 1,
		    "R15 a message of version %s is taken", s->version)) {
			printf("# %u %s\n", parsed.reply.error,
			    parsed.reply.text);
			continue;
		}
		ok(is_read(s), "R18 version %s is read in its own layout",
		    s->version);
		ok(ack_has_type(s), "R12 version %s is answered by %s",
		    s->version, s->type);
	}
	arena_clear(&arena);
	return done_testing();
}
