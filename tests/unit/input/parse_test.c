#include "input/parse.h"

#include <time.h>

#include "message.h"
#include "tap.h"

static const char good[] = MSH PID OBR OBX;

/* --- what is refused, and how -------------------------------------------- */

static void
test_refusals(void)
{
	static const struct {
		const char *claim, *text;
		enum hl7_ack_code code;
		unsigned error;
		const char *segment;
		unsigned field;
	} row[] = {
		{ "another message type",
		    "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\n" PID,
		    HL7_AR, 200, "MSH", 9 },
		{ "another event",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R30|1|P|2.5\n" PID OBR OBX,
		    HL7_AR, 201, "MSH", 9 },
		{ "a test message in production",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|T|2.5\n" PID OBR OBX,
		    HL7_AR, 202, "MSH", 11 },
		{ "a debugging message in production",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|D^T|2.5\n" PID OBR OBX,
		    HL7_AR, 202, "MSH", 11 },
		{ "an unknown processing id",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|Q|2.5\n" PID OBR OBX,
		    HL7_AR, 202, "MSH", 11 },
		{ "HL7 v3",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|3.0\n" PID OBR OBX,
		    HL7_AR, 203, "MSH", 12 },
		{ "a version that is none",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.51\n" PID OBR OBX,
		    HL7_AR, 203, "MSH", 12 },
		{ "U+02DC for a delimiter ",
		    "MSH|^\xcb\x9c\\&|A|B|C|D|2026||ORU^R01|1|P|2.5\n" PID,
		    HL7_AR, 102, "MSH", 2 },
		{ "a delimiter twice",
		    "MSH|^~\\^|A|B|C|D|2026||ORU^R01|1|P|2.5\n" PID OBR OBX,
		    HL7_AR, 102, "MSH", 2 },
		{ "no control id",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01||P|2.5\n" PID OBR OBX,
		    HL7_AR, 101, "MSH", 10 },
		{ "a control id that could break the ACK",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1\x1c|P|2.5\n" PID OBR OBX,
		    HL7_AR, 102, "MSH", 10 },
		{ "an unknown character set that is used",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5||||||BIG-5\n"
		    PID OBR OBX "NTE|1||\xe9\n", HL7_AE, 103, "MSH", 18 },
		{ "no PID", MSH OBR OBX, HL7_AE, 101, "PID", 0 },
		{ "nothing but MSH", MSH, HL7_AE, 101, "PID", 0 },
		{ "no OBR", MSH PID, HL7_AE, 101, "OBR", 0 },
		{ "no OBX", MSH PID OBR, HL7_AE, 101, "OBX", 0 },
		{ "an empty OBX", MSH PID OBR "OBX|1|ST\n",
		    HL7_AE, 101, "OBX", 0 },
		{ "an OBX before the first OBR", MSH PID OBX OBR OBX,
		    HL7_AE, 100, "OBX", 0 },
		{ "results before the PID", MSH OBR OBX PID OBR OBX,
		    HL7_AE, 100, "PID", 0 },
		{ "a patient without id and name", MSH "PID|1\n" OBR OBX,
		    HL7_AE, 101, "PID", 3 },
		{ "a PDF that is none", MSH PID OBR
		    "OBX|1|ED|PDF||^application^pdf^Base64^SGVsbG8=||||||F\n",
		    HL7_AE, 102, "OBX", 5 },
		{ "a PDF in broken base64", MSH PID OBR OBX
		    "OBX|2|ED|PDF||^AP^PDF^Base64^JVBERi0xLjQK*||||||F\n",
		    HL7_AE, 102, "OBX", 5 },
		{ "two messages in one frame", MSH PID OBR OBX MSH PID OBR OBX,
		    HL7_AR, 198, "MSH", 10 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		enum status st = parse_text(row[i].text);
		const struct hl7_ack_reply *r = &parsed.reply;

		ok(st == ST_INVALID && parsed.answer && !parsed.ignored &&
		    parsed.n_reports == 0 && r->code == row[i].code &&
		    r->error == row[i].error &&
		    strcmp(r->segment, row[i].segment) == 0 &&
		    r->field == row[i].field && r->text != NULL,
		    "R15 %s: %u %s-%u", row[i].claim, r->error, r->segment,
		    r->field);
	}
}

/* Test messages, on the two kinds of source. */
static void
test_processing_ids(void)
{
	static const struct {
		const char *id;
		bool in_production, in_test;
	} row[] = {
		{ "P", true, true }, { "", true, true }, { "\"\"", true, true },
		{ "T", false, true }, { "D", false, true }, { "N", false, true },
		{ "V", false, true }, { "P^T", true, true }, { "T^A", false, true },
		{ "p", false, false }, { "X", false, false },
		{ "PT", false, false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[512];
		bool taken[2];

		snprintf(text, sizeof(text), "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|"
		    "%s|2.5\n" PID OBR OBX, row[i].id);
		for (int production = 0; production < 2; production++) {
			source.production = production != 0;
			taken[production] = parse_text(text) == ST_OK;
			if (!taken[production] && parsed.reply.error != 202)
				taken[production] = !row[i].in_test;
		}
		ok(taken[1] == row[i].in_production &&
		    taken[0] == row[i].in_test,
		    "R15 MSH-11 \"%s\": %s in production", row[i].id,
		    row[i].in_production ? "taken" : "AR 202");
	}
	source.production = true;
}

static void
test_version_ids(void)
{
	static const struct {
		const char *version;
		bool taken;
	} row[] = {
		{ "", true }, { "2.1", true }, { "2.2", true }, { "2.3", true },
		{ "2.3.1", true }, { "2.4", true }, { "2.5", true },
		{ "2.5.1", true }, { "2.6", true }, { "2.7", true },
		{ "2.7.1", true }, { "2.8", true }, { "2.8.1", true },
		{ "2.8.2", true }, { "2.9", true }, { "2.9.1", true },
		{ " 2.5 ", true }, { "2.5^FRA^2.9", true },
		{ "2", false }, { "2.", false }, { "2.0", false },
		{ "3", false }, { "2.10", false }, { "V2.5", false },
		{ "2,5", false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[512];
		enum status st;

		snprintf(text, sizeof(text), "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|"
		    "P|%s\n" PID OBR OBX, row[i].version);
		st = parse_text(text);
		ok(row[i].taken ? st == ST_OK : st == ST_INVALID &&
		    parsed.reply.code == HL7_AR && parsed.reply.error == 203,
		    "R15 MSH-12 \"%s\": %s", row[i].version,
		    row[i].taken ? "taken" : "AR 203");
	}
}

/* Whatever is wrong, no word of the message but its head comes back. */
static void
test_no_word_comes_back(void)
{
	static const char *const texts[] = {
		MSH "PID|1||SECRET||SECRET^SECRET||SECRET\n" OBR
		    "OBX|1|ED|SECRET||^^PDF^Base64^SECRET||||||F\n",
		MSH "PID|1||||^SECRET||SECRET\n" OBR OBX,
		MSH "OBR|1||SECRET|SECRET\nOBX|1|ST|SECRET||SECRET\n",
		MSH "PID|1||SECRET||SECRET\nOBX|1|ST|SECRET||SECRET\n",
		MSH "PID|1||SECRET||SECRET\nOBR|1||SECRET|SECRET\n",
		"MSH|^~\\&|A|B|C|D|SECRET||SECRET^SECRET|1|P|2.5||||||||SECRET\n"
		    "PID|1||SECRET||SECRET\n",
		"MSH|^~\\&|A|B|C|D|SECRET||ORU^R01|1|SECRET^x|2.5\nPID|SECRET\n",
		MSH "PID|1||SECRET||SECRET\n" OBR OBX MSH "PID|SECRET\n",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		uint8_t text[HL7_ACK_MAX];
		struct buf out = buf_over(text, sizeof(text));
		struct span id;

		ok(parse_text(texts[i]) == ST_INVALID &&
		    hl7_ack_write(&parsed.head, &parsed.reply, span_of("G1"),
		    span_of("2026"), &out) == ST_OK, "R15 refusal %zu", i);
		id = parsed.head.processing_id;	/* mirrored, as MSH-11 is */
		ok(memmem(text, out.len, "SECRET", 6) == NULL ||
		    memmem(id.ptr, id.len, "SECRET", 6) != NULL,
		    "R15 refusal %zu has no word of the message", i);
	}
}

static void
test_no_answer(void)
{
	static const struct {
		const char *claim, *text;
		bool ignored;
	} row[] = {
		{ "nothing", "", false },
		{ "no MSH", PID OBR OBX, false },
		{ "an unusable MSH-1", "MSHA^~\\&A\n", false },
		{ "an ACK that came in", "MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.5\n"
		    "MSA|AA|1\n", true },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(parse_text(row[i].text) == ST_INVALID && !parsed.answer &&
		    parsed.ignored == row[i].ignored, "R15 no answer: %s",
		    row[i].claim);
}

static void
test_where_the_fault_is(void)
{
	ok(parse_text(MSH PID OBR OBX OBX
	    "OBX|3|ED|PDF||^^PDF^Base64^xx||||||F\n") == ST_INVALID &&
	    parsed.reply.sequence == 3, "R15 the third OBX");
	ok(parse_text(MSH PID OBR OBX "OBX|2|ED|D||^IM^JPEG^Base64^/9j/||||||F\n")
	    == ST_OK && (parsed.warnings & WARN_ATTACHMENT) != 0,
	    "R15 an attachment that says it is no PDF is left out (lis.md 2.2)");
}

static void
test_accepted(void)
{
	static const struct {
		const char *claim, *text;
	} row[] = {
		{ "the usual", MSH PID OBR OBX },
		{ "event left out",
		    "MSH|^~\\&|A|B|C|D|2026||ORU|1|P|2.3\n" PID OBR OBX },
		{ "version left out",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1\n" PID OBR OBX },
		{ "version 2.8.2 and more in MSH-12",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.8.2^FRA\n"
		    PID OBR OBX },
		{ "2.8 with an OBX about the patient",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.8\n"
		    PID OBX OBR OBX },
		{ "five delimiters",
		    "MSH|^~\\&#|A|B|C|D|2026||ORU^R01|1|P|2.7\n" PID OBR OBX },
		{ "three delimiters",
		    "MSH|^~\\|A|B|C|D|2026||ORU^R01|1|P|2.1\n" PID OBR OBX },
		{ "an unknown character set, but plain ASCII",
		    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5||||||BIG-5\n"
		    PID OBR OBX },
		{ "segments of other versions and Z segments", MSH
		    "SFT|x\nUAC|y\n" PID "PD1|\nPV1|1|O\n" OBR "TQ1|1\n" OBX
		    "CTI|1\nZZZ|1\n" },
		{ "a batch around it", "FHS|^~\\&|x\nBHS|^~\\&|x\n"
		    MSH PID OBR OBX "BTS|1\nFTS|1\n" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(parse_text(row[i].text) == ST_OK && parsed.answer &&
		    parsed.reply.code == HL7_AA && parsed.reply.error == 0 &&
		    parsed.n_reports == 1, "R15 accepted: %s", row[i].claim);
	source.production = false;
	ok(parse_text("MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|T|2.5\n" PID OBR OBX)
	    == ST_OK, "R15 a test message on a test source");
	source.production = true;
}

/* --- the acknowledgement modes (R11) ------------------------------------- */

static void
test_modes(void)
{
	static const struct {
		const char *accept, *application;
		enum ack_mode mode;
		int good, bad;	/* enum hl7_ack_code; -1: no answer */
	} row[] = {
		{ "", "", ACK_AUTO, HL7_AA, HL7_AE },
		{ "AL", "", ACK_AUTO, HL7_CA, HL7_CE },
		{ "AL", "NE", ACK_AUTO, HL7_CA, HL7_CE },
		{ "NE", "AL", ACK_AUTO, HL7_AA, HL7_AE },
		{ "", "AL", ACK_AUTO, HL7_AA, HL7_AE },
		{ "AL", "AL", ACK_AUTO, HL7_AA, HL7_AE },
		{ "NE", "NE", ACK_AUTO, -1, -1 },
		{ "ER", "NE", ACK_AUTO, -1, HL7_CE },
		{ "SU", "NE", ACK_AUTO, HL7_CA, -1 },
		{ "NE", "ER", ACK_AUTO, -1, HL7_AE },
		{ "AL", "ER", ACK_AUTO, HL7_CA, HL7_AE },
		{ "", "NE", ACK_AUTO, -1, -1 },
		{ "AL", "AL", ACK_ORIGINAL, HL7_AA, HL7_AE },
		{ "NE", "NE", ACK_ORIGINAL, HL7_AA, HL7_AE },
		{ "AL", "AL", ACK_ENHANCED_ACCEPT_ONLY, HL7_CA, HL7_CE },
		{ "", "AL", ACK_ENHANCED_ACCEPT_ONLY, HL7_CA, HL7_CE },
		{ "", "", ACK_ENHANCED_ACCEPT_ONLY, HL7_AA, HL7_AE },
		{ "NE", "AL", ACK_ENHANCED_ACCEPT_ONLY, -1, -1 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];
		int seen[2];

		source.ack_mode = row[i].mode;
		for (int bad = 0; bad < 2; bad++) {
			snprintf(text, sizeof(text), "MSH|^~\\&|A|B|C|D|2026||"
			    "ORU^R01|1|P|2.5|||%s|%s\n%s", row[i].accept,
			    row[i].application, bad ? PID : PID OBR OBX);
			seen[bad] = parse_text(text) == (bad ? ST_INVALID
			    : ST_OK) ? parsed.answer ? (int)parsed.reply.code
			    : -1 : -2;
			if (bad && seen[1] == -1 && !parsed.ignored)
				seen[1] = -3;
		}
		ok(seen[0] == row[i].good && seen[1] == row[i].bad,
		    "R11 MSH-15 \"%s\", MSH-16 \"%s\", mode %d", row[i].accept,
		    row[i].application, row[i].mode);
	}
	source.ack_mode = ACK_AUTO;
}

/* --- what the ACK mirrors ------------------------------------------------ */

static void
test_head(void)
{
	ok(parse_text("MSH|^~\\&#|S^1|F|R|G|2026||ORU^R01| \\T\\ 7 |P^T|2.7|||"
	    "||FRA|8859/1\n" PID OBR OBX) == ST_OK &&
	    span_is(parsed.head.control_id, " \\T\\ 7 "),
	    "R12 MSH-10 verbatim");
	ok(parsed.head.field_separator == '|' &&
	    span_is(parsed.head.encoding, "^~\\&#") &&
	    span_is(parsed.head.sending_application, "S^1") &&
	    span_is(parsed.head.sending_facility, "F") &&
	    span_is(parsed.head.receiving_application, "R") &&
	    span_is(parsed.head.receiving_facility, "G") &&
	    span_is(parsed.head.processing_id, "P^T") &&
	    span_is(parsed.head.version, "2.7") &&
	    span_is(parsed.head.country, "FRA") &&
	    span_is(parsed.head.charset, "8859/1"), "R12 the other fields");
	ok(parse_text("MSH|^^|A|B|C|D|2026||ORU^R01|77|P|2.5\n") == ST_INVALID
	    && span_is(parsed.head.control_id, "77") &&
	    parsed.head.encoding.len == 0,
	    "R12 also where MSH-2 cannot be used");
}

/* --- keys (R14) ---------------------------------------------------------- */

static void
test_keys(void)
{
	uint8_t key[32], digest[32];

	(void)!parse_text(good);
	memcpy(key, parsed.key, 32);
	memcpy(digest, parsed.digest, 32);
	ok(parse_text(good) == ST_OK && memcmp(key, parsed.key, 32) == 0 &&
	    memcmp(digest, parsed.digest, 32) == 0, "R14 the same twice");
	(void)!parse_text(MSH PID OBR OBX "NTE|1||x\n");
	ok(memcmp(key, parsed.key, 32) == 0 &&
	    memcmp(digest, parsed.digest, 32) != 0,
	    "R14 a control id used again has another digest");
	(void)!parse_text("MSH|^~\\&|SIL|LABO|GUICHET|BOX|20261121073000||"
	    "ORU^R01^ORU_R01|M2|P|2.5.1\n" PID OBR OBX);
	ok(memcmp(key, parsed.key, 32) != 0, "R14 another control id");
	(void)!parse_text("MSH|^~\\&|SILL|ABO|GUICHET|BOX|20261121073000||"
	    "ORU^R01^ORU_R01|M1|P|2.5.1\n" PID OBR OBX);
	ok(memcmp(key, parsed.key, 32) != 0, "R14 fields do not run together");
	(void)!parse_text("MSH|^~\\&|SIL|LABO2|GUICHET|BOX|20261121073000||"
	    "ORU^R01^ORU_R01|M1|P|2.5.1\n" PID OBR OBX);
	ok(memcmp(key, parsed.key, 32) != 0, "R14 another facility");
	(void)!strcpy(source.name, "other");
	(void)!parse_text(good);
	ok(memcmp(key, parsed.key, 32) != 0, "R14 another source");
	source_init();
}

static enum status
parse_bytes(const char *text)
{
	arena_clear(&arena);
	arena_init(&arena, 1 << 20);
	return parse_frame(span_of(text), &source, NOW_MS, &arena, &parsed);
}

static void
test_line_ends(void)
{
	static const char cr[] = "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5\r"
	    "PID|1||1||A\rOBR|1||F||||||||||||||||||||||F\rOBX|1|ST|a||b||||||F\r";
	static const char crlf[] = "\xef\xbb\xbf\r\nMSH|^~\\&|A|B|C|D|2026||"
	    "ORU^R01|1|P|2.5\r\nPID|1||1||A\r\n\r\n"
	    "OBR|1||F||||||||||||||||||||||F\r\nOBX|1|ST|a||b||||||F";
	uint8_t digest[32];

	ok(parse_bytes(cr) == ST_OK, "R14 CR");
	memcpy(digest, parsed.digest, 32);
	ok(parse_bytes(crlf) == ST_OK && memcmp(digest, parsed.digest, 32) == 0,
	    "R14 a byte order mark, line ends and blank lines change no digest");
}

/* --- memory (R27) -------------------------------------------------------- */

static void
test_memory_is_bounded(void)
{
	static char text[200000];
	size_t at = (size_t)sprintf(text, "%s", MSH PID OBR);
	enum status st;

	while (at + 32 < sizeof(text))
		at += (size_t)sprintf(text + at, "OBX|1|ST|a||b||||||F\n");
	for (char *p = text; *p != 0; p++)
		*p = *p == '\n' ? '\r' : *p;
	arena_clear(&arena);
	arena_init(&arena, 1 << 18);
	ok(parse_frame(span_of(text), &source, NOW_MS, &arena, &parsed) ==
	    ST_TOO_BIG && parsed.answer && parsed.reply.code == HL7_AE &&
	    parsed.reply.error == 104 && parsed.n_reports == 0,
	    "R27 a full arena is told, not overrun");
	arena_clear(&arena);
	arena_init(&arena, 64 << 20);
	st = parse_frame(span_of(text), &source, NOW_MS, &arena, &parsed);
	ok(st == ST_OK && arena.used < 64 * sizeof(text),
	    "R27 %zu bytes of OBX took %zu", at, arena.used);
}

/* 10^6 segments or 10^5 repetitions, of everything that is kept. */
static void
test_many(const char *claim, const char *before, const char *piece,
    size_t times, const char *after)
{
	size_t max = strlen(before) + times * strlen(piece) + strlen(after) + 1;
	char *text = malloc(max), *at = text;
	clock_t start = clock();
	enum status st;
	double took;

	at += sprintf(at, "%s", before);
	for (size_t i = 0; i < times; i++, at += strlen(piece))
		memcpy(at, piece, strlen(piece) + 1);
	(void)!strcpy(at, after);
	for (char *p = text; *p != 0; p++)
		*p = *p == '\n' ? '\r' : *p;
	arena_clear(&arena);
	arena_init(&arena, 32 << 20);
	st = parse_frame(span_of(text), &source, NOW_MS, &arena, &parsed);
	took = (double)(clock() - start) / CLOCKS_PER_SEC;
	ok((st == ST_OK || ((st == ST_TOO_BIG || st == ST_INVALID) &&
	    parsed.answer && parsed.n_reports == 0)) && took < 5 &&
	    arena.used <= 32 << 20, "R27 %zu %s: %s %u in %.2f s", times, claim,
	    st == ST_OK ? "taken" : "refused", parsed.reply.error, took);
	free(text);
}

static void
test_many_of_everything(void)
{
	test_many("OBX", MSH PID OBR, "OBX|1|ST|A||b||||||F\n", 1000000, "");
	test_many("empty OBX", MSH PID OBR OBX, "OBX|\n", 1000000, "");
	test_many("OBR", MSH PID, "OBR|1|P|F|X\n", 1000000, OBX);
	test_many("OBR with parents", MSH PID OBR OBX,
	    "OBR|2|P|F|X||||||||||||||||||||||GLU^1|||P^F\n", 300000, OBX);
	test_many("PID", MSH, PID OBR OBX, 30000, "");
	test_many("NTE", MSH PID OBR OBX, "NTE|1||x\n", 1000000, "");
	test_many("SPM", MSH PID OBR OBX, "SPM|1|a^b||c\n", 1000000, "");
	test_many("ORC", MSH PID, "ORC|RE|a|b\n", 1000000, OBR OBX);
	test_many("unknown segments", MSH PID OBR OBX, "ZZZ|1\n", 1000000, "");
	test_many("lines of text", MSH PID OBR OBX, "text\n", 1000000, "");
	test_many("blank lines", MSH PID OBR OBX, "\n", 1000000, "");
	test_many("repetitions of PID-3", MSH "PID|1||", "1^^^A^MR~", 100000,
	    "2||A^B\n" OBR OBX);
	test_many("cards in PID-3", MSH "PID|1||",
	    "7K2M9QXW4T0^^^GUICHET~", 100000, "2||A^B\n" OBR OBX);
	test_many("names", MSH "PID|1||1||", "A^B~", 100000, "C^D\n" OBR OBX);
	test_many("repetitions of OBX-5, ST", MSH PID OBR "OBX|1|ST|A||",
	    "x~", 100000, "y||||||F\n");
	test_many("repetitions of OBX-5, CE", MSH PID OBR "OBX|1|CE|A||",
	    "c^d^L~", 100000, "y||||||F\n");
	test_many("repetitions of OBX-5, NM", MSH PID OBR "OBX|1|NM|A||",
	    "1~", 100000, "2||||||F\n");
	test_many("flags", MSH PID OBR "OBX|1|NM|A||1|||", "H~", 100000,
	    "L|||F\n");
	test_many("components", MSH PID OBR "OBX|1|CE|A||", "c^", 100000,
	    "d||||||F\n");
	test_many("subcomponents", MSH PID OBR "OBX|1|CE|A||", "c&", 100000,
	    "d||||||F\n");
	test_many("fields", MSH PID OBR OBX "OBX|2|ST|A||b||||||F", "|x",
	    100000, "\n");
	test_many("escape characters", MSH PID OBR "OBX|1|ST|A||", "\\", 100001,
	    "||||||F\n");
	test_many("unterminated escapes", MSH PID OBR "OBX|1|ST|A||", "\\q",
	    100000, "||||||F\n");
	test_many("bytes of a range", MSH PID OBR "OBX|1|NM|A||5||", "-", 100000,
	    "||||F\n");
	test_many("documents", MSH PID OBR,
	    "OBX|1|ED|P||^^PDF^Base64^JVBERi0xLjQK||||||F\n", 100000, "");
}

int
main(void)
{
	source_init();
	test_refusals();
	test_processing_ids();
	test_version_ids();
	test_no_word_comes_back();
	test_no_answer();
	test_where_the_fault_is();
	test_accepted();
	test_modes();
	test_head();
	test_keys();
	test_line_ends();
	test_memory_is_bounded();
	test_many_of_everything();
	arena_clear(&arena);
	return done_testing();
}
