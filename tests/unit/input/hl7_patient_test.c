/* Which identifier tells patients apart, and when an INS is one. */
#include "message.h"

#include "tap.h"

#define NIR "279035121518989"
#define AUTHORITY "^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4."

/* PID with PID-3 and PID-32. */
static enum status
send(const char *pid_3, const char *reliability)
{
	char text[2048];

	snprintf(text, sizeof(text), MSH "PID|1||%s||MARTIN^ZOE^^^^^L||19790328"
	    "|F||||||||||||||||||||||||%s\n" OBR OBX, pid_3, reliability);
	return parse_text(text);
}

static bool
best_is(const char *id, const char *kind)
{
	return span_is(parsed.reports[0].patient_id, id) &&
	    span_is(parsed.reports[0].patient_id_kind, kind);
}

static void
test_ins(void)
{
	static const struct {
		const char *claim, *pid_3, *reliability, *id, *kind;
		bool warns;
	} row[] = {
		{ "validated, right key", NIR AUTHORITY "8&ISO^INS", "VALI", NIR,
		    "INS:1.2.250.1.213.1.4.8", false },
		{ "of a NIA", NIR AUTHORITY "9&ISO^INS", "VALI", NIR,
		    "INS:1.2.250.1.213.1.4.9", false },
		{ "one of several reliabilities", NIR AUTHORITY "8&ISO^INS",
		    "AL~VALI^x", NIR, "INS:1.2.250.1.213.1.4.8", false },
		{ "provisional", NIR AUTHORITY "8&ISO^INS", "PROV", "", "", true },
		{ "without PID-32", NIR AUTHORITY "8&ISO^INS", "", "", "", true },
		{ "a wrong key", "279035121518988" AUTHORITY "8&ISO^INS", "VALI",
		    "", "", true },
		{ "INS-C", "1234567890123456789012" AUTHORITY "2&ISO^INS-C",
		    "VALI", "", "", true },
		{ "type INS without an OID", NIR "^^^ASIP^INS", "VALI", "", "",
		    true },
		{ "beside a local number", NIR AUTHORITY "8&ISO^INS~77^^^L^PI",
		    "VALI", "77", "PI^L", false },
		{ "not validated, beside a local number", NIR AUTHORITY
		    "8&ISO^INS~77^^^L", "PROV", "77", "^L", true },
	};

	source_init();
	for (size_t i = 0; i < COUNT(row); i++)
		ok(send(row[i].pid_3, row[i].reliability) == ST_OK &&
		    best_is(row[i].id, row[i].kind) &&
		    ((parsed.warnings & WARN_INS) != 0) == row[i].warns,
		    "R28 an INS %s: %s", row[i].claim, row[i].id[0] == '\0'
		    ? "as if it were not there" : row[i].id);
}

static void
test_environments(void)
{
	static const struct {
		const char *oid;
		bool production, taken;
	} row[] = {
		{ "8", true, true }, { "9", true, true }, { "10", true, false },
		{ "11", true, false }, { "8", false, false },
		{ "9", false, false }, { "10", false, true },
		{ "11", false, true }, { "2", true, true }, { "2", false, true },
	};
	static const char *const reliability[] = { "VALI", "PROV" };

	for (size_t i = 0; i < 2 * COUNT(row); i++) {
		char pid_3[128];
		enum status st;

		source_init();
		source.production = row[i / 2].production;
		snprintf(pid_3, sizeof(pid_3), NIR AUTHORITY "%s&ISO^INS",
		    row[i / 2].oid);
		st = send(pid_3, reliability[i % 2]);
		ok(row[i / 2].taken ? st == ST_OK : st == ST_INVALID &&
		    parsed.reply.code == HL7_AE && parsed.reply.error == 103 &&
		    parsed.reply.field == 3, "R28 INS .%s (%s) in %s: %s",
		    row[i / 2].oid, reliability[i % 2],
		    source.production ? "production" : "a test",
		    row[i / 2].taken ? "taken" : "AE");
	}
}

static void
test_priority(void)
{
	static const struct {
		const char *list, *pid_3, *id;
	} row[] = {
		{ "PI, MR, PT", "1^^^A^MR~2^^^A^PI~3^^^A", "2" },
		{ "MR,PI", "1^^^A^MR~2^^^A^PI", "1" },
		{ "INS, PI", "2^^^A^PI~" NIR AUTHORITY "8&ISO^INS", NIR },
		{ "PI", NIR AUTHORITY "8&ISO^INS~2^^^A^XX", "2" },
		{ "PI", "9^^^A^NH~" NIR AUTHORITY "8&ISO^INS", NIR },
		{ "PI", "9^^^A^SS", "9" },
		{ "NH", "9^^^A^NH~2^^^A^PI", "9" },
		{ "PI", "7K2M9QXW4T0^^^GUICHET^PI~4", "4" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		source_init();
		(void)!strcpy(source.patient_identifiers, row[i].list);
		ok(send(row[i].pid_3, "VALI") == ST_OK && span_is(
		    parsed.reports[0].patient_id, row[i].id),
		    "R28 by %s: %s", row[i].list, row[i].id);
	}
}

int
main(void)
{
	test_ins();
	test_environments();
	test_priority();
	arena_clear(&arena);
	return done_testing();
}
