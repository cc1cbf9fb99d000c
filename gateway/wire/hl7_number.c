#include "wire/hl7_number.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* Takes the digits at the start of `s`. */
static struct span
take_digits(struct span *s)
{
	size_t len = 0;
	struct span digits;

	while (len < s->len && is_digit(s->ptr[len]))
		len++;
	digits = span_slice(*s, 0, len);
	*s = span_slice(*s, len, s->len);
	return digits;
}

/* Takes a character out of `set`; 0 where there is none of them. */
static uint8_t
take_one(struct span *s, const char *set)
{
	uint8_t c;

	if (s->len == 0 || s->ptr[0] == 0 || strchr(set, s->ptr[0]) == NULL)
		return 0;
	c = s->ptr[0];
	*s = span_slice(*s, 1, s->len);
	return c;
}

static enum status
put_or_zero(struct span digits, struct buf *out)
{
	return digits.len == 0 ? buf_append_text(out, "0")
	    : buf_append_span(out, digits);
}

/* JSON has no leading zeros; "00" is "0". */
static struct span
without_zeros(struct span digits)
{
	while (digits.len > 1 && digits.ptr[0] == '0')
		digits = span_slice(digits, 1, digits.len);
	return digits;
}

/* E[+-]digits, or nothing. */
static enum status
write_exponent(struct span *s, struct buf *out)
{
	uint8_t sign;
	struct span digits;

	if (take_one(s, "eE") == 0)
		return ST_OK;
	sign = take_one(s, "+-");
	digits = take_digits(s);
	if (digits.len == 0 || digits.len > 3)
		return ST_MALFORMED;
	TRY(buf_append_text(out, sign == '-' ? "e-" : "e"));
	return buf_append_span(out, digits);
}

static enum status
write_whole(struct span s, struct buf *out, bool *comma)
{
	uint8_t sign = take_one(&s, "+-");
	struct span whole = take_digits(&s), fraction = { 0 };
	uint8_t point = take_one(&s, ".,");

	if (point != 0)
		fraction = take_digits(&s);
	if (whole.len + fraction.len == 0)
		return ST_MALFORMED;
	if (sign == '-')
		TRY(buf_append_text(out, "-"));
	TRY(put_or_zero(without_zeros(whole), out));
	if (fraction.len > 0) {
		TRY(buf_append_text(out, "."));
		TRY(buf_append_span(out, fraction));
	}
	TRY(write_exponent(&s, out));
	if (s.len > 0)
		return ST_MALFORMED;
	*comma = *comma || point == ',';
	return ST_OK;
}

/* See hl7_number.h. */
enum status
hl7_number_write(struct span text, struct buf *out, bool *comma)
{
	uint8_t aside[HL7_NUMBER_MAX + 8];
	struct buf whole = buf_over(aside, sizeof(aside));
	struct span s = trimmed(text);

	if (s.len == 0)
		return ST_NOT_FOUND;
	if (s.len > HL7_NUMBER_MAX)
		return ST_MALFORMED;
	/* Written aside: `out` stays as it is where it is no number. */
	TRY(write_whole(s, &whole, comma));
	return buf_append_span(out, buf_span(&whole));
}
