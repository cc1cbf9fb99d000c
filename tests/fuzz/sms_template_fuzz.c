/* SMS templates: what passes the check can be filled, and no value ends what
 * it stands in. */
#include "wire/sms_template.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t bytes[1 << 20];

static void
check_fill(struct span text, struct span value, enum sms_escape escape)
{
	struct span values[SMS_PLACES];
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct span unknown = { 0 };
	unsigned places = 0;
	enum status st = sms_template_check(text, &places, &unknown), filled;

	for (size_t i = 0; i < SMS_PLACES; i++)
		values[i] = value;
	filled = sms_template_fill(text, escape, values, &out);
	if (st == ST_NOT_FOUND && (unknown.len == 0 ||
	    unknown.ptr < text.ptr || unknown.ptr > text.ptr + text.len))
		abort();
	if (st == ST_OK && filled == ST_NOT_FOUND)
		abort();
	if (st == ST_OK && places == 0 && (filled != ST_OK ||
	    !span_equal(buf_span(&out), text)))
		abort();
}

/* A template that is one place: the escaped value alone. */
static void
check_value(struct span value)
{
	struct span values[SMS_PLACES] = { [SMS_TEXT] = value };
	struct buf out = buf_over(bytes, sizeof(bytes));
	size_t end;

	if (sms_template_fill(span_of("{text}"), SMS_AS_FORM, values, &out) !=
	    ST_OK)
		return;
	for (size_t i = 0; i < out.len; i++)
		if (bytes[i] <= ' ' || bytes[i] >= 0x7f ||
		    strchr("&=+#\"", bytes[i]) != NULL)
			abort();
	end = out.len;
	if (sms_template_fill(span_of("{text}"), SMS_AS_JSON, values, &out) !=
	    ST_OK)
		return;
	for (size_t i = end; i < out.len; i++) {
		if (bytes[i] < ' ' || bytes[i] == '"')
			abort();
		i += bytes[i] == '\\';
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };
	struct span first = span_slice(in, 0, len / 2);
	struct span second = span_slice(in, len / 2, len);

	if (len > 1000)
		return 0;
	for (enum sms_escape e = SMS_AS_FORM; e <= SMS_AS_HEADER; e++)
		check_fill(first, second, e);
	check_value(in);
	return 0;
}
