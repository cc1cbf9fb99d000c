#include "input/hl7_value.h"

#include "wire/hl7_time.h"

enum { RANGE_MAX = 64 };	/* bytes; longer is prose */

/* What a row of the table below does with OBX-5. */
typedef struct value reader(struct hl7_context *c, struct span field);

static struct value
text_value(struct hl7_context *c, struct span field)
{
	struct value v = { .kind = VALUE_TEXT, .text = hl7_prose(c, field) };

	if (v.text.len == 0)
		v.kind = VALUE_ABSENT;
	return v;
}

/* The text, because the value was not what its type says. */
static struct value
degraded(struct hl7_context *c, struct span field)
{
	c->warnings |= WARN_VALUE_TYPE;
	return text_value(c, field);
}

/* Appends the components of one repetition, those that say something. */
static enum status
append_words(struct hl7_context *c, struct span rest, const char *between,
    struct buf *out)
{
	struct span piece;
	bool first = true;

	while (hl7_next_piece(&rest, c->d.component, &piece)) {
		if (piece.len == 0 || hl7_is_null(piece))
			continue;
		if (!first)
			TRY(buf_append_text(out, between));
		TRY(buf_append_span(out, piece));
		first = false;
	}
	return ST_OK;
}

/* Components as words, repetitions as lines. */
static struct value
joined_words(struct hl7_context *c, struct span field, const char *between)
{
	struct buf out = buf_over(hl7_alloc(c, field.len + 1, 1), field.len + 1);
	struct value v = { .kind = VALUE_TEXT };
	struct span piece;

	while (out.ptr != NULL &&
	    hl7_next_piece(&field, c->d.repetition, &piece))
		if ((out.len > 0 && buf_append(&out, &c->d.repetition, 1) !=
		    ST_OK) || append_words(c, piece, between, &out) != ST_OK)
			break;
	v.text = hl7_prose(c, buf_span(&out));
	if (v.text.len == 0)
		v.kind = VALUE_ABSENT;
	return v;
}

/* Names, addresses and the like. */
static struct value
words_value(struct hl7_context *c, struct span field)
{
	return joined_words(c, field, " ");
}

/* Several values where FHIR has room for one: a line for each. */
static struct value
several_values(struct hl7_context *c, struct span type, struct span field)
{
	c->warnings |= WARN_VALUE_TYPE;
	return joined_words(c, field, span_is(type, "SN") ? "" : " ");
}

/* --- numbers ------------------------------------------------------------- */

/* Takes "<", "<=", ">=", ">" off `s`. */
static struct span
take_comparator(struct span *s)
{
	size_t len = 0;
	struct span comparator;

	while (s->len > 0 && s->ptr[0] == ' ')
		*s = span_slice(*s, 1, s->len);
	if (s->len > 0 && (s->ptr[0] == '<' || s->ptr[0] == '>'))
		len = s->len > 1 && s->ptr[1] == '=' ? 2 : 1;
	comparator = span_slice(*s, 0, len);
	*s = span_slice(*s, len, s->len);
	return comparator;
}

/* Static text, so that it outlives the frame. */
static struct span
comparator_of(struct span s)
{
	static const char *const known[] = { "<", "<=", ">=", ">" };

	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(s, known[i]))
			return span_of(known[i]);
	return (struct span){ 0 };
}

/* "<0.5" in an NM is not HL7 and happens everywhere; it says one thing. */
static struct value
number_value(struct hl7_context *c, struct span field)
{
	struct span rest = field;
	struct value v = { .kind = VALUE_QUANTITY };

	v.comparator = comparator_of(take_comparator(&rest));
	v.number = hl7_number(c, rest);
	return v.number.len > 0 ? v : degraded(c, field);
}

static bool
is_comparator(struct span s)
{
	return s.len == 0 || comparator_of(s).len > 0;
}

/* The parts of an SN one after the other, as a person would write them. */
static struct value
structured_text(struct hl7_context *c, const struct span part[4])
{
	size_t max = part[0].len + part[1].len + part[2].len + part[3].len;
	struct buf out = buf_over(hl7_alloc(c, max, 1), max);
	struct value v = { .kind = VALUE_TEXT };

	for (size_t i = 0; out.ptr != NULL && i < 4; i++)
		if (buf_append_span(&out, part[i]) != ST_OK)
			break;
	v.text = hl7_text(c, buf_span(&out));
	if (v.text.len == 0)
		v.kind = VALUE_ABSENT;
	return v;
}

/* SN: comparator^num1^separator^num2 (HL7 v2.5.1 section 2.A.70). */
static struct value
structured_value(struct hl7_context *c, struct span field)
{
	struct span part[4] = { { 0 } }, rest = hl7_first(field, &c->d);
	struct value v = { .kind = VALUE_QUANTITY };

	for (size_t i = 0; i < 4; i++)
		if (!hl7_next_piece(&rest, c->d.component, &part[i]))
			break;
	if (span_is(part[0], "="))
		part[0].len = 0;	/* says what its absence says */
	v.comparator = comparator_of(part[0]);
	v.number = hl7_number(c, part[1]);
	v.number2 = hl7_number(c, part[3]);
	if (!is_comparator(part[0]) || v.number.len == 0)
		return structured_text(c, part);
	if (part[2].len + part[3].len == 0)
		return v;
	if (v.number2.len > 0 && span_is(part[2], "-"))
		v.kind = VALUE_RANGE;
	else if (v.number2.len > 0 && (span_is(part[2], ":") ||
	    span_is(part[2], "/")))
		v.kind = VALUE_RATIO;
	else
		return structured_text(c, part);
	/* FHIR's Range and Ratio have no room for the comparator. */
	return part[0].len > 0 ? structured_text(c, part) : v;
}

static struct value
numeric_range_value(struct hl7_context *c, struct span field)
{
	struct span first = hl7_first(field, &c->d);
	struct value v = {
		.kind = VALUE_RANGE,
		.number = hl7_number(c, hl7_component(first, &c->d, 1)),
		.number2 = hl7_number(c, hl7_component(first, &c->d, 2)),
	};

	return v.number.len > 0 && v.number2.len > 0 ? v : words_value(c, field);
}

/* NA: numbers apart by components, rows by repetitions; SampledData.data
 * has them apart by blanks (FHIR R4 section 2.24.0.8). */
static struct value
array_value(struct hl7_context *c, struct span field)
{
	size_t max = field.len + 1;
	struct buf out = buf_over(hl7_alloc(c, max, 1), max);
	struct value v = { .kind = VALUE_SAMPLED };

	for (size_t i = 0; out.ptr != NULL && i < field.len; i++) {
		uint8_t byte = field.ptr[i];

		if (byte == c->d.component || byte == c->d.repetition)
			byte = ' ';
		if (buf_append(&out, &byte, 1) != ST_OK)
			break;
	}
	v.text = hl7_text(c, buf_span(&out));
	for (size_t i = 0; i < v.text.len; i++)
		if (strchr("0123456789+-.eE ", v.text.ptr[i]) == NULL)
			v.kind = VALUE_TEXT;
	return v;
}

/* --- codes, times -------------------------------------------------------- */

static size_t
count_pieces(struct span field, uint8_t separator)
{
	struct span piece;
	size_t n = 0;

	while (hl7_next_piece(&field, separator, &piece))
		n += piece.len > 0;
	return n;
}

static struct value
coded_value(struct hl7_context *c, struct span field)
{
	struct value v = { .kind = VALUE_CODED };
	size_t n = count_pieces(field, c->d.repetition);
	struct span piece;
	bool first = true;

	if (n > 1)
		v.more = hl7_alloc(c, n - 1, sizeof(*v.more));
	while (hl7_next_piece(&field, c->d.repetition, &piece)) {
		if (piece.len == 0)
			continue;
		if (first)
			v.coded = hl7_coded(c, piece, c->d.component);
		else if (v.more != NULL)
			v.more[v.n_more++] = hl7_coded(c, piece, c->d.component);
		first = false;
	}
	if (v.n_more == 0 && hl7_is_uncoded(&v.coded))
		v.kind = VALUE_ABSENT;
	return v;
}

static struct value
time_value(struct hl7_context *c, struct span field)
{
	struct value v = {
		.kind = VALUE_DATE_TIME,
		.text = hl7_when(c, field, NULL).text,
	};

	return v.text.len > 0 ? v : degraded(c, field);
}

static struct value
clock_value(struct hl7_context *c, struct span field)
{
	struct buf out = buf_over(hl7_alloc(c, HL7_TIME_TEXT_MAX, 1),
	    HL7_TIME_TEXT_MAX);
	struct value v = { .kind = VALUE_TIME };

	if (out.ptr == NULL || hl7_clock_write(hl7_code(c, field), &out) != ST_OK)
		return degraded(c, field);
	v.text = buf_span(&out);
	return v;
}

static struct value
period_value(struct hl7_context *c, struct span field)
{
	struct span first = hl7_first(field, &c->d);
	struct value v = {
		.kind = VALUE_PERIOD,
		.text = hl7_when(c, hl7_component(first, &c->d, 1), NULL).text,
		.text2 = hl7_when(c, hl7_component(first, &c->d, 2), NULL).text,
	};

	return v.text.len + v.text2.len > 0 ? v : degraded(c, field);
}

/* A pointer is never followed; what it points at is not here. */
static struct value
pointer_value(struct hl7_context *c, struct span field)
{
	(void)field;
	c->warnings |= WARN_ATTACHMENT;
	return (struct value){ .kind = VALUE_ABSENT };
}

/* --- the table ----------------------------------------------------------- */

/* HL70125.  `single`: a second repetition makes it text. */
static const struct {
	const char *type;
	reader *read;
	bool single;
} types[] = {
	{ "NM", number_value, true }, { "SN", structured_value, true },
	{ "ST", text_value, false }, { "TX", text_value, false },
	{ "FT", text_value, false }, { "CE", coded_value, false },
	{ "CWE", coded_value, false }, { "CNE", coded_value, false },
	{ "CF", coded_value, false }, { "IS", coded_value, false },
	{ "ID", coded_value, false }, { "DT", time_value, true },
	{ "TS", time_value, true }, { "DTM", time_value, true },
	{ "TM", clock_value, true }, { "DR", period_value, true },
	{ "NR", numeric_range_value, true }, { "NA", array_value, false },
	{ "MA", array_value, false }, { "RP", pointer_value, false },
	{ "XPN", words_value, false }, { "XCN", words_value, false },
	{ "XAD", words_value, false }, { "XON", words_value, false },
	{ "XTN", words_value, false }, { "CX", words_value, false },
	{ "EI", words_value, false }, { "CP", words_value, false },
	{ "CQ", words_value, false }, { "MO", words_value, false },
	{ "PN", words_value, false }, { "CN", words_value, false },
	{ "AD", words_value, false }, { "TN", words_value, false },
	{ "CK", words_value, false }, { "HD", words_value, false },
	{ "SNM", words_value, false },
};

static bool
is_blank(struct span s, uint8_t component)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != ' ' && s.ptr[i] != component)
			return false;
	return true;
}

/* See hl7_value.h. */
struct value
hl7_value(struct hl7_context *c, struct span type, struct span field)
{
	struct span code = hl7_code(c, type);

	if (is_blank(field, c->d.component) || hl7_is_null(field))
		return (struct value){ .kind = VALUE_ABSENT };
	for (size_t i = 0; i < COUNT(types); i++) {
		if (!span_is(code, types[i].type))
			continue;
		if (types[i].single && count_pieces(field, c->d.repetition) > 1)
			return several_values(c, code, field);
		return types[i].read(c, field);
	}
	return degraded(c, field);
}

/* See hl7_value.h. */
void
hl7_range(struct hl7_context *c, struct span text, struct span *low,
    struct span *high)
{
	struct span rest = text, comparator = take_comparator(&rest);
	unsigned warnings = c->warnings;

	*low = *high = (struct span){ 0 };
	if (text.len > RANGE_MAX)
		return;
	if (comparator.len > 0) {
		*(comparator.ptr[0] == '<' ? high : low) = hl7_number(c, rest);
	} else {
		/* From 1: a minus at the start belongs to the number. */
		for (size_t i = 1; i < text.len && low->len == 0; i++) {
			if (text.ptr[i] != '-')
				continue;
			*low = hl7_number(c, span_slice(text, 0, i));
			*high = hl7_number(c, span_slice(text, i + 1, text.len));
			if (low->len == 0 || high->len == 0)
				*low = *high = (struct span){ 0 };
		}
	}
	c->warnings = warnings;	/* the text stands beside it anyway */
}
