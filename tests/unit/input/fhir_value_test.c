#include "input/fhir_value.h"

#include <stdio.h>

#include "fhir_samples.h"
#include "input/fhir_input.h"
#include "tap.h"

static struct sample s;

/* The sample Observation with other members for its value and range. */
static const struct observation *
observe(const char *members)
{
	static char text[4096];
	const char *at = strstr(sample_glucose, "'valueQuantity'");

	snprintf(text, sizeof(text), "%.*s%s}", (int)(at - sample_glucose),
	    sample_glucose, members);
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_transaction((const char *const[]){
	    sample_patient, sample_report, text, NULL }));
	return s.st != ST_OK ? NULL :
	    &s.parsed.reports[0].panels[0].observations[0];
}

static const struct {
	const char *members;
	enum value_kind kind;
	const char *comparator, *number, *number2, *text, *text2, *unit;
} values[] = {
	{ "'valueQuantity':{'value':0.50,'comparator':'<','unit':'g/L'}",
	    VALUE_QUANTITY, "<", "0.50", "", "", "", "g/L" },
	{ "'valueQuantity':{'value':-1E+3,'code':'mg'}", VALUE_QUANTITY, "",
	    "-1E+3", "", "", "", "mg" },
	{ "'valueQuantity':{'unit':'traces'}", VALUE_TEXT, "", "", "",
	    "traces", "", "traces" },
	{ "'valueInteger':42", VALUE_QUANTITY, "", "42", "", "", "", "" },
	{ "'valueString':' négatif '", VALUE_TEXT, "", "", "", "négatif", "",
	    "" },
	{ "'valueBoolean':true", VALUE_TEXT, "", "", "", "true", "", "" },
	{ "'valueBoolean':false", VALUE_TEXT, "", "", "", "false", "", "" },
	{ "'valueRange':{'low':{'value':1.0,'unit':'h'},'high':{'value':2.0}}",
	    VALUE_RANGE, "", "1.0", "2.0", "", "", "h" },
	{ "'valueRange':{'high':{'value':2.0}}", VALUE_QUANTITY, "<=", "2.0",
	    "", "", "", "" },
	{ "'valueRange':{'low':{'value':2.0}}", VALUE_QUANTITY, ">=", "2.0",
	    "", "", "", "" },
	{ "'valueRatio':{'numerator':{'value':1},'denominator':{'value':160}}",
	    VALUE_RATIO, "", "1", "160", "", "", "" },
	{ "'valueRatio':{'numerator':{'value':1,'unit':'mg'},'denominator':"
	    "{'value':2,'unit':'mL'}}", VALUE_TEXT, "", "", "",
	    "1 mg / 2 mL", "", "" },
	{ "'valueTime':'07:30:00'", VALUE_TIME, "", "", "", "07:30:00", "",
	    "" },
	{ "'valueDateTime':'2026-11'", VALUE_DATE_TIME, "", "", "", "2026-11",
	    "", "" },
	{ "'valueDateTime':'hier'", VALUE_TEXT, "", "", "", "hier", "", "" },
	{ "'valuePeriod':{'start':'2026-11-20','end':'2026-11-21'}",
	    VALUE_PERIOD, "", "", "", "2026-11-20", "2026-11-21", "" },
	{ "'valueSampledData':{'origin':{'value':0,'unit':'mV'},'period':10,"
	    "'dimensions':1,'data':'1 2.0 3'}", VALUE_SAMPLED, "", "", "",
	    "1 2.0 3", "", "mV" },
	{ "'valueSampledData':{'data':'1 E U'}", VALUE_TEXT, "", "", "",
	    "1 E U", "", "" },
	{ "'note':[{'text':'hémolysé'}]", VALUE_ABSENT, "", "", "", "", "",
	    "" },
};

static void
test_values(void)
{
	for (size_t i = 0; i < COUNT(values); i++) {
		const struct observation *o = observe(values[i].members);
		const struct value *v = o == NULL ? NULL : &o->value;

		ok(v != NULL && v->kind == values[i].kind &&
		    span_is(v->comparator, values[i].comparator) &&
		    span_is(v->number, values[i].number) &&
		    span_is(v->number2, values[i].number2) &&
		    span_is(v->text, values[i].text) &&
		    span_is(v->text2, values[i].text2) &&
		    span_is(o->unit, values[i].unit), "R41 %s",
		    values[i].members);
	}
}

static void
test_coded(void)
{
	const struct observation *o = observe("'valueCodeableConcept':{"
	    "'coding':[{'system':'http://snomed.info/sct','code':'260385009',"
	    "'display':'Negative'},{'system':'urn:lab','code':'NEG'}],'text':"
	    "'Négatif'}");

	ok(o != NULL && o->value.kind == VALUE_CODED &&
	    span_is(o->value.coded.code, "260385009") &&
	    span_is(o->value.coded.alternate_code, "NEG") &&
	    span_is(o->value.coded.text, "Négatif"), "R41 a CodeableConcept");
	o = observe("'interpretation':[{'coding':[{'code':'H'}]},{'text':'!'}],"
	    "'valueInteger':1");
	ok(o != NULL && o->n_flags == 2 && span_is(o->flags[0].code, "H") &&
	    span_is(o->flags[1].code, "!"), "R41 interpretations");
	o = observe("'interpretation':[{'coding':[{'code':'HM'}]}],"
	    "'valueInteger':1");
	ok(o != NULL && s.parsed.reports[0].release == RELEASE_WITHHOLD &&
	    (s.parsed.reports[0].holds & HOLD_FLAG) != 0,
	    "R41 HM withholds the report");
	o = observe("'dataAbsentReason':{'text':'prélèvement insuffisant'},"
	    "'note':[{'text':'n'}]");
	ok(o != NULL && o->value.kind == VALUE_ABSENT && o->n_notes == 2 &&
	    span_is(o->notes[1].text, "prélèvement insuffisant"),
	    "R41 why there is no value stands in a note");
}

static const struct {
	const char *members;
	unsigned code;
} bad_values[] = {
	{ "'valueString':'a','valueInteger':1", 400 },
	{ "'valueAttachment':{}", 400 },
	{ "'valueString':1", 400 }, { "'valueBoolean':'true'", 400 },
	{ "'valueInteger':'1'", 400 },
	{ "'valueQuantity':{'value':1,'comparator':'~'}", 400 },
	{ "'valueQuantity':{'value':12345678901234567890123456789012345678901"
	    "234567890123456789012345678901}", 400 },
	{ "'valueInteger':1,'dataAbsentReason':{'text':'x'}", 422 },
	{ "'valueInteger':1,'modifierExtension':[{'url':'u'}]", 422 },
	{ "'component':[{'code':{'text':'x'},'valueInteger':1,"
	    "'modifierExtension':[{'url':'u'}]}]", 422 },
	{ "'valueInteger':1,'referenceRange':[{'low':{'value':1},"
	    "'modifierExtension':[{'url':'u'}]}]", 422 },
	{ "'valueInteger':01", 400 }, { "'valueInteger':1.", 400 },
	{ "'valueInteger':.5", 400 }, { "'valueInteger':+1", 400 },
	{ "'valueInteger':NaN", 400 }, { "'valueInteger':1e", 400 },
};

static void
test_bad_values(void)
{
	for (size_t i = 0; i < COUNT(bad_values); i++)
		ok(observe(bad_values[i].members) == NULL &&
		    s.code == bad_values[i].code, "R40 refused: %s",
		    bad_values[i].members);
}

static void
test_ranges(void)
{
	const struct observation *o = observe("'valueInteger':1,"
	    "'referenceRange':[{'type':{'coding':[{'code':'critical'}]},'low':"
	    "{'value':1}},{'high':{'value':5.0}}]");

	ok(o != NULL && o->range_low.len == 0 && span_is(o->range_high, "5.0")
	    && span_is(o->range_text, "<= 5.0"), "R41 the normal range");
	o = observe("'valueInteger':1,'referenceRange':[{'text':'< 5'}]");
	ok(o != NULL && span_is(o->range_text, "< 5"), "R41 as printed");
}

int
main(void)
{
	test_values();
	test_coded();
	test_bad_values();
	test_ranges();
	sample_clear(&s);
	return done_testing();
}
