#include "wire/hl7.h"

#include "wire/scan.h"

enum { CR = '\r', LF = '\n', NAME_LEN = 3 };

static bool
is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_delimiter(uint8_t c)
{
	return c > ' ' && c < 0x7f && !is_digit(c) && !is_upper(c) &&
	    !(c >= 'a' && c <= 'z');
}

/* A header segment: the three that bring their own delimiters. */
static bool
is_header(struct span s)
{
	return s.len >= NAME_LEN && (memcmp(s.ptr, "MSH", NAME_LEN) == 0 ||
	    memcmp(s.ptr, "FHS", NAME_LEN) == 0 ||
	    memcmp(s.ptr, "BHS", NAME_LEN) == 0);
}

/* --- delimiters ---------------------------------------------------------- */

/* The separator cannot be among them: it ends MSH-2. */
static bool
all_different(struct span encoding)
{
	for (size_t i = 0; i < encoding.len; i++) {
		uint8_t c = encoding.ptr[i];

		if (!is_delimiter(c) || memchr(encoding.ptr, c, i) != NULL)
			return false;
	}
	return true;
}

static uint8_t
delimiter_at(struct span encoding, size_t i)
{
	return i < encoding.len ? encoding.ptr[i] : 0;
}

/* See hl7.h. */
enum status
hl7_delimiters_read(struct span segment, struct hl7_delimiters *d)
{
	struct span encoding, rest;

	if (!is_header(segment) || segment.len == NAME_LEN ||
	    !is_delimiter(segment.ptr[NAME_LEN]))
		return ST_MALFORMED;
	rest = span_slice(segment, NAME_LEN + 1, segment.len);
	*d = (struct hl7_delimiters){ .field = segment.ptr[NAME_LEN] };
	encoding = hl7_piece(rest, d->field, 1);
	if (encoding.len < 3 || encoding.len > 5 ||
	    !all_different(encoding))
		return ST_INVALID;
	d->component = encoding.ptr[0];
	d->repetition = encoding.ptr[1];
	d->escape = encoding.ptr[2];
	d->subcomponent = delimiter_at(encoding, 3);
	d->truncation = delimiter_at(encoding, 4);
	return ST_OK;
}

/* --- lines and segments -------------------------------------------------- */

static bool
is_line_end(uint8_t c)
{
	return c == CR || c == LF;
}

/* Takes one line off `rest`, with its end. */
static struct span
take_line(struct span *rest, bool cut_at_lf)
{
	size_t len = scan_either(*rest, CR, cut_at_lf ? LF : CR);
	struct span line = span_slice(*rest, 0, len);
	size_t end = len;

	if (end < rest->len && rest->ptr[end++] == CR && end < rest->len &&
	    rest->ptr[end] == LF)
		end++;
	*rest = span_slice(*rest, end, rest->len);
	return line;
}

/* Three characters of a segment's name, then the separator or the end. */
static bool
is_segment(struct span line, uint8_t field)
{
	return line.len > NAME_LEN && is_upper(line.ptr[0]) &&
	    (is_upper(line.ptr[1]) || is_digit(line.ptr[1])) &&
	    (is_upper(line.ptr[2]) || is_digit(line.ptr[2])) &&
	    line.ptr[NAME_LEN] == field;
}

static bool
is_blank_line(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] != ' ' && !is_line_end(line.ptr[i]))
			return false;
	return true;
}

/* See hl7.h. */
void
hl7_reader_init(struct hl7_reader *r, struct span message)
{
	size_t end = scan_either(message, CR, LF);

	*r = (struct hl7_reader){
		.rest = message,
		.field = message.len > NAME_LEN ? message.ptr[NAME_LEN] : 0,
		.cut_at_lf = end < message.len && message.ptr[end] == LF,
	};
}

/* Draws lines that are no segment of their own into `segment`. */
static void
take_continuation(struct hl7_reader *r, struct span *segment)
{
	struct span look = r->rest;

	while (look.len > 0) {
		struct span line = take_line(&look, r->cut_at_lf);

		if (is_segment(line, r->field))
			return;
		if (is_blank_line(line))
			continue;	/* part of it only if more follows */
		segment->len = (size_t)(line.ptr + line.len - segment->ptr);
		r->rest = look;
	}
	r->rest = look;
}

/* See hl7.h. */
enum status
hl7_next_segment(struct hl7_reader *r, struct span *segment)
{
	while (r->rest.len > 0) {
		struct span line = take_line(&r->rest, r->cut_at_lf);

		if (!is_segment(line, r->field))
			continue;
		*segment = line;
		if (hl7_segment_is(line, "OBX") || hl7_segment_is(line, "NTE"))
			take_continuation(r, segment);
		return ST_OK;
	}
	return ST_NOT_FOUND;
}

/* See hl7.h. */
bool
hl7_segment_is(struct span segment, const char *name)
{
	return segment.len >= NAME_LEN &&
	    memcmp(segment.ptr, name, NAME_LEN) == 0;
}

/* --- messages in a frame ------------------------------------------------- */

static bool
starts_message(struct span line)
{
	return line.len > NAME_LEN && hl7_segment_is(line, "MSH") &&
	    is_delimiter(line.ptr[NAME_LEN]);
}

/* The segments of a batch or file, which stand around messages. */
static bool
ends_message(struct span line)
{
	static const char *const names[] = { "FHS", "BHS", "BTS", "FTS" };

	if (starts_message(line))
		return true;
	for (size_t i = 0; i < COUNT(names); i++)
		if (hl7_segment_is(line, names[i]) && (line.len == NAME_LEN ||
		    is_delimiter(line.ptr[NAME_LEN])))
			return true;
	return false;
}

static struct span
without_mark(struct span s)
{
	static const uint8_t mark[3] = { 0xef, 0xbb, 0xbf };

	if (s.len >= sizeof(mark) && memcmp(s.ptr, mark, sizeof(mark)) == 0)
		return span_slice(s, sizeof(mark), s.len);
	return s;
}

/* See hl7.h. */
enum status
hl7_next_message(struct span *frame, struct span *message)
{
	struct span rest = without_mark(*frame), before, line;
	const uint8_t *start = NULL;
	struct hl7_reader mode = { .cut_at_lf = true };

	while (rest.len > 0) {
		before = rest;
		line = take_line(&rest, mode.cut_at_lf);
		if (start == NULL && starts_message(line)) {
			start = line.ptr;
			hl7_reader_init(&mode, before);
		} else if (start != NULL && ends_message(line)) {
			rest = before;
			break;
		}
	}
	if (start == NULL)
		return ST_NOT_FOUND;
	*message = (struct span){ start, (size_t)(rest.ptr - start) };
	*frame = rest;
	return ST_OK;
}

/* --- fields and below ---------------------------------------------------- */

/* See hl7.h. */
bool
hl7_next_piece(struct span *rest, uint8_t separator, struct span *piece)
{
	const uint8_t *end = NULL;

	if (rest->ptr == NULL)
		return false;
	if (separator != 0 && rest->len > 0)
		end = memchr(rest->ptr, separator, rest->len);
	if (end == NULL) {
		*piece = *rest;
		*rest = (struct span){ 0 };
		return true;
	}
	*piece = (struct span){ rest->ptr, (size_t)(end - rest->ptr) };
	*rest = span_slice(*rest, piece->len + 1, rest->len);
	return true;
}

/* See hl7.h. */
struct span
hl7_piece(struct span s, uint8_t separator, size_t n)
{
	struct span piece;

	for (size_t i = 1; hl7_next_piece(&s, separator, &piece); i++)
		if (i == n)
			return piece;
	return (struct span){ 0 };
}

/* See hl7.h. */
void
hl7_split(struct span segment, const struct hl7_delimiters *d,
    struct hl7_fields *fields)
{
	struct span rest = segment;

	fields->n = 0;
	if (is_header(segment)) {
		fields->at[fields->n++] = span_slice(segment, 0, NAME_LEN);
		fields->at[fields->n++] = span_slice(segment, NAME_LEN, 1);
		rest = span_slice(segment, NAME_LEN + 1, segment.len);
	}
	while (fields->n < HL7_FIELDS_MAX &&
	    hl7_next_piece(&rest, d->field, &fields->at[fields->n]))
		fields->n++;
}

/* See hl7.h. */
struct span
hl7_field(const struct hl7_fields *fields, size_t n)
{
	return n < fields->n ? fields->at[n] : (struct span){ 0 };
}

/* See hl7.h. */
struct span
hl7_first(struct span field, const struct hl7_delimiters *d)
{
	return hl7_piece(field, d->repetition, 1);
}

/* See hl7.h. */
struct span
hl7_component(struct span repetition, const struct hl7_delimiters *d, size_t n)
{
	return hl7_piece(repetition, d->component, n);
}

/* See hl7.h. */
struct span
hl7_subcomponent(struct span component, const struct hl7_delimiters *d,
    size_t n)
{
	return hl7_piece(component, d->subcomponent, n);
}

/* See hl7.h. */
bool
hl7_is_null(struct span field)
{
	return span_is(field, "\"\"");
}
