#include "wire/hl7_ack.h"

#include <stdio.h>

enum { STANDARD_LEN = 4, FIELD_MAX = 256 };

static const uint8_t standard[] = "^~\\&";

/* What separates our ACK: the sender's delimiters where they can be used. */
struct mirror {
	const struct hl7_ack_head *head;
	struct span encoding;
	uint8_t field, component, repetition, subcomponent;
	struct buf *out;
	enum status failed;
};

static bool
is_graphic(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f)
			return false;
	return true;
}

static void
mirror_init(struct mirror *m, const struct hl7_ack_head *head, struct buf *out)
{
	struct span encoding = head->encoding;

	*m = (struct mirror){ .head = head, .out = out, .failed = ST_OK,
	    .field = head->field_separator };
	if (m->field <= ' ' || m->field >= 0x7f)
		m->field = '|';
	if (encoding.len < 3 || !is_graphic(encoding))
		encoding = (struct span){ standard, STANDARD_LEN };
	m->encoding = span_slice(encoding, 0, STANDARD_LEN);
	m->component = encoding.ptr[0];
	m->repetition = encoding.ptr[1];
	m->subcomponent = encoding.len > 3 ? encoding.ptr[3] : encoding.ptr[0];
}

static void
put(struct mirror *m, struct span s)
{
	if (m->failed == ST_OK)
		m->failed = buf_append_span(m->out, s);
}

static void
put_text(struct mirror *m, const char *text)
{
	put(m, span_of(text));
}

static void
put_byte(struct mirror *m, uint8_t byte)
{
	put(m, (struct span){ &byte, 1 });
}

/* An <FS> told back right before a CR would end the ACK's own frame. */
static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ')
			return true;
	return false;
}

/* A separator, then one of the sender's fields, verbatim; left out where it
 * could break the ACK or make it too long. */
static void
put_field(struct mirror *m, struct span s)
{
	put_byte(m, m->field);
	if (s.len <= FIELD_MAX && !has_control(s))
		put(m, s);
}

static void
put_number(struct mirror *m, unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	put_text(m, text);
}

/* --- MSH ----------------------------------------------------------------- */

/* "2.3.1" as 231, "2.5" as 250; 0 where it is no version of ours. */
static unsigned
version_number(struct span s)
{
	unsigned number = 0, digits = 0;

	for (size_t i = 0; i < s.len && digits < 3; i++) {
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
			number = number * 10 + (unsigned)(s.ptr[i] - '0');
			digits++;
		} else if (s.ptr[i] != '.' && s.ptr[i] != ' ') {
			break;
		}
	}
	for (; digits > 0 && digits < 3; digits++)
		number *= 10;
	return number;
}

/* 2.3.1 and before know only "ACK"; the structure came with 2.4. */
static void
put_message_type(struct mirror *m)
{
	put_byte(m, m->field);
	put_text(m, "ACK");
	if (version_number(m->head->version) < 240)
		return;
	put_byte(m, m->component);
	put_text(m, "R01");
	put_byte(m, m->component);
	put_text(m, "ACK");
}

/* MSH-13 to -16 stay empty; MSH-17 and -18 are told back. */
static void
put_country_and_charset(struct mirror *m)
{
	const struct hl7_ack_head *head = m->head;

	if (head->country.len == 0 && head->charset.len == 0)
		return;
	for (unsigned i = 13; i <= 16; i++)
		put_byte(m, m->field);
	put_field(m, head->country);
	if (head->charset.len > 0)
		put_field(m, head->charset);
}

static void
put_msh(struct mirror *m, struct span own_id, struct span time)
{
	const struct hl7_ack_head *head = m->head;

	put_text(m, "MSH");
	put_byte(m, m->field);
	put(m, m->encoding);
	put_field(m, head->receiving_application);
	put_field(m, head->receiving_facility);
	put_field(m, head->sending_application);
	put_field(m, head->sending_facility);
	put_field(m, time);
	put_byte(m, m->field);
	put_message_type(m);
	put_field(m, own_id);
	put_field(m, head->processing_id);
	put_field(m, head->version);
	put_country_and_charset(m);
	put_text(m, "\r");
}

/* --- MSA and ERR --------------------------------------------------------- */

static void
put_msa(struct mirror *m, const struct hl7_ack_reply *reply)
{
	static const char *const code[] = {
		[HL7_AA] = "AA", [HL7_AE] = "AE", [HL7_AR] = "AR",
		[HL7_CA] = "CA", [HL7_CE] = "CE", [HL7_CR] = "CR",
	};

	put_text(m, "MSA");
	put_byte(m, m->field);
	put_text(m, code[reply->code]);
	put_byte(m, m->field);
	if (!has_control(m->head->control_id))
		put(m, m->head->control_id);	/* at any length */
	/* MSA-3 was how an error was told before ERR could; it still is what
	 * most engines show to their operator. */
	if (reply->text != NULL) {
		put_byte(m, m->field);
		put_text(m, reply->text);
	}
	put_text(m, "\r");
}

static const char *
error_text(unsigned error)
{
	static const struct {
		unsigned error;
		const char *text;
	} row[] = {
		{ 100, "Segment sequence error" },
		{ 101, "Required field missing" },
		{ 102, "Data type error" },
		{ 103, "Table value not found" },
		{ 104, "Value too long" },
		{ 198, "Non-Conformant Cardinality" },
		{ 199, "Other HL7 Error" },
		{ 200, "Unsupported message type" },
		{ 201, "Unsupported event code" },
		{ 202, "Unsupported processing id" },
		{ 203, "Unsupported version id" },
		{ 204, "Unknown key identifier" },
		{ 205, "Duplicate key identifier" },
		{ 206, "Application record locked" },
		{ 207, "Application error" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (row[i].error == error)
			return row[i].text;
	return "Application error";
}

/* segment^sequence^field, as far as it is known, and the separators that
 * are missing up to `components`. */
static void
put_location(struct mirror *m, const struct hl7_ack_reply *reply,
    unsigned components)
{
	unsigned written = 1;

	if (reply->segment != NULL)
		put_text(m, reply->segment);
	if (reply->sequence > 0) {
		put_byte(m, m->component);
		put_number(m, reply->sequence);
		written++;
	}
	if (reply->sequence > 0 && reply->field > 0) {
		put_byte(m, m->component);
		put_number(m, reply->field);
		written++;
	}
	for (; written < components; written++)
		put_byte(m, m->component);
}

/* 101^Required field missing^HL70357; before 2.5 all of it is one
 * component of ERR-1. */
static void
put_code(struct mirror *m, unsigned error, uint8_t between)
{
	put_number(m, error);
	put_byte(m, between);
	put_text(m, error_text(error));
	put_byte(m, between);
	put_text(m, "HL70357");
}

static void
put_err(struct mirror *m, const struct hl7_ack_reply *reply)
{
	put_text(m, "ERR");
	put_byte(m, m->field);
	if (version_number(m->head->version) < 250) {
		put_location(m, reply, 4);
		put_code(m, reply->error, m->subcomponent);
		put_text(m, "\r");
		return;
	}
	put_byte(m, m->field);
	put_location(m, reply, 1);
	put_byte(m, m->field);
	put_code(m, reply->error, m->component);
	put_byte(m, m->field);
	put_text(m, "E");
	if (reply->text != NULL) {	/* ERR-7, what an operator reads */
		for (unsigned i = 5; i <= 7; i++)
			put_byte(m, m->field);
		put_text(m, reply->text);
	}
	put_text(m, "\r");
}

/* See hl7_ack.h. */
enum status
hl7_ack_write(const struct hl7_ack_head *head,
    const struct hl7_ack_reply *reply, struct span own_id, struct span time,
    struct buf *out)
{
	struct mirror m;
	size_t before = out->len;
	struct buf bounded = *out;

	if (bounded.max - before > HL7_ACK_MAX)
		bounded.max = before + HL7_ACK_MAX;
	mirror_init(&m, head, &bounded);
	put_msh(&m, own_id, time);
	put_msa(&m, reply);
	if (reply->error != 0)
		put_err(&m, reply);
	if (m.failed == ST_OK)
		out->len = bounded.len;
	return m.failed;
}
