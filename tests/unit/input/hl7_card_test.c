/* The pickup card's number: paths, patterns, check symbols, contradictions. */
#include "message.h"

#include "tap.h"

#define CARD "7K2M9QXW4T0"
#define CANONICAL "7K2M9QXW4T"

static const struct report *
report(void)
{
	return &parsed.reports[0];
}

static void
set_path(size_t i, const char *path)
{
	(void)!strcpy(source.card_paths[i], path);
}

static void
test_paths(void)
{
	static const struct {
		const char *path, *segments;
	} row[] = {
		{ "ZPC-1", "ZPC|" CARD "\n" OBR OBX },
		{ "ZPC-2.3", "ZPC|x|a^b^" CARD "\n" OBR OBX },
		{ "ZPC-2.3.2", "ZPC|x|a^b^c&" CARD "\n" OBR OBX },
		{ "ORC-2", "ORC|RE|" CARD "\n" OBR OBX },
		{ "PV1-50", "PV1|1|||||||||||||||||||||||||||||||||||||||||||||"
		    "||||" CARD "\n" OBR OBX },
		{ "OBR-18", "OBR|1||F|X||||||||||||||" CARD "\n" OBX },
		{ "OBR-18", "OBR|1||F|X||||||||||||||x~" CARD "\n" OBX },
		{ "OBX-5", OBR OBX "OBX|2|ST|CARTE||" CARD "||||||F\n" },
		{ "OBX-5", OBR OBX "OBX|2|ST|CARTE||7k2m-9qxw-4t0||||||F\n" },
	};
	char text[2048];

	for (size_t i = 0; i < COUNT(row); i++) {
		source_init();
		memset(source.card_paths, 0, sizeof(source.card_paths));
		set_path(0, row[i].path);
		snprintf(text, sizeof(text), "%s%s", MSH PID, row[i].segments);
		ok(parse_text(text) == ST_OK && span_is(report()->card,
		    CANONICAL), "R29 at %s", row[i].path);
	}
}

static void
test_patterns(void)
{
	static const struct {
		const char *pattern, *field, *card;
	} row[] = {
		{ "^CARTE:([0-9A-Z]+)$", "CARTE:" CARD, CANONICAL },
		{ "^CARTE:([0-9A-Z]+)$", CARD, "" },
		{ "CARTE:([0-9A-Z]+)", "a^b^CARTE:" CARD "^d", CANONICAL },
		{ "#([0-9A-Za-z -]+)#", "x#7k2m 9qxw-4t0#y", CANONICAL },
		{ "CARTE:([0-9A-Z]+)", "CARTE:7K2M9QXW4T1", "" },
		{ "C(A)?RD", "CRD", "" },
	};
	char text[2048];

	for (size_t i = 0; i < COUNT(row); i++) {
		source_init();
		set_path(0, "OBR-20");
		(void)!strcpy(source.card_pattern, row[i].pattern);
		snprintf(text, sizeof(text), MSH PID
		    "OBR|1||F|X||||||||||||||||%s|||||F\n" OBX, row[i].field);
		ok(parse_text(text) == ST_OK && span_is(report()->card,
		    row[i].card), "R29 %s in %s", row[i].pattern, row[i].field);
	}
}

static void
test_contradictions(void)
{
	source_init();
	ok(parse_text(MSH "PID|1||" CARD "^^^GUICHET||A^B\n"
	    "OBR|1||F|X||||||||||||||||0123456789T|||||F\n" OBX) == ST_OK &&
	    parsed.reply.code == HL7_AA &&
	    report()->release == RELEASE_QUARANTINE &&
	    report()->release_reason != NULL && report()->card.len == 0,
	    "R29 two different cards: quarantine, AA, to nobody's card");
	ok(parse_text(MSH "PID|1||" CARD "^^^GUICHET||A^B\n"
	    "OBR|1||F|X||||||||||||||||7k2m-9qxw-4to|||||F\n" OBX) == ST_OK &&
	    report()->release == RELEASE_DELIVER &&
	    span_is(report()->card, CANONICAL), "R29 one card, written twice");
	ok(parse_text(MSH PID OBR OBX) == ST_OK && report()->card.len == 0 &&
	    report()->release == RELEASE_DELIVER, "R29 none: the lab card");
	ok(parse_text(MSH "PID|1||7K2M9QXW4T1^^^GUICHET||A^B\n" OBR OBX) ==
	    ST_OK && report()->card.len == 0, "R29 a wrong check symbol");
}

int
main(void)
{
	test_paths();
	test_patterns();
	test_contradictions();
	arena_clear(&arena);
	return done_testing();
}
