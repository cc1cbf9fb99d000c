#include "fhir/value.h"

#include <stdlib.h>

#include "fhir/check.h"

/* Text of at most FHIR_NUMBER_MAX symbols, checked by fhir_is_number(). */
static double
number_of(struct span s)
{
	char text[FHIR_NUMBER_MAX + 1];

	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return strtod(text, NULL);
}

static void
absent(struct fhir_writer *w, const struct observation *o)
{
	fhir_code(w, "dataAbsentReason",
	    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
	    absent_reason_code(o->status), NULL, NULL);
}

/* The value as words, in the order in which the LIS printed its parts. */
static void
words(struct fhir_writer *w, const struct value *v)
{
	const struct span part[] = {
		v->comparator, v->number, v->number2, v->text, v->text2
	};
	const char *between = v->kind == VALUE_RATIO ? ":" : " - ";
	bool any = false;

	json_string_begin(&w->json, "valueString");
	for (size_t i = 0; i < COUNT(part); i++) {
		if (fhir_is_blank(part[i]))
			continue;
		if (any)
			json_string_add(&w->json, span_of(between));
		fhir_add_text(w, part[i]);
		any = i > 0;	/* nothing between "<" and its number */
	}
	json_string_end(&w->json);
}

static bool
is_empty(const struct value *v)
{
	bool blank = fhir_is_blank(v->number) && fhir_is_blank(v->number2) &&
	    fhir_is_blank(v->text) && fhir_is_blank(v->text2);

	if (v->kind != VALUE_CODED)
		return v->kind == VALUE_ABSENT || blank;
	for (size_t i = 0; i < v->n_more; i++)
		if (!fhir_is_blank(fhir_coded_text(&v->more[i])))
			return false;
	return fhir_is_blank(fhir_coded_text(&v->coded));
}

static bool
is_comparator(struct span s)
{
	return s.len == 0 || span_is(s, "<") || span_is(s, "<=") ||
	    span_is(s, ">=") || span_is(s, ">");
}

/* Either end may be open; texts of one shape compare like their times. */
static bool
is_period(struct span start, struct span end)
{
	if ((start.len > 0 && !fhir_is_date_time(start)) ||
	    (end.len > 0 && !fhir_is_date_time(end)))
		return false;
	return start.len == 0 || start.len != end.len ||
	    memcmp(start.ptr, end.ptr, start.len) <= 0;
}

/* Does the value fit the FHIR type of its kind? */
static bool
fits(const struct value *v)
{
	bool one = fhir_is_number(v->number);
	bool two = one && fhir_is_number(v->number2);

	switch (v->kind) {
	case VALUE_QUANTITY:
		return one && is_comparator(v->comparator);
	case VALUE_RANGE:
		return two && v->comparator.len == 0 &&
		    number_of(v->number) <= number_of(v->number2);
	case VALUE_RATIO:
		return two && v->comparator.len == 0;
	case VALUE_DATE_TIME:
		return fhir_is_date_time(v->text);
	case VALUE_TIME:
		return fhir_is_time(v->text);
	case VALUE_PERIOD:
		return is_period(v->text, v->text2);
	default:
		return true;
	}
}

static void
pair(struct fhir_writer *w, const char *key, const char *const names[2],
    const struct observation *o)
{
	struct span none = { 0 };

	json_object_begin(&w->json, key);
	fhir_quantity(w, names[0], none, o->value.number, o);
	fhir_quantity(w, names[1], none, o->value.number2, o);
	json_object_end(&w->json);
}

/* The parts of a ratio such as a titre 1:128 have no unit. */
static void
ratio(struct fhir_writer *w, const struct observation *o)
{
	json_object_begin(&w->json, "valueRatio");
	json_object_begin(&w->json, "numerator");
	json_number(&w->json, "value", o->value.number);
	json_object_end(&w->json);
	json_object_begin(&w->json, "denominator");
	json_number(&w->json, "value", o->value.number2);
	json_object_end(&w->json);
	json_object_end(&w->json);
}

static void
period(struct fhir_writer *w, const struct value *v)
{
	json_object_begin(&w->json, "valuePeriod");
	fhir_date_time(w, "start", v->text);
	fhir_date_time(w, "end", v->text2);
	json_object_end(&w->json);
}

/* See value.h. */
void
write_value(struct fhir_writer *w, const struct observation *o)
{
	static const char *const range[2] = { "low", "high" };
	const struct value *v = &o->value;

	if (is_empty(v) || observation_is_gone(o->status)) {
		absent(w, o);
		return;
	}
	if (!fits(v)) {
		words(w, v);
		return;
	}
	switch (v->kind) {
	case VALUE_QUANTITY:
		fhir_quantity(w, "valueQuantity", v->comparator, v->number, o);
		break;
	case VALUE_RANGE:
		pair(w, "valueRange", range, o);
		break;
	case VALUE_RATIO:
		ratio(w, o);
		break;
	case VALUE_CODED:
		fhir_concepts(w, "valueCodeableConcept", &v->coded, v->more,
		    v->n_more);
		break;
	case VALUE_DATE_TIME:
		fhir_date_time(w, "valueDateTime", v->text);
		break;
	case VALUE_TIME:
		json_span(&w->json, "valueTime", v->text);
		break;
	case VALUE_PERIOD:
		period(w, v);
		break;
	default:
		/* NA and MA too: SampledData wants a period nobody gave. */
		if (v->number.len > 0 || v->text2.len > 0)
			words(w, v);
		else
			fhir_string(w, "valueString", v->text);
	}
}
