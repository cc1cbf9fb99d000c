/* jws_fuzz.c -- a claim before its signature is looked at, and the header
 * reader on bare JSON, which base64url hides from a fuzzer. */
#include "jose/compact.h"
#include "jose/json_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
read_claim(struct span jws)
{
	const char kid[] = "JBsaooRfXQZWFMeu3i2XM_1qrGpnjMmBj9VqLiYr43o";
	struct jws_parts p;

	if (jws_parts_read(jws, "guichet-claim+jws", span_of(kid), &p) !=
	    ST_OK)
		return;
	if (p.signing_input.ptr != jws.ptr ||
	    p.signing_input.len >= jws.len ||
	    p.payload.len >= p.signing_input.len)
		__builtin_trap();
}

static void
read_json(struct span json)
{
	struct json_header h;

	if (json_header_read(json, &h) != ST_OK)
		return;
	for (size_t i = 0; i < h.count; i++)
		for (size_t k = i + 1; k < h.count; k++)
			if (span_equal(h.member[i].name, h.member[k].name))
				__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span s = { data, len };

	if (len > 0 && data[0] == '{')
		read_json(s);
	else
		read_claim(s);
	return 0;
}
