#include "input/fhir_value.h"

static const char ucum[] = "http://unitsofmeasure.org";

enum { WORDS_MAX = 256 };

struct value_reader {
	struct fhir_context *c;
	const struct fhir_resource *resource;
	struct observation *o;
};

/* Pieces one after the other, without the empty ones' blanks. */
static struct span
words(struct fhir_context *c, const struct span *piece, size_t n)
{
	struct buf out = buf_over(fhir_alloc(c, WORDS_MAX, 1), WORDS_MAX);

	for (size_t i = 0; out.ptr != NULL && i < n; i++) {
		if (piece[i].len == 0)
			continue;
		/* What is longer than that is cut: a unit of 200 letters. */
		if ((out.len > 0 && buf_append_text(&out, " ") != ST_OK) ||
		    buf_append_span(&out, piece[i]) != ST_OK)
			break;
	}
	return buf_span(&out);
}

/* --- quantities ------------------------------------------------------------ */

/* The unit as printed, else its code; UCUM only where it says so. */
static void
read_unit(struct value_reader *v, const struct tree_node *q)
{
	struct observation *o = v->o;

	o->unit = fhir_text_of(v->c, q, "unit");
	if (span_is(tree_text_of(q, "system"), ucum))
		o->unit_ucum = fhir_text_of(v->c, q, "code");
	if (o->unit.len == 0)
		o->unit = fhir_text_of(v->c, q, "code");
}

static struct span
comparator_of(struct value_reader *v, const struct tree_node *q)
{
	static const char *const known[] = { "<", "<=", ">=", ">" };
	struct span s = tree_text_of(q, "comparator");

	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(s, known[i]))
			return span_of(known[i]);
	if (tree_member(q, "comparator") != NULL)
		fhir_refuse(v->c, 400, "code-invalid",
		    "comparator must be <, <=, >= or >", v->resource, "");
	return (struct span){ 0 };
}

static struct span
number_of(struct value_reader *v, const struct tree_node *q)
{
	return fhir_decimal(v->c, tree_member(q, "value"), v->resource);
}

static void
read_quantity(struct value_reader *v, const struct tree_node *node)
{
	struct value *value = &v->o->value;

	value->comparator = comparator_of(v, node);
	value->number = number_of(v, node);
	read_unit(v, node);
	value->kind = VALUE_QUANTITY;
	if (value->number.len == 0) {
		value->kind = v->o->unit.len > 0 ? VALUE_TEXT : VALUE_ABSENT;
		value->text = v->o->unit;
	}
}

static void
read_integer(struct value_reader *v, const struct tree_node *node)
{
	v->o->value.kind = VALUE_QUANTITY;
	v->o->value.number = fhir_decimal(v->c, node, v->resource);
}

/* Open at one end it is a comparison. */
static void
read_range(struct value_reader *v, const struct tree_node *node)
{
	const struct tree_node *low = tree_member(node, "low");
	const struct tree_node *high = tree_member(node, "high");
	struct value *value = &v->o->value;

	value->number = number_of(v, low);
	value->number2 = number_of(v, high);
	read_unit(v, low != NULL ? low : high);
	value->kind = VALUE_RANGE;
	if (value->number.len > 0 && value->number2.len > 0)
		return;
	value->kind = VALUE_QUANTITY;
	value->comparator = span_of(value->number.len > 0 ? ">=" : "<=");
	if (value->number.len == 0)
		value->number = value->number2;
	value->number2.len = 0;
	if (value->number.len == 0)
		*value = (struct value){ .kind = VALUE_ABSENT };
}

/* Two bare numbers ("1:160"), or words where either has more to say. */
static void
read_ratio(struct value_reader *v, const struct tree_node *node)
{
	const struct tree_node *a = tree_member(node, "numerator");
	const struct tree_node *b = tree_member(node, "denominator");
	struct value *value = &v->o->value;
	struct span unit_a = tree_text_of(a, "unit");
	struct span unit_b = tree_text_of(b, "unit");
	struct span compare_a = comparator_of(v, a);
	struct span compare_b = comparator_of(v, b);

	value->number = number_of(v, a);
	value->number2 = number_of(v, b);
	value->kind = VALUE_RATIO;
	if (unit_a.len + unit_b.len + compare_a.len + compare_b.len > 0 ||
	    value->number.len == 0 || value->number2.len == 0) {
		const struct span piece[] = { compare_a, value->number, unit_a,
		    span_of("/"), compare_b, value->number2, unit_b };

		*value = (struct value){ .kind = VALUE_TEXT,
		    .text = words(v->c, piece, COUNT(piece)) };
	}
}

static void
read_sampled(struct value_reader *v, const struct tree_node *node)
{
	v->o->value.kind = VALUE_SAMPLED;
	v->o->value.text = fhir_text_of(v->c, node, "data");
	read_unit(v, tree_member(node, "origin"));
	for (size_t i = 0; i < v->o->value.text.len; i++)
		if (strchr("0123456789+-.eE ", v->o->value.text.ptr[i]) == NULL)
			v->o->value.kind = VALUE_TEXT;	/* E, L, U in it */
}

/* --- the others ------------------------------------------------------------ */

static void
read_string(struct value_reader *v, const struct tree_node *node)
{
	v->o->value.text = fhir_text(v->c, node);
	v->o->value.kind = v->o->value.text.len > 0 ? VALUE_TEXT : VALUE_ABSENT;
	if (!tree_is(node, TREE_STRING))
		fhir_refuse(v->c, 400, "structure", "not a string",
		    v->resource, ".valueString");
}

static void
read_boolean(struct value_reader *v, const struct tree_node *node)
{
	v->o->value = (struct value){ .kind = VALUE_TEXT, .text = span_of(
	    tree_is(node, TREE_TRUE) ? "true" : "false") };
	if (!tree_is(node, TREE_TRUE) && !tree_is(node, TREE_FALSE))
		fhir_refuse(v->c, 400, "structure", "not a boolean",
		    v->resource, ".valueBoolean");
}

static void
read_concept(struct value_reader *v, const struct tree_node *node)
{
	struct coded coded = fhir_concept_of(v->c, node);

	v->o->value.coded = coded;
	v->o->value.kind = coded.code.len + coded.display.len + coded.text.len +
	    coded.alternate_display.len == 0 ? VALUE_ABSENT : VALUE_CODED;
}

static void
read_time_of_day(struct value_reader *v, const struct tree_node *node)
{
	v->o->value.text = fhir_text(v->c, node);
	v->o->value.kind = VALUE_TIME;
}

/* What is no time is shown as it stands. */
static void
read_date_time(struct value_reader *v, const struct tree_node *node)
{
	v->o->value.text = fhir_text(v->c, node);
	v->o->value.kind = fhir_when(v->c, node, NULL).text.len > 0 ?
	    VALUE_DATE_TIME : VALUE_TEXT;
}

static void
read_period(struct value_reader *v, const struct tree_node *node)
{
	struct value *value = &v->o->value;

	value->text = fhir_when(v->c, tree_member(node, "start"), NULL).text;
	value->text2 = fhir_when(v->c, tree_member(node, "end"), NULL).text;
	value->kind = value->text.len + value->text2.len > 0 ? VALUE_PERIOD :
	    VALUE_ABSENT;
}

static const struct {
	const char *key;
	void (*read)(struct value_reader *v, const struct tree_node *node);
} kinds[] = {
	{ "valueQuantity", read_quantity },
	{ "valueCodeableConcept", read_concept },
	{ "valueString", read_string },
	{ "valueBoolean", read_boolean },
	{ "valueInteger", read_integer },
	{ "valueRange", read_range },
	{ "valueRatio", read_ratio },
	{ "valueSampledData", read_sampled },
	{ "valueTime", read_time_of_day },
	{ "valueDateTime", read_date_time },
	{ "valuePeriod", read_period },
};

/* A value of a type that R4 has not is no value that may get lost. */
static bool
is_value_key(struct span key)
{
	return key.len > 5 && memcmp(key.ptr, "value", 5) == 0;
}

/* See fhir_value.h. */
struct span
fhir_value_read(struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *node, struct observation *o)
{
	const struct tree_node *absent = tree_member(node, "dataAbsentReason");
	const struct tree_node *member = tree_first(node);
	struct value_reader v = { c, r, o };
	struct coded reason;
	unsigned found = 0, known = 0;

	for (; member != NULL; member = member->next) {
		found += is_value_key(member->key);
		for (size_t i = 0; i < COUNT(kinds); i++) {
			if (!span_is(member->key, kinds[i].key))
				continue;
			kinds[i].read(&v, member);
			known++;
		}
	}
	if (found > 1 || found != known)
		fhir_refuse(c, 400, "structure", found > 1 ?
		    "two values in one Observation" :
		    "a value of a type that FHIR R4 has not", r, ".value");
	if (absent == NULL)
		return (struct span){ 0 };
	if (found > 0)
		fhir_break(c, "a value beside a dataAbsentReason (obs-6)", r,
		    ".dataAbsentReason");
	reason = fhir_concept_of(c, absent);
	return reason.text.len > 0 ? reason.text : reason.display;
}

/* --- reference ranges ------------------------------------------------------ */

/* As a laboratory prints it. */
static struct span
range_words(struct fhir_context *c, struct span low, struct span high)
{
	const struct span both[] = { low, span_of("-"), high };
	const struct span least[] = { span_of(">="), low };
	const struct span most[] = { span_of("<="), high };

	if (low.len + high.len == 0)
		return (struct span){ 0 };
	if (low.len == 0)
		return words(c, most, COUNT(most));
	return high.len == 0 ? words(c, least, COUNT(least))
	    : words(c, both, COUNT(both));
}

static bool
is_normal(const struct tree_node *range)
{
	return tree_member(range, "type") == NULL ||
	    fhir_has_code(tree_member(range, "type"), NULL, "normal");
}

/* See fhir_value.h. */
void
fhir_ranges_read(struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *ranges, struct observation *o)
{
	const struct tree_node *range = tree_first(ranges);

	while (range != NULL && !is_normal(range))
		range = range->next;
	if (range == NULL)
		return;
	if (tree_member(range, "modifierExtension") != NULL)
		fhir_refuse(c, 422, "extension",
		    "a modifierExtension is not known here", r,
		    ".referenceRange.modifierExtension");
	o->range_low = fhir_decimal(c, tree_member(tree_member(range, "low"),
	    "value"), r);
	o->range_high = fhir_decimal(c, tree_member(tree_member(range, "high"),
	    "value"), r);
	o->range_text = fhir_text_of(c, range, "text");
	if (o->range_text.len == 0)
		o->range_text = range_words(c, o->range_low, o->range_high);
}
