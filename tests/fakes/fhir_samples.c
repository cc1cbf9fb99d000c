#include "fhir_samples.h"

#include <stdio.h>
#include <stdlib.h>

#include "input/fhir_answer.h"

enum { TEXT_MAX = 1 << 20 };

const char sample_patient[] = "{'resourceType':'Patient','identifier':[{"
    "'system':'urn:oid:1.2.250.1.213.1.4.8','value':'279035121518989'},{"
    "'type':{'coding':[{'code':'PI'}]},'system':'urn:lab:ipp',"
    "'value':'4711'}],'name':[{'use':'official','family':'Dûpont',"
    "'given':['Anne','Marie']},{'use':'usual','family':'Martin'}],"
    "'gender':'female','birthDate':'1979-03-28'}";
const char sample_report[] = "{'resourceType':'DiagnosticReport',"
    "'identifier':[{'system':'urn:lab:report','value':'R-1'}],"
    "'status':'final','category':[{'coding':[{'system':"
    "'http://terminology.hl7.org/CodeSystem/v2-0074','code':'CH'}]}],"
    "'code':{'text':'Biochimie'},'subject':{'reference':'urn:uuid:0'},"
    "'issued':'2026-11-21T07:30:00+01:00',"
    "'result':[{'reference':'urn:uuid:2'}]}";
const char sample_glucose[] = "{'resourceType':'Observation','status':'final',"
    "'code':{'coding':[{'system':'http://loinc.org','code':'1558-6',"
    "'display':'Glucose'}],'text':'Glycémie'},"
    "'subject':{'reference':'urn:uuid:0'},"
    "'effectiveDateTime':'2026-11-21T06:30:00+01:00',"
    "'valueQuantity':{'value':5.10,'unit':'mmol/L',"
    "'system':'http://unitsofmeasure.org','code':'mmol/L'},"
    "'referenceRange':[{'low':{'value':3.90},'high':{'value':5.50}}]}";

static char text[TEXT_MAX];

struct span
sample_json(const char *from)
{
	size_t len = strlen(from);

	if (len >= sizeof(text))
		abort();
	memmove(text, from, len + 1);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\'')
			text[i] = '"';
	return span_of(text);
}

struct span
sample_transaction(const char *const resources[])
{
	static char whole[TEXT_MAX];
	size_t at = 0, n = sizeof(whole);

	at += (size_t)snprintf(whole, n, "{'resourceType':'Bundle',"
	    "'type':'transaction','entry':[");
	for (size_t i = 0; resources[i] != NULL; i++) {
		const char *type = strstr(resources[i], "resourceType':'") + 15;

		at += (size_t)snprintf(whole + at, n - at, "%s{'fullUrl':"
		    "'urn:uuid:%zu','request':{'method':'POST','url':'%.*s'},"
		    "'resource':%s}", i == 0 ? "" : ",", i,
		    (int)strcspn(type, "'"), type, resources[i]);
	}
	snprintf(whole + at, n - at, "]}");
	return sample_json(whole);
}

void
sample_take_pieces(struct sample *s, const struct input_kind *kind,
    struct span bytes, const struct input_piece *pieces, size_t n)
{
	struct input in = { .kind = kind, .source = &s->source,
	    .bytes = bytes, .pieces = pieces, .n_pieces = n };
	struct span location, body;

	s->source = (struct config_source){ .name = "lis",
	    .card_system = "urn:guichet:card", .production = true,
	    .patient_identifiers = "PI, MR, PT" };
	arena_init(&s->arena, 8 << 20);
	s->answer = buf_over(s->bytes, sizeof(s->bytes));
	s->st = kind->parse(&in, 1795242615000u, &s->arena, &s->parsed);
	s->code = 0;
	if (kind->answer(&s->parsed, 1795242615000u,
	    span_of("0123456789abcdef0123"), &s->answer) == ST_OK &&
	    fhir_answer_split(buf_span(&s->answer), &s->code, &location,
	    &body) != ST_OK)
		s->code = 0;
}

void
sample_take(struct sample *s, const struct input_kind *kind, struct span bytes)
{
	sample_take_pieces(s, kind, bytes, NULL, 0);
}

void
sample_clear(struct sample *s)
{
	arena_clear(&s->arena);
}

bool
sample_says(const struct sample *s, const char *wanted)
{
	char quoted[512];
	size_t len = strlen(wanted);

	if (len >= sizeof(quoted))
		abort();
	memcpy(quoted, wanted, len + 1);
	for (size_t i = 0; i < len; i++)
		if (quoted[i] == '\'')
			quoted[i] = '"';
	return memmem(s->answer.ptr, s->answer.len, quoted, len) != NULL;
}
