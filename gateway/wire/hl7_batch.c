#include "wire/hl7_batch.h"

#include <stdio.h>

#include "wire/hl7.h"
#include "wire/scan.h"

enum { CR = '\r', LF = '\n' };

/* --- lines between messages ----------------------------------------------- */

static bool
is_message(struct span line)
{
	struct hl7_delimiters d;

	return hl7_segment_is(line, "MSH") &&
	    hl7_delimiters_read(line, &d) != ST_MALFORMED;
}

static bool
is_around(struct span line)
{
	return hl7_segment_is(line, "FHS") || hl7_segment_is(line, "BHS") ||
	    hl7_segment_is(line, "BTS") || hl7_segment_is(line, "FTS");
}

static struct span
without_mark(struct span s)
{
	bool marked = s.len >= 3 && memcmp(s.ptr, "\xef\xbb\xbf", 3) == 0;

	return span_slice(s, marked ? 3 : 0, s.len);
}

/* The next segment of a batch off `rest`; ST_NOT_FOUND where a message or
 * nothing follows. */
static enum status
next_around(struct span *rest, struct span *line)
{
	while (rest->len > 0) {
		size_t len = scan_either(*rest, CR, LF);

		*line = span_slice(*rest, 0, len);
		if (is_message(*line))
			return ST_NOT_FOUND;
		*rest = span_slice(*rest, len + 1, rest->len);
		if (is_around(*line))
			return ST_OK;
	}
	return ST_NOT_FOUND;
}

/* --- counts --------------------------------------------------------------- */

struct count {
	struct hl7_batch *batch;
	bool in_file, in_batch;
	unsigned file_batches, batch_messages;
};

/* BTS-1 or FTS-1 against what was counted; left out, it says nothing. */
static void
compare(struct count *n, struct span trailer, unsigned counted)
{
	uint8_t separator = trailer.len > 3 ? trailer.ptr[3] : 0;
	struct span field = hl7_piece(trailer, separator, 2);
	unsigned number = 0, digits = 0;

	for (size_t i = 0; i < field.len; i++) {
		uint8_t c = field.ptr[i];

		if (c == ' ')
			continue;
		if (c < '0' || c > '9' || ++digits > 9) {
			n->batch->has_wrong_count = true;
			return;
		}
		number = number * 10 + (unsigned)(c - '0');
	}
	n->batch->has_wrong_count |= digits > 0 && number != counted;
}

static void
end_batch(struct count *n)
{
	n->in_batch = false;
	n->batch_messages = 0;
}

static void
on_around(struct count *n, struct span line)
{
	if (hl7_segment_is(line, "FHS")) {
		n->batch->has_wrong_count |= n->in_file || n->in_batch;
		n->in_file = true;
		n->file_batches = 0;
		end_batch(n);
	} else if (hl7_segment_is(line, "BHS")) {
		n->batch->has_wrong_count |= n->in_batch;
		end_batch(n);
		n->in_batch = true;
		n->file_batches++;
		n->batch->batches++;
	} else if (hl7_segment_is(line, "BTS")) {
		compare(n, line, n->batch_messages);
		n->batch->has_wrong_count |= !n->in_batch;
		end_batch(n);
	} else {
		/* A file without any BHS counts as one batch. */
		compare(n, line, n->file_batches > 0 ? n->file_batches : 1);
		n->batch->has_wrong_count |= !n->in_file || n->in_batch;
		n->in_file = false;
	}
}

/* --- what an answer mirrors ------------------------------------------------ */

/* `s` copied to where it lasts, or nothing where that is full. */
static struct span
kept(struct hl7_batch *b, struct span s)
{
	uint8_t *at = b->text + b->text_len;

	if (s.len == 0 || s.len > sizeof(b->text) - b->text_len)
		return (struct span){ 0 };
	memcpy(at, s.ptr, s.len);
	b->text_len += s.len;
	return (struct span){ at, s.len };
}

/* BHS and FHS have the same fields 1 to 6 and 11 as MSH has 1 to 6 and 10. */
static void
keep_sender(struct hl7_batch *b, struct span segment, size_t id_field)
{
	struct hl7_delimiters d = { 0 };
	struct hl7_fields f;

	if (hl7_delimiters_read(segment, &d) != ST_OK)
		return;
	hl7_split(segment, &d, &f);
	if (b->head.control_id.len == 0)
		b->head.control_id = kept(b, hl7_field(&f, id_field));
	if (b->head.encoding.len > 0)
		return;
	b->head.field_separator = d.field;
	b->head.encoding = kept(b, hl7_field(&f, 2));
	b->head.sending_application = kept(b, hl7_field(&f, 3));
	b->head.sending_facility = kept(b, hl7_field(&f, 4));
	b->head.receiving_application = kept(b, hl7_field(&f, 5));
	b->head.receiving_facility = kept(b, hl7_field(&f, 6));
}

/* Only a message says which version it is. */
static void
keep_version(struct hl7_batch *b, struct span segment)
{
	struct hl7_delimiters d = { 0 };
	struct hl7_fields f;

	if (hl7_delimiters_read(segment, &d) != ST_OK)
		return;
	hl7_split(segment, &d, &f);
	b->head.processing_id = kept(b, hl7_field(&f, 11));
	b->head.version = kept(b, hl7_field(&f, 12));
	b->head.country = kept(b, hl7_field(&f, 17));
	b->head.charset = kept(b, hl7_field(&f, 18));
}

static struct span
first_segment(struct span message)
{
	return span_slice(message, 0, scan_either(message, CR, LF));
}

/* --- reading --------------------------------------------------------------- */

/* The segments before the first message; FHS first, so that the BHS of a
 * file is asked before it. */
static enum status
read_start(struct count *n, struct span *rest)
{
	struct span line, file = { 0 }, batch = { 0 };

	while (next_around(rest, &line) == ST_OK) {
		on_around(n, line);
		if (hl7_segment_is(line, "FHS"))
			file = line;
		else if (hl7_segment_is(line, "BHS"))
			batch = line;
	}
	if (file.ptr == NULL && batch.ptr == NULL)
		return ST_NOT_FOUND;
	keep_sender(n->batch, batch, 11);
	keep_sender(n->batch, file, 11);
	return ST_OK;
}

static void
on_message(struct count *n, struct span message)
{
	n->batch_messages++;
	if (n->batch->messages++ > 0)
		return;
	keep_sender(n->batch, first_segment(message), 10);
	keep_version(n->batch, first_segment(message));
}

/* See hl7_batch.h. */
enum status
hl7_batch_read(struct span frame, struct hl7_batch *b)
{
	struct count n = { .batch = b };
	struct span message, line;

	/* Not `text`: it is filled as far as `text_len` says. */
	memset(b, 0, offsetof(struct hl7_batch, text));
	frame = without_mark(frame);
	TRY(read_start(&n, &frame));
	while (hl7_next_message(&frame, &message) == ST_OK) {
		on_message(&n, message);
		while (next_around(&frame, &line) == ST_OK)
			on_around(&n, line);
	}
	b->has_wrong_count |= n.in_batch || n.in_file;
	return ST_OK;
}

/* --- one answer ------------------------------------------------------------ */

/* HL70357 in an ERR of ours, before and since 2.5. */
static unsigned
error_of(const struct hl7_fields *err, const struct hl7_delimiters *d)
{
	struct span code = hl7_component(hl7_field(err, 3), d, 1);
	unsigned error = 0;

	if (code.len == 0)
		code = hl7_subcomponent(hl7_component(hl7_field(err, 1), d, 4),
		    d, 1);
	for (size_t i = 0; i < code.len && i < 3; i++)
		error = error * 10 + (unsigned)(code.ptr[i] - '0');
	return error;
}

/* See hl7_batch.h. */
void
hl7_batch_add(struct hl7_batch *b, struct span ack)
{
	struct hl7_delimiters d = { 0 };
	struct hl7_reader r;
	struct hl7_fields f;
	struct span segment;
	bool refused = false;

	b->answers++;
	if (hl7_delimiters_read(ack, &d) != ST_OK)
		return;
	hl7_reader_init(&r, ack);
	while (hl7_next_segment(&r, &segment) == ST_OK) {
		hl7_split(segment, &d, &f);
		if (hl7_segment_is(segment, "MSA"))
			refused = !span_is(hl7_field(&f, 1), "AA") &&
			    !span_is(hl7_field(&f, 1), "CA");
		if (hl7_segment_is(segment, "ERR") && b->refused == 0)
			b->error = error_of(&f, &d);
	}
	if (refused && b->refused++ == 0)
		b->first_refused = b->answers;
}

/* See hl7_batch.h. */
enum status
hl7_batch_answer(const struct hl7_batch *b, struct span own_id,
    struct span time, struct buf *out)
{
	char text[96];
	struct hl7_ack_reply reply = { .code = HL7_AA };

	if (b->refused > 0) {
		snprintf(text, sizeof(text), "%u of %u messages refused, the "
		    "first is number %u", b->refused, b->answers,
		    b->first_refused);
		reply = (struct hl7_ack_reply){ HL7_AE,
		    b->error == 0 ? 199 : b->error, "MSH", b->first_refused, 0,
		    text };
	}
	return hl7_ack_write(&b->head, &reply, own_id, time, out);
}
