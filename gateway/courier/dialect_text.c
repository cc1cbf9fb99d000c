#include "courier/dialect_text.h"

enum { DAY_S = 86400 };

/* See dialect_text.h. */
uint64_t
lifecycle_index_days(const struct config *config)
{
	return (config->card_life_s + DAY_S - 1) / DAY_S +
	    LIFECYCLE_INDEX_SPARE_DAYS;
}

/* See dialect_text.h. */
enum status
text_header(struct buf *out, const char *name, struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < ' ' || value.ptr[i] == 0x7f)
			return ST_INVALID;
	TRY(buf_append_text(out, name));
	TRY(buf_append_text(out, ": "));
	TRY(buf_append_span(out, value));
	return buf_append_text(out, "\r\n");
}

/* See dialect_text.h. */
enum status
text_decimal(struct buf *out, uint64_t value)
{
	char digits[DECIMAL_MAX];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return buf_append(out, digits + at, sizeof(digits) - at);
}
