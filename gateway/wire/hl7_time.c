#include "wire/hl7_time.h"

enum { DAY_S = 86400, HOUR_S = 3600, OFFSET_HOURS_MAX = 14 };

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

/* --- reading ------------------------------------------------------------- */

/* Takes `digits` digits as a number in [least, most]. */
static enum status
take(struct span *s, size_t digits, int least, int most, int *number)
{
	int n = 0;

	if (s->len < digits)
		return ST_MALFORMED;
	for (size_t i = 0; i < digits; i++) {
		if (!is_digit(s->ptr[i]))
			return ST_MALFORMED;
		n = n * 10 + (s->ptr[i] - '0');
	}
	if (n < least || n > most)
		return ST_MALFORMED;
	*number = n;
	*s = span_slice(*s, digits, s->len);
	return ST_OK;
}

static bool
digits_follow(struct span s)
{
	return s.len > 0 && is_digit(s.ptr[0]);
}

/* ".S..." after the seconds. */
static enum status
take_fraction(struct span *s, struct hl7_time *t)
{
	if (s->len == 0 || s->ptr[0] != '.')
		return ST_OK;
	*s = span_slice(*s, 1, s->len);
	while (digits_follow(*s)) {
		if (t->fraction_len == HL7_FRACTION_MAX)
			return ST_MALFORMED;
		t->fraction[t->fraction_len++] = s->ptr[0];
		*s = span_slice(*s, 1, s->len);
	}
	return t->fraction_len > 0 ? ST_OK : ST_MALFORMED;
}

/* HH[MM[SS[.S...]]], as far as it goes. */
static enum status
take_clock(struct span *s, struct hl7_time *t)
{
	TRY(take(s, 2, 0, 23, &t->hour));
	t->precision = HL7_HOUR;
	if (!digits_follow(*s))
		return ST_OK;
	TRY(take(s, 2, 0, 59, &t->minute));
	t->precision = HL7_MINUTE;
	if (!digits_follow(*s))
		return ST_OK;
	TRY(take(s, 2, 0, 60, &t->second));	/* 60: a leap second */
	t->precision = HL7_SECOND;
	return take_fraction(s, t);
}

/* [+/-ZZZZ], and nothing after it. */
static enum status
take_offset(struct span *s, struct hl7_time *t)
{
	int sign, h, m;

	if (s->len == 0)
		return ST_OK;
	if (s->ptr[0] != '+' && s->ptr[0] != '-')
		return ST_MALFORMED;
	sign = s->ptr[0] == '-' ? -1 : 1;
	*s = span_slice(*s, 1, s->len);
	TRY(take(s, 2, 0, OFFSET_HOURS_MAX, &h));
	TRY(take(s, 2, 0, 59, &m));
	t->has_offset = true;
	t->offset_s = sign * (h * HOUR_S + m * 60);
	return s->len == 0 ? ST_OK : ST_MALFORMED;
}

static int
days_in_month(const struct hl7_time *t)
{
	int64_t first = zone_days(t->year, t->month, 1);
	int64_t next = t->month == 12 ? first + 31
	    : zone_days(t->year, t->month + 1, 1);

	return (int)(next - first);
}

/* See hl7_time.h. */
enum status
hl7_time_read(struct span text, struct hl7_time *time)
{
	struct hl7_time t = { .precision = HL7_YEAR, .month = 1, .day = 1 };
	struct span s = trimmed(text);

	if (s.len == 0)
		return ST_NOT_FOUND;
	TRY(take(&s, 4, 1, 9999, &t.year));
	if (digits_follow(s)) {
		TRY(take(&s, 2, 1, 12, &t.month));
		t.precision = HL7_MONTH;
	}
	if (digits_follow(s)) {
		TRY(take(&s, 2, 1, days_in_month(&t), &t.day));
		t.precision = HL7_DAY;
	}
	if (digits_follow(s))
		TRY(take_clock(&s, &t));
	TRY(take_offset(&s, &t));
	*time = t;
	return ST_OK;
}

/* See hl7_time.h. */
void
hl7_time_limit(struct hl7_time *time, struct span degree)
{
	static const char letters[] = "YLDHMS";	/* enum hl7_precision */
	const char *at = degree.len != 1 || degree.ptr[0] == 0 ? NULL
	    : strchr(letters, degree.ptr[0]);

	if (at == NULL || (int)time->precision <= at - letters)
		return;
	time->precision = (enum hl7_precision)(at - letters);
	if (time->precision < HL7_MONTH)
		time->month = 1;
	if (time->precision < HL7_DAY)
		time->day = 1;
	if (time->precision < HL7_HOUR)
		time->hour = 0;
	if (time->precision < HL7_MINUTE)
		time->minute = 0;
	if (time->precision < HL7_SECOND)
		time->second = 0;
	time->fraction_len = 0;
}

/* --- writing ------------------------------------------------------------- */

/* Appends `number` with `digits` digits after `before` (0: nothing). */
static enum status
put(struct buf *out, char before, int number, size_t digits)
{
	uint8_t text[8];
	size_t at = sizeof(text);

	for (size_t i = 0; i < digits; i++, number /= 10)
		text[--at] = (uint8_t)('0' + number % 10);
	if (before != 0)
		text[--at] = (uint8_t)before;
	return buf_append(out, text + at, sizeof(text) - at);
}

static enum status
put_offset(struct buf *out, int offset_s, char between)
{
	int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	TRY(put(out, offset_s < 0 ? '-' : '+', minutes / 60, 2));
	return put(out, between, minutes % 60, 2);
}

static int64_t
local_seconds(const struct hl7_time *t)
{
	return zone_days(t->year, t->month, t->day) * DAY_S + t->hour * HOUR_S +
	    t->minute * 60 + t->second;
}

static int
offset_of(const struct hl7_time *t, const struct zone *zone)
{
	return t->has_offset ? t->offset_s
	    : zone_offset(zone, local_seconds(t), t->year);
}

/* See hl7_time.h. */
bool
hl7_time_is_ambiguous(const struct hl7_time *time, const struct zone *zone)
{
	return time->precision >= HL7_HOUR && !time->has_offset &&
	    zone_is_ambiguous(zone, local_seconds(time), time->year);
}

/* FHIR wants seconds as soon as there is an hour (R4 section 2.24.0.1). */
static enum status
put_clock(struct buf *out, const struct hl7_time *t)
{
	TRY(put(out, 0, t->hour, 2));
	TRY(put(out, ':', t->minute, 2));
	TRY(put(out, ':', t->second, 2));
	if (t->fraction_len == 0)
		return ST_OK;
	TRY(buf_append_text(out, "."));
	return buf_append(out, t->fraction, t->fraction_len);
}

/* See hl7_time.h. */
enum status
hl7_time_write_date(const struct hl7_time *time, struct buf *out)
{
	TRY(put(out, 0, time->year, 4));
	if (time->precision >= HL7_MONTH)
		TRY(put(out, '-', time->month, 2));
	return time->precision >= HL7_DAY ? put(out, '-', time->day, 2) : ST_OK;
}

static enum status
write_whole(const struct hl7_time *t, const struct zone *zone,
    struct buf *out)
{
	TRY(hl7_time_write_date(t, out));
	if (t->precision < HL7_HOUR)
		return ST_OK;
	TRY(buf_append_text(out, "T"));
	TRY(put_clock(out, t));
	return put_offset(out, offset_of(t, zone), ':');
}

/* See hl7_time.h. */
enum status
hl7_time_write(const struct hl7_time *time, const struct zone *zone,
    struct buf *out)
{
	uint8_t text[HL7_TIME_TEXT_MAX];
	struct buf whole = buf_over(text, sizeof(text));

	/* Written aside, so that a full `out` is left as it was. */
	TRY(write_whole(time, zone, &whole));
	return buf_append_span(out, buf_span(&whole));
}

static int
milliseconds(const struct hl7_time *t)
{
	int ms = 0;

	for (size_t i = 0; i < 3; i++)
		ms = ms * 10 + (i < t->fraction_len ? t->fraction[i] - '0' : 0);
	return ms;
}

/* See hl7_time.h. */
uint64_t
hl7_time_ms(const struct hl7_time *time, const struct zone *zone)
{
	int64_t s = local_seconds(time) - offset_of(time, zone);

	return s < 0 ? 0 : (uint64_t)s * 1000 + (uint64_t)milliseconds(time);
}

/* See hl7_time.h. */
enum status
hl7_clock_write(struct span text, struct buf *out)
{
	struct hl7_time t = { 0 };
	struct span s = trimmed(text);
	uint8_t aside[HL7_TIME_TEXT_MAX];
	struct buf whole = buf_over(aside, sizeof(aside));

	if (s.len == 0)
		return ST_NOT_FOUND;
	TRY(take_clock(&s, &t));
	TRY(take_offset(&s, &t));
	if (t.has_offset)
		return ST_UNSUPPORTED;
	TRY(put_clock(&whole, &t));
	return buf_append_span(out, buf_span(&whole));
}

/* See hl7_time.h. */
enum status
hl7_time_from_ms(uint64_t epoch_ms, const struct zone *zone,
    struct buf *out)
{
	int64_t utc_s = (int64_t)(epoch_ms / 1000);
	int offset_s = zone_offset_utc(zone, utc_s);
	int64_t local = utc_s + offset_s;
	int days = (int)(local / DAY_S), rest = (int)(local % DAY_S);
	int year = 1970 + days / 366, month = 12;

	while (zone_days(year + 1, 1, 1) <= days)
		year++;
	while (month > 1 && zone_days(year, month, 1) > days)
		month--;
	TRY(put(out, 0, year, 4));
	TRY(put(out, 0, month, 2));
	TRY(put(out, 0, (int)(days - zone_days(year, month, 1)) + 1, 2));
	TRY(put(out, 0, rest / HOUR_S, 2));
	TRY(put(out, 0, rest / 60 % 60, 2));
	TRY(put(out, 0, rest % 60, 2));
	return put_offset(out, offset_s, 0);
}
