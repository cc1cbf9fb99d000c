#include "wire/hl7_batch.h"

#include "tap.h"
#include "wire/hl7.h"

#define MSH(id) "MSH|^~\\&|A|B|C|D|2026||ORU^R01|" id "|P|2.5\r"

static void
test_counts(void)
{
	static const struct {
		const char *claim, *frame;
		enum status st;
		unsigned messages, batches;
		bool wrong;
	} row[] = {
		{ "one message is no batch", MSH("1") "PID|\r",
		    ST_NOT_FOUND, 0, 0, false },
		{ "several MSH without a BHS are no batch", MSH("1") MSH("2"),
		    ST_NOT_FOUND, 0, 0, false },
		{ "nothing", "", ST_NOT_FOUND, 0, 0, false },
		{ "text before a BHS", "hello\rBHS|^~\\&|\r" MSH("1") "BTS|1\r",
		    ST_OK, 1, 1, false },
		{ "a batch that counts right", "BHS|^~\\&|\r" MSH("1") MSH("2")
		    "BTS|2\r", ST_OK, 2, 1, false },
		{ "BTS-1 too high", "BHS|^~\\&|\r" MSH("1") "BTS|2\r",
		    ST_OK, 1, 1, true },
		{ "BTS-1 too low", "BHS|^~\\&|\r" MSH("1") MSH("2") "BTS|1\r",
		    ST_OK, 2, 1, true },
		{ "BTS-1 left out", "BHS|^~\\&|\r" MSH("1") "BTS|\r",
		    ST_OK, 1, 1, false },
		{ "BTS alone", "BHS|^~\\&|\r" MSH("1") "BTS",
		    ST_OK, 1, 1, false },
		{ "BTS-1 with zeros and blanks", "BHS|^~\\&|\r" MSH("1")
		    "BTS| 001 |x\r", ST_OK, 1, 1, false },
		{ "BTS-1 is no number", "BHS|^~\\&|\r" MSH("1") "BTS|one\r",
		    ST_OK, 1, 1, true },
		{ "BTS-1 that would overflow", "BHS|^~\\&|\r" MSH("1")
		    "BTS|4294967297\r", ST_OK, 1, 1, true },
		{ "no BTS: it was cut short", "BHS|^~\\&|\r" MSH("1"),
		    ST_OK, 1, 1, true },
		{ "a BTS without its BHS", "FHS|^~\\&|\r" MSH("1")
		    "BTS|1\rFTS|1\r", ST_OK, 1, 0, true },
		{ "a file", "FHS|^~\\&|\rBHS|^~\\&|\r" MSH("1") "BTS|1\r"
		    "BHS|^~\\&|\r" MSH("2") MSH("3") "BTS|2\rFTS|2\r",
		    ST_OK, 3, 2, false },
		{ "FTS-1 wrong", "FHS|^~\\&|\rBHS|^~\\&|\r" MSH("1") "BTS|1\r"
		    "FTS|2\r", ST_OK, 1, 1, true },
		{ "a file without a batch", "FHS|^~\\&|\r" MSH("1") "FTS|1\r",
		    ST_OK, 1, 0, false },
		{ "a file without its end", "FHS|^~\\&|\rBHS|^~\\&|\r" MSH("1")
		    "BTS|1\r", ST_OK, 1, 1, true },
		{ "a batch without its end in a file", "FHS|^~\\&|\r"
		    "BHS|^~\\&|\r" MSH("1") "FTS|1\r", ST_OK, 1, 1, true },
		{ "an empty batch", "BHS|^~\\&|\rBTS|0\r", ST_OK, 0, 1, false },
		{ "LF and CRLF", "BHS|^~\\&|\nMSH|^~\\&|A\nPID|\nBTS|1\r\n",
		    ST_OK, 1, 1, false },
		{ "a byte order mark", "\xef\xbb\xbf" "BHS|^~\\&|\r" MSH("1")
		    "BTS|1\r", ST_OK, 1, 1, false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct hl7_batch b;
		enum status st = hl7_batch_read(span_of(row[i].frame), &b);

		ok(st == row[i].st && (st != ST_OK ||
		    (b.messages == row[i].messages &&
		    b.batches == row[i].batches &&
		    b.has_wrong_count == row[i].wrong)),
		    "R25 batch: %s", row[i].claim);
	}
}

static bool
answers(const struct hl7_batch *b, const char *expected)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf out = buf_over(text, sizeof(text));
	bool good = hl7_batch_answer(b, span_of("G1"), span_of("2026"), &out)
	    == ST_OK && span_is(buf_span(&out), expected);

	if (!good)
		printf("# %.*s\n", (int)out.len, text);
	return good;
}

static void
test_one_answer(void)
{
	char frame[] = "FHS|^~\\&|f3|f4|f5|f6|||||F1\r"
	    "BHS|^~\\&|b3|b4|b5|b6|||||B1\r" MSH("1") MSH("2") MSH("3")
	    "BTS|3\rFTS|1\r";
	struct hl7_batch b;

	ok(hl7_batch_read(span_of(frame), &b) == ST_OK, "R25 a file");
	memset(frame, 'x', sizeof(frame) - 1);	/* wiped by then */
	hl7_batch_add(&b, span_of("MSH|^~\\&|\rMSA|AA|1\r"));
	hl7_batch_add(&b, span_of("MSH|^~\\&|\rMSA|CA|2\r"));
	hl7_batch_add(&b, (struct span){ 0 });
	ok(b.answers == 3 && answers(&b, "MSH|^~\\&|b5|b6|b3|b4|2026||"
	    "ACK^R01^ACK|G1|P|2.5\rMSA|AA|B1\r"),
	    "R25 one answer: AA to BHS-11, where all were taken");
	hl7_batch_add(&b, span_of("MSH|^~\\&|\rMSA|AE|4\r"
	    "ERR||PID^1^3|101^Required field missing^HL70357|E\r"));
	hl7_batch_add(&b, span_of("MSH|^~\\&|\rMSA|AR|5\r"
	    "ERR||MSH^1^9|200^x^HL70357|E\r"));
	ok(answers(&b, "MSH|^~\\&|b5|b6|b3|b4|2026||ACK^R01^ACK|G1|P|2.5\r"
	    "MSA|AE|B1|2 of 5 messages refused, the first is number 4\r"
	    "ERR||MSH^4|101^Required field missing^HL70357|E|||"
	    "2 of 5 messages refused, the first is number 4\r"),
	    "R25 one answer: AE, and which message it was");
}

static void
test_whom_it_answers(void)
{
	static const struct {
		const char *claim, *frame, *answer;
	} row[] = {
		{ "BHS-11 is empty: FHS-11", "FHS|^~\\&|f3||||||||F1\r"
		    "BHS|^~\\&|b3\r" MSH("7") "BTS|1\rFTS|1\r",
		    "MSH|^~\\&|||b3||2026||ACK^R01^ACK|G1|P|2.5\rMSA|AA|F1\r" },
		{ "neither: the first MSH-10", "BHS|^~\\&|b3\r" MSH("7") MSH("8"),
		    "MSH|^~\\&|||b3||2026||ACK^R01^ACK|G1|P|2.5\rMSA|AA|7\r" },
		{ "other delimiters", "BHS#*~\\&#b3########B1\r"
		    "MSH#*~\\&#A#B#C#D#2026##ORU*R01#1#P#2.3\r",
		    "MSH#*~\\&###b3##2026##ACK#G1#P#2.3\rMSA#AA#B1\r" },
		{ "BHS-2 is unusable: the first MSH", "BHS|^^^^|b3\r" MSH("7"),
		    "MSH|^~\\&|C|D|A|B|2026||ACK^R01^ACK|G1|P|2.5\r"
		    "MSA|AA|7\r" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct hl7_batch b;

		ok(hl7_batch_read(span_of(row[i].frame), &b) == ST_OK &&
		    answers(&b, row[i].answer), "R25 one answer: %s",
		    row[i].claim);
	}
}

static void
test_errors_before_2_5(void)
{
	struct hl7_batch b;

	ok(hl7_batch_read(span_of("BHS|^~\\&|b3||||||||B1\r"
	    "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.3\r"), &b) == ST_OK,
	    "R25 a batch of 2.3");
	hl7_batch_add(&b, span_of("MSH|^~\\&|\rMSA|AR|1|x\r"
	    "ERR|MSH^1^11^202&Unsupported processing id&HL70357\r"));
	ok(b.error == 202 && answers(&b, "MSH|^~\\&|||b3||2026||ACK|G1|P|2.3\r"
	    "MSA|AE|B1|1 of 1 messages refused, the first is number 1\r"
	    "ERR|MSH^1^^202&Unsupported processing id&HL70357\r"),
	    "R25 its error stands in ERR-1.4");
}

/* Long headers do not fit: what is left out is left out whole. */
static void
test_long_fields(void)
{
	static char frame[4096];
	struct hl7_batch b;
	int at = sprintf(frame, "BHS|^~\\&|");

	memset(frame + at, 'n', 2000);
	(void)!strcpy(frame + at + 2000, "|b4||||||B1|B2|B1\r" MSH("1"));
	ok(hl7_batch_read(span_of(frame), &b) == ST_OK &&
	    b.head.sending_application.len == 0 &&
	    span_is(b.head.sending_facility, "b4"),
	    "R27 a header longer than its room is bounded");
}

/* Cut anywhere, the counts never go beyond what is there. */
static void
test_every_cut(void)
{
	static const char frame[] = "FHS|^~\\&|\rBHS|^~\\&|\r" MSH("1")
	    MSH("2") "BTS|2\rFTS|1\r";
	bool good = true;

	for (size_t cut = 0; cut < sizeof(frame); cut++) {
		struct span part = { (const uint8_t *)frame, cut }, m;
		struct hl7_batch b;
		unsigned n = 0;

		if (hl7_batch_read(part, &b) != ST_OK)
			continue;
		while (hl7_next_message(&part, &m) == ST_OK)
			n++;
		good = good && b.messages == n && (cut == sizeof(frame) - 1
		    ? !b.has_wrong_count : b.has_wrong_count ||
		    cut >= sizeof(frame) - 5);
	}
	ok(good, "R25 cut anywhere: as many as hl7_next_message() gives, and "
	    "a batch that is cut short is told");
}

int
main(void)
{
	test_counts();
	test_one_answer();
	test_whom_it_answers();
	test_errors_before_2_5();
	test_long_fields();
	test_every_cut();
	return done_testing();
}
