/* What is taken for a number is one for JSON too. */
#include "wire/hl7_number.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t
digits(const uint8_t *p, size_t len, size_t at)
{
	while (at < len && p[at] >= '0' && p[at] <= '9')
		at++;
	return at;
}

/* RFC 8259 section 6, written a second time. */
static int
is_json_number(const uint8_t *p, size_t len)
{
	size_t at = len > 0 && p[0] == '-', from = at;

	at = digits(p, len, at);
	if (at == from || (p[from] == '0' && at > from + 1))
		return 0;
	if (at < len && p[at] == '.') {
		from = ++at;
		at = digits(p, len, at);
		if (at == from)
			return 0;
	}
	if (at < len && (p[at] == 'e' || p[at] == 'E')) {
		at++;
		at += at < len && (p[at] == '+' || p[at] == '-');
		from = at;
		at = digits(p, len, at);
		if (at == from)
			return 0;
	}
	return at == len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t text[HL7_NUMBER_MAX + 8];
	struct buf out = buf_over(text, sizeof(text));
	bool comma = false;

	switch (hl7_number_write((struct span){ data, len }, &out, &comma)) {
	case ST_OK:
		if (!is_json_number(text, out.len))
			abort();
		break;
	case ST_NO_SPACE:
		abort();
	default:
		if (out.len != 0)
			abort();
	}
	return 0;
}
