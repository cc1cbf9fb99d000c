/* Values, codes and reference ranges of CDA observations (HL7 v3 data types
 * R1) as the report has them; see cda_report.h. */
#include "input/cda_report.h"

/* See cda_report.h. */
struct coded
cda_coded(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *code)
{
	const struct cda_node *other = cda_child(code, "translation");

	return (struct coded){
		.code = cda_attribute(code, "code"),
		.system = hl7_code_system(c, cda_attribute(code, "codeSystem")),
		.display = cda_attribute(code, "displayName"),
		.alternate_code = cda_attribute(other, "code"),
		.alternate_system = hl7_code_system(c, cda_attribute(other,
		    "codeSystem")),
		.alternate_display = cda_attribute(other, "displayName"),
		.text = cda_said(c, texts, cda_child(code, "originalText")),
	};
}

/* What the readers of values share. */
struct reader {
	struct hl7_context *c;
	struct cda_texts *texts;
	struct span *unit;
};

/* --- quantities -------------------------------------------------------------- */

/* "1" is UCUM's word for no unit. */
static struct span
unit_of(const struct cda_node *quantity)
{
	struct span unit = cda_attribute(quantity, "unit");

	return span_is(unit, "1") ? (struct span){ 0 } : unit;
}

static struct span
number_of(struct hl7_context *c, const struct cda_node *quantity)
{
	return hl7_number(c, cda_attribute(quantity, "value"));
}

/* What is written as a number but is none stays what was written. */
static struct value
quantity(struct reader *r, const struct cda_node *n)
{
	struct span number = number_of(r->c, n);
	struct span text = cda_attribute(n, "value");

	*r->unit = unit_of(n);
	if (number.len > 0)
		return (struct value){ .kind = VALUE_QUANTITY, .number = number };
	return (struct value){ .kind = text.len > 0 ? VALUE_TEXT : VALUE_ABSENT,
	    .text = text };
}

static const char *
comparator_of(const struct cda_node *bound, const char *with, const char *without)
{
	return span_is(cda_attribute(bound, "inclusive"), "false") ? without
	    : with;
}

/* IVL_PQ: one bound is a comparison, two are a range. */
static struct value
interval(struct reader *r, const struct cda_node *n)
{
	const struct cda_node *low = cda_child(n, "low");
	const struct cda_node *high = cda_child(n, "high");
	struct span from = number_of(r->c, low), to = number_of(r->c, high);

	if (from.len + to.len == 0)
		return quantity(r, n);
	*r->unit = unit_of(from.len > 0 ? low : high);
	if (from.len > 0 && to.len > 0)
		return (struct value){ .kind = VALUE_RANGE, .number = from,
		    .number2 = to };
	return (struct value){ .kind = VALUE_QUANTITY,
	    .number = from.len > 0 ? from : to,
	    .comparator = span_of(from.len > 0
		? comparator_of(low, ">=", ">")
		: comparator_of(high, "<=", "<")) };
}

static struct value
ratio(struct reader *r, const struct cda_node *n)
{
	struct span above = number_of(r->c, cda_child(n, "numerator"));
	struct span below = number_of(r->c, cda_child(n, "denominator"));

	if (above.len == 0 || below.len == 0)
		return (struct value){ .kind = VALUE_ABSENT };
	return (struct value){ .kind = VALUE_RATIO, .number = above,
	    .number2 = below };
}

/* --- everything else ----------------------------------------------------------- */

static struct value
text(struct reader *r, const struct cda_node *n)
{
	struct span s = cda_said(r->c, r->texts, n);

	if (s.len == 0)
		s = cda_attribute(n, "value");	/* BL */
	return (struct value){ .kind = s.len > 0 ? VALUE_TEXT : VALUE_ABSENT,
	    .text = s };
}

static struct value
coded(struct reader *r, const struct cda_node *n)
{
	struct value v = { .kind = VALUE_CODED, .coded = cda_coded(r->c, r->texts,
	    n) };

	if (hl7_is_uncoded(&v.coded))
		v.kind = VALUE_ABSENT;
	return v;
}

static struct value
instant(struct reader *r, const struct cda_node *n)
{
	struct span when = hl7_when(r->c, cda_attribute(n, "value"), NULL).text;

	return (struct value){ .kind = when.len > 0 ? VALUE_DATE_TIME
	    : VALUE_ABSENT, .text = when };
}

static struct value
period(struct reader *r, const struct cda_node *n)
{
	struct span low = hl7_when(r->c, cda_attribute(cda_child(n, "low"),
	    "value"), NULL).text;
	struct span high = hl7_when(r->c, cda_attribute(cda_child(n, "high"),
	    "value"), NULL).text;

	if (low.len + high.len == 0)
		return instant(r, n);
	return (struct value){ .kind = VALUE_PERIOD, .text = low,
	    .text2 = high };
}

/* "PQ" of xsi:type "PQ" and "cda:PQ". */
static struct span
type_of(const struct cda_node *n)
{
	struct span type = cda_attribute(n, "type");

	for (size_t i = 0; i < type.len; i++)
		if (type.ptr[i] == ':')
			return span_slice(type, i + 1, type.len);
	return type;
}

/* See cda_report.h. */
struct value
cda_value(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *value, struct span *unit)
{
	static const struct {
		const char *type;
		struct value (*read)(struct reader *, const struct cda_node *);
	} row[] = {
		{ "PQ", quantity }, { "INT", quantity }, { "REAL", quantity },
		{ "IVL_PQ", interval }, { "IVL_INT", interval },
		{ "RTO", ratio }, { "RTO_PQ_PQ", ratio },
		{ "RTO_QTY_QTY", ratio },
		{ "CD", coded }, { "CE", coded }, { "CV", coded },
		{ "CO", coded }, { "CS", coded },
		{ "TS", instant }, { "IVL_TS", period },
	};
	struct reader r = { c, texts, unit };
	struct span type = type_of(value);

	*unit = (struct span){ 0 };
	if (value == NULL || cda_attribute(value, "nullFlavor").len > 0)
		return (struct value){ .kind = VALUE_ABSENT };
	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(type, row[i].type))
			return row[i].read(&r, value);
	if (!span_is(type, "ST") && !span_is(type, "ED") &&
	    !span_is(type, "BL"))
		c->warnings |= WARN_VALUE_TYPE;
	return text(&r, value);
}

/* --- reference ranges ------------------------------------------------------------ */

/* The range for normal values; others (critical ones) are said by the lab
 * under an interpretationCode of their own. */
static const struct cda_node *
normal_range(const struct cda_node *observation)
{
	const struct cda_node *n = cda_child(observation, "referenceRange");

	for (; n != NULL; n = cda_again(n)) {
		const struct cda_node *range = cda_child(n, "observationRange");
		struct span code = cda_attribute(cda_child(range,
		    "interpretationCode"), "code");

		if (range != NULL && (code.len == 0 || span_is(code, "N")))
			return range;
	}
	return NULL;
}

/* "3.9 - 5.5", as a laboratory prints it. */
static struct span
printed(struct hl7_context *c, struct span low, struct span high)
{
	size_t max = low.len + high.len + 3;
	struct buf out = buf_over(hl7_alloc(c, max, 1), max);
	const char *between = low.len == 0 ? "<= " : high.len == 0 ? "" : " - ";

	if (out.ptr == NULL ||
	    (high.len == 0 && buf_append_text(&out, ">= ") != ST_OK) ||
	    buf_append_span(&out, low) != ST_OK ||
	    buf_append_text(&out, between) != ST_OK ||
	    buf_append_span(&out, high) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

/* See cda_report.h. */
void
cda_range(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *observation, struct observation *o)
{
	const struct cda_node *range = normal_range(observation);
	const struct cda_node *value = cda_child(range, "value");

	o->range_text = cda_said(c, texts, cda_child(range, "text"));
	o->range_low = number_of(c, cda_child(value, "low"));
	o->range_high = number_of(c, cda_child(value, "high"));
	if (o->range_text.len == 0 && o->range_low.len + o->range_high.len > 0)
		o->range_text = printed(c, cda_attribute(cda_child(value,
		    "low"), "value"), cda_attribute(cda_child(value, "high"),
		    "value"));
}
