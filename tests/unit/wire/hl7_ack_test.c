#include "wire/hl7_ack.h"

#include "tap.h"

static struct hl7_ack_head
head_of(const char *version)
{
	return (struct hl7_ack_head){
		.field_separator = '|', .encoding = span_of("^~\\&"),
		.sending_application = span_of("SIL"),
		.sending_facility = span_of("CHU_X"),
		.receiving_application = span_of("GUICHET"),
		.receiving_facility = span_of("BRANCH"),
		.control_id = span_of("12346"), .processing_id = span_of("P"),
		.version = span_of(version),
	};
}

static bool
writes(const struct hl7_ack_head *head, const struct hl7_ack_reply *reply,
    const char *expected)
{
	static uint8_t text[HL7_ACK_MAX];
	struct buf out = buf_over(text, sizeof(text));
	bool good = hl7_ack_write(head, reply, span_of("G1"),
	    span_of("20261121073000+0100"), &out) == ST_OK &&
	    span_is(buf_span(&out), expected);

	if (!good)
		printf("# %.*s\n", (int)out.len, text);
	return good;
}

static void
test_acceptance(void)
{
	struct hl7_ack_head head = head_of("2.5");
	struct hl7_ack_reply reply = { .code = HL7_AA };

	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK^R01^ACK|G1|P|2.5\rMSA|AA|12346\r"),
	    "R12 2.5: applications swapped, all else told back");
	head = head_of("2.3.1");
	reply.code = HL7_CA;
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK|G1|P|2.3.1\rMSA|CA|12346\r"),
	    "R12 2.3.1: no message structure in MSH-9");
	head = head_of("2.4");
	head.country = span_of("FRA");
	head.charset = span_of("8859/15");
	head.processing_id = span_of("P^T");
	reply.code = HL7_AA;
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK^R01^ACK|G1|P^T|2.4|||||FRA|8859/15\r"
	    "MSA|AA|12346\r"), "R12 country, charset, processing mode told back");
	head = head_of("");
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK|G1|P|\rMSA|AA|12346\r"), "R12 no version");
}

static void
test_errors(void)
{
	struct hl7_ack_head head = head_of("2.5.1");
	struct hl7_ack_reply reply = { HL7_AE, 101, "PID", 1, 3, "no patient" };

	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK^R01^ACK|G1|P|2.5.1\r"
	    "MSA|AE|12346|no patient\r"
	    "ERR||PID^1^3|101^Required field missing^HL70357|E|||no patient\r"),
	    "R15 2.5: ERR-2, -3, -4 and -7");
	head = head_of("2.3");
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK|G1|P|2.3\r"
	    "MSA|AE|12346|no patient\r"
	    "ERR|PID^1^3^101&Required field missing&HL70357\r"),
	    "R15 before 2.5: all in ERR-1");
	reply = (struct hl7_ack_reply){ .code = HL7_AR, .error = 200 };
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK|G1|P|2.3\rMSA|AR|12346\r"
	    "ERR|^^^200&Unsupported message type&HL70357\r"), "R15 no location");
	reply = (struct hl7_ack_reply){ HL7_CR, 101, "OBX", 2, 0, NULL };
	head = head_of("2.6");
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK^R01^ACK|G1|P|2.6\rMSA|CR|12346\r"
	    "ERR||OBX^2|101^Required field missing^HL70357|E\r"),
	    "R15 a segment without a field, no text");
}

static void
test_delimiters(void)
{
	struct hl7_ack_head head = head_of("2.5");
	struct hl7_ack_reply reply = { HL7_AE, 102, "MSH", 1, 2, NULL };

	head.field_separator = '#';
	head.encoding = span_of("~^\\&!");
	ok(writes(&head, &reply, "MSH#~^\\&#GUICHET#BRANCH#SIL#CHU_X#"
	    "20261121073000+0100##ACK~R01~ACK#G1#P#2.5\rMSA#AE#12346\r"
	    "ERR##MSH~1~2#102~Data type error~HL70357#E\r"),
	    "R12 the sender's delimiters, four of five");
	head = head_of("2.5");
	head.encoding = span_of("^\xcb\x9c\\&");
	reply = (struct hl7_ack_reply){ .code = HL7_AR };
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK^R01^ACK|G1|P|2.5\rMSA|AR|12346\r"),
	    "R12 the usual ones where the sender's are unusable");
	head.field_separator = 0;
	head.encoding = (struct span){ 0 };
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|SIL|CHU_X|"
	    "20261121073000+0100||ACK^R01^ACK|G1|P|2.5\rMSA|AR|12346\r"),
	    "R12 and where there are none");
}

static bool
acks_with_id(struct span id, enum status expected)
{
	static uint8_t text[HL7_ACK_MAX + 1];
	struct buf out = buf_over(text, sizeof(text));
	struct hl7_ack_head head = head_of("2.5");
	struct hl7_ack_reply reply = { .code = HL7_AA };
	enum status st;

	head.control_id = id;
	st = hl7_ack_write(&head, &reply, span_of("G1"), span_of("2026"), &out);
	if (st != expected)
		return false;
	if (st != ST_OK)
		return out.len == 0;
	return out.len > id.len + 1 && out.ptr[out.len - 1] == '\r' &&
	    memcmp(out.ptr + out.len - 1 - id.len, id.ptr, id.len) == 0 &&
	    out.ptr[out.len - 2 - id.len] == '|';
}

static void
test_control_id_is_verbatim(void)
{
	static uint8_t long_id[5000];

	memset(long_id, 'i', sizeof(long_id));
	ok(acks_with_id(span_of(" 1 2  "), ST_OK), "R12 blanks stay");
	ok(acks_with_id(span_of("\\T\\\xe9^~"), ST_OK), "R12 escapes and bytes stay");
	ok(acks_with_id((struct span){ long_id, 199 }, ST_OK), "R12 199 characters");
	ok(acks_with_id((struct span){ long_id, 3000 }, ST_OK), "R12 3000 too");
	ok(acks_with_id((struct span){ long_id, 4000 }, ST_NO_SPACE),
	    "R12 but the ACK stays under HL7_ACK_MAX");
}

/* HL70357, as far as it is used, before and since 2.5. */
static void
test_every_error(void)
{
	static const struct {
		unsigned error;
		const char *text;
	} row[] = {
		{ 100, "Segment sequence error" }, { 101, "Required field missing" },
		{ 102, "Data type error" }, { 103, "Table value not found" },
		{ 104, "Value too long" }, { 198, "Non-Conformant Cardinality" },
		{ 199, "Other HL7 Error" }, { 200, "Unsupported message type" },
		{ 201, "Unsupported event code" },
		{ 202, "Unsupported processing id" },
		{ 203, "Unsupported version id" }, { 204, "Unknown key identifier" },
		{ 205, "Duplicate key identifier" },
		{ 206, "Application record locked" }, { 207, "Application error" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct hl7_ack_reply reply = { HL7_AE, row[i].error, "OBX", 3, 5,
		    NULL };
		struct hl7_ack_head old = head_of("2.3"), new = head_of("2.5");
		char before[512], since[512];

		snprintf(before, sizeof(before), "MSH|^~\\&|GUICHET|BRANCH|SIL|"
		    "CHU_X|20261121073000+0100||ACK|G1|P|2.3\rMSA|AE|12346\r"
		    "ERR|OBX^3^5^%u&%s&HL70357\r", row[i].error, row[i].text);
		snprintf(since, sizeof(since), "MSH|^~\\&|GUICHET|BRANCH|SIL|"
		    "CHU_X|20261121073000+0100||ACK^R01^ACK|G1|P|2.5\rMSA|AE|"
		    "12346\rERR||OBX^3^5|%u^%s^HL70357|E\r", row[i].error,
		    row[i].text);
		ok(writes(&old, &reply, before) && writes(&new, &reply, since),
		    "R15 error %u before and since 2.5", row[i].error);
	}
}

static void
test_every_version(void)
{
	static const struct {
		const char *version, *type;
	} row[] = {
		{ "2.1", "ACK" }, { "2.2", "ACK" }, { "2.3", "ACK" },
		{ "2.3.1", "ACK" }, { "2.4", "ACK^R01^ACK" },
		{ "2.5", "ACK^R01^ACK" }, { "2.5.1", "ACK^R01^ACK" },
		{ "2.6", "ACK^R01^ACK" }, { "2.7", "ACK^R01^ACK" },
		{ "2.7.1", "ACK^R01^ACK" }, { "2.8", "ACK^R01^ACK" },
		{ "2.8.2", "ACK^R01^ACK" }, { "2.9", "ACK^R01^ACK" },
		{ " 2.3", "ACK" }, { " 2.5", "ACK^R01^ACK" },
		{ "2.5^FRA", "ACK^R01^ACK" }, { "", "ACK" }, { "x", "ACK" },
	};
	struct hl7_ack_reply reply = { .code = HL7_AA };

	for (size_t i = 0; i < COUNT(row); i++) {
		struct hl7_ack_head head = head_of(row[i].version);
		char expected[512];

		snprintf(expected, sizeof(expected), "MSH|^~\\&|GUICHET|BRANCH|"
		    "SIL|CHU_X|20261121073000+0100||%s|G1|P|%s\rMSA|AA|12346\r",
		    row[i].type, row[i].version);
		ok(writes(&head, &reply, expected),
		    "R12 version \"%s\" told back, MSH-9 %s", row[i].version,
		    row[i].type);
	}
}

/* Everything as long as it may be: still one read of 4096 bytes. */
static void
test_longest(void)
{
	static uint8_t long_id[1024], text[8192];
	struct span most = { long_id, 256 };
	struct buf out = buf_over(text, sizeof(text));
	struct hl7_ack_reply reply = { HL7_AE, 205, "PID", 999, 999,
	    "the longest of our own words: two different pickup cards for one "
	    "patient, or the message needs more memory than one may have" };
	struct hl7_ack_head head = { '|', span_of("^~\\&"), most, most, most,
	    most, { long_id, sizeof(long_id) }, most, most, most, most };

	memset(long_id, 'i', sizeof(long_id));
	ok(hl7_ack_write(&head, &reply, span_of("01234567890123456789"),
	    span_of("20261121073000+0100"), &out) == ST_OK &&
	    out.len <= HL7_ACK_MAX && out.len > 3000,
	    "R12 all fields at their longest: %zu bytes", out.len);
}

static void
test_nothing_breaks_the_frame(void)
{
	struct hl7_ack_head head = head_of("2.5");
	struct hl7_ack_reply reply = { .code = HL7_AA };
	static uint8_t long_name[300];

	head.control_id = span_of("1\x1c");
	head.sending_application = span_of("a\vb");
	memset(long_name, 'n', sizeof(long_name));
	head.sending_facility = (struct span){ long_name, sizeof(long_name) };
	ok(writes(&head, &reply, "MSH|^~\\&|GUICHET|BRANCH|||"
	    "20261121073000+0100||ACK^R01^ACK|G1|P|2.5\rMSA|AA|\r"),
	    "R15 control characters and overlong names are not told back");
}

int
main(void)
{
	test_acceptance();
	test_errors();
	test_delimiters();
	test_control_id_is_verbatim();
	test_every_error();
	test_every_version();
	test_longest();
	test_nothing_breaks_the_frame();
	return done_testing();
}
