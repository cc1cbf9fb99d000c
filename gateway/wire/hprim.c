#include "wire/hprim.h"

#include <limits.h>

#include "wire/scan.h"

enum {
	NAME_MAX_LEN = 3,
	DELIMITERS_LEAST = 3,	/* field, sub-field, repeater */
	DELIMITERS = 5
};

/* --- characters ---------------------------------------------------------- */

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

static struct span
without_mark(struct span s)
{
	static const uint8_t mark[3] = { 0xef, 0xbb, 0xbf };

	if (s.len >= sizeof(mark) && memcmp(s.ptr, mark, sizeof(mark)) == 0)
		return span_slice(s, sizeof(mark), s.len);
	return s;
}

/* --- lines --------------------------------------------------------------- */

struct lines {
	struct span rest;
	unsigned line;		/* of the one taken last */
	unsigned next;		/* of the first byte of `rest` */
};

/* Passes over control characters, counting the line ends among them. */
static void
skip_controls(struct lines *l)
{
	size_t at = 0;

	while (at < l->rest.len && l->rest.ptr[at] < ' ') {
		bool crlf = at + 1 < l->rest.len && l->rest.ptr[at] == '\r' &&
		    l->rest.ptr[at + 1] == '\n';

		if (l->rest.ptr[at] == '\r' || l->rest.ptr[at] == '\n')
			l->next++;
		at += crlf ? 2 : 1;
	}
	l->rest = span_slice(l->rest, at, l->rest.len);
}

static struct lines
lines_of(struct span file)
{
	struct lines l = { .rest = without_mark(file), .next = 1 };

	skip_controls(&l);
	return l;
}

/* The next line that is not empty; false at the end. */
static bool
take_line(struct lines *l, struct span *line)
{
	size_t len = scan_either(l->rest, '\r', '\n');

	if (l->rest.len == 0)
		return false;
	*line = span_slice(l->rest, 0, len);
	l->line = l->next;
	l->rest = span_slice(l->rest, len, l->rest.len);
	skip_controls(l);
	return true;
}

static bool
is_blank(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] != ' ')
			return false;
	return true;
}

/* --- segments ------------------------------------------------------------ */

/* All that the standard has: a name alone on its line counts for these. */
static const char *const known[] = {
	"H", "P", "OBR", "OBX", "C", "A", "L",
	"AC", "ACT", "AP", "FAC", "REG", "ERR",
};

/* Bytes of the segment's name; 0 where the line is no segment. */
static size_t
name_len(struct span line, uint8_t field)
{
	size_t len = 0;

	while (len < line.len && len <= NAME_MAX_LEN && line.ptr[len] != field &&
	    (is_upper(line.ptr[len]) || (len > 0 && is_digit(line.ptr[len]))))
		len++;
	if (len == 0 || len > NAME_MAX_LEN)
		return 0;
	if (len < line.len)
		return line.ptr[len] == field ? len : 0;
	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(line, known[i]))
			return len;
	return 0;
}

/* See hprim.h. */
bool
hprim_segment_is(struct span segment, const char *name, uint8_t field)
{
	size_t len = strlen(name);

	return segment.len >= len && memcmp(segment.ptr, name, len) == 0 &&
	    (segment.len == len || segment.ptr[len] == field);
}

/* --- H ------------------------------------------------------------------- */

/* How many delimiters stand before the field separator comes again. */
static size_t
delimiters_len(struct span line)
{
	size_t len = 1;

	while (len < DELIMITERS && 1 + len < line.len &&
	    line.ptr[1 + len] != line.ptr[1])
		len++;
	return len;
}

static enum hprim_fault
read_delimiters(struct span line, struct hl7_delimiters *d)
{
	struct span marks;

	if (line.len < 2 || line.ptr[0] != 'H' || !is_delimiter(line.ptr[1]))
		return HPRIM_NO_H;
	marks = span_slice(line, 1, delimiters_len(line));
	if (marks.len < DELIMITERS_LEAST)
		return HPRIM_DELIMITERS;
	if (1 + marks.len < line.len && line.ptr[1 + marks.len] != line.ptr[1])
		return HPRIM_DELIMITERS;	/* more than five */
	for (size_t i = 0; i < marks.len; i++)
		if (!is_delimiter(marks.ptr[i]) ||
		    memchr(marks.ptr, marks.ptr[i], i) != NULL)
			return HPRIM_DELIMITERS;
	*d = (struct hl7_delimiters){
		.field = marks.ptr[0], .component = marks.ptr[1],
		.repetition = marks.ptr[2],
		.escape = marks.len > 3 ? marks.ptr[3] : 0,
		.subcomponent = marks.len > 4 ? marks.ptr[4] : 0,
	};
	return HPRIM_SOUND;
}

static enum hprim_fault
head_of(struct span file)
{
	struct lines l = lines_of(file);
	struct hl7_delimiters d;
	struct span line;

	return take_line(&l, &line) ? read_delimiters(line, &d) : HPRIM_NO_H;
}

/* See hprim.h. */
bool
hprim_is(struct span file)
{
	return head_of(file) == HPRIM_SOUND;
}

/* See hprim.h. */
bool
hprim_may_be(struct span file)
{
	return head_of(file) != HPRIM_NO_H;
}

/* --- L ------------------------------------------------------------------- */

/* A count; ULONG_MAX where there is none, and nothing to check. */
static unsigned long
count_of(struct span text)
{
	unsigned long n = 0;
	size_t digits = 0;

	for (size_t i = 0; i < text.len && digits < 10; i++) {
		if (text.ptr[i] == ' ')
			continue;
		if (!is_digit(text.ptr[i]))
			return ULONG_MAX;
		n = n * 10 + (unsigned long)(text.ptr[i] - '0');
		digits++;
	}
	return digits == 0 ? ULONG_MAX : n;
}

static enum hprim_fault
check_counts(struct span l_segment, struct hprim_file *about)
{
	struct hl7_fields l;

	hl7_split(l_segment, &about->d, &l);
	about->counted_patients = count_of(hl7_field(&l, 3));
	about->counted_segments = count_of(hl7_field(&l, 4));
	if (about->counted_patients != ULONG_MAX &&
	    about->counted_patients != about->patients)
		return HPRIM_PATIENTS;
	/* With its addenda or without: both are called segments. */
	if (about->counted_segments != ULONG_MAX &&
	    about->counted_segments != about->segments &&
	    about->counted_segments != about->lines)
		return HPRIM_SEGMENTS;
	return HPRIM_SOUND;
}

/* --- unfolding ----------------------------------------------------------- */

struct unfolding {
	struct buf *out;
	struct hprim_file *about;
	size_t start;		/* of the last segment, in out */
	bool takes_text;	/* that is an OBX or a C */
	bool ended;		/* that is the L */
};

static bool
is_addendum(struct span line, uint8_t field)
{
	return name_len(line, field) == 1 && line.ptr[0] == 'A';
}

/* Appends to the last segment, whose CR is taken off first. */
static enum status
extend(struct unfolding *u, const char *between, struct span more)
{
	u->out->len--;
	TRY(buf_append_text(u->out, between));
	TRY(buf_append_span(u->out, more));
	return buf_append_text(u->out, "\r");
}

static enum status
begin_segment(struct unfolding *u, struct span line)
{
	uint8_t field = u->about->d.field;

	u->about->segments++;
	u->about->patients += hprim_segment_is(line, "P", field);
	u->takes_text = hprim_segment_is(line, "OBX", field) ||
	    hprim_segment_is(line, "C", field);
	u->ended = hprim_segment_is(line, "L", field);
	u->start = u->out->len;
	TRY(buf_append_span(u->out, line));
	return buf_append_text(u->out, "\r");
}

static enum status
fault(struct hprim_file *about, enum hprim_fault what, unsigned line)
{
	about->fault = what;
	about->fault_line = line;
	return ST_MALFORMED;
}

static enum status
add_line(struct unfolding *u, struct span line, unsigned number)
{
	struct hprim_file *about = u->about;
	uint8_t field = about->d.field;

	if (u->ended && !is_addendum(line, field))
		return fault(about, HPRIM_AFTER_L, number);
	about->lines++;
	about->long_lines += line.len + 1 > HPRIM_LINE_MAX;
	if (is_addendum(line, field)) {
		about->addenda++;
		return extend(u, "", span_slice(line, 2, line.len));
	}
	if (name_len(line, field) == 0) {
		if (!u->takes_text)
			return fault(about, HPRIM_NO_SEGMENT, number);
		return extend(u, "\n", line);
	}
	if (about->segments > 0 && hprim_segment_is(line, "H", field))
		return fault(about, HPRIM_SECOND_H, number);
	return begin_segment(u, line);
}

/* See hprim.h. */
size_t
hprim_most(size_t len)
{
	return len + 1;		/* the CR of a last line without one */
}

/* See hprim.h. */
enum status
hprim_unfold(struct span file, struct buf *out, struct hprim_file *about)
{
	struct unfolding u = { .out = out, .about = about };
	struct lines l = lines_of(file);
	struct span line = { 0 }, last;

	*about = (struct hprim_file){ .fault = HPRIM_NO_H, .fault_line = 1 };
	if (!take_line(&l, &line))
		return ST_MALFORMED;
	about->fault = read_delimiters(line, &about->d);
	about->fault_line = l.line;
	if (about->fault != HPRIM_SOUND)
		return ST_MALFORMED;
	do {
		if (!is_blank(line))
			TRY(add_line(&u, line, l.line));
	} while (take_line(&l, &line));
	if (!u.ended)
		return fault(about, HPRIM_NO_L, l.line);
	last = span_slice(buf_span(out), u.start, out->len - u.start - 1);
	about->fault = check_counts(last, about);
	about->fault_line = l.line;
	return about->fault == HPRIM_SOUND ? ST_OK : ST_MALFORMED;
}

/* See hprim.h. */
unsigned
hprim_line_of(struct span file, unsigned n)
{
	struct lines l = lines_of(file);
	struct hl7_delimiters d;
	struct span line;

	if (!take_line(&l, &line) || read_delimiters(line, &d) != HPRIM_SOUND)
		return 0;
	do {
		if (name_len(line, d.field) > 0 && !is_addendum(line, d.field) &&
		    --n == 0)
			return l.line;
	} while (n > 0 && take_line(&l, &line));
	return 0;
}
