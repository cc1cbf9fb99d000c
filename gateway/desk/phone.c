#include "desk/phone.h"

#include "base/wipe.h"

enum { FRENCH_DIGITS = 9, NATIONAL_DIGITS = 10 };

/* National numbers of ten digits and whose country code they belong to
 * (numbering plan of Arcep, decision 2018-0881): the longest row first. */
static const struct {
	const char *begins, *country;
} national[] = {
	{ "063998", "33" },	/* reserved for films and tests */
	{ "0639", "262" },	/* Mayotte */
	{ "0690", "590" },	/* Guadeloupe */
	{ "0691", "590" },
	{ "0692", "262" },	/* Réunion */
	{ "0693", "262" },
	{ "0694", "594" },	/* Guyane */
	{ "0696", "596" },	/* Martinique */
	{ "0697", "596" },
	{ "0", "33" },
};

/* Digits, and whether a + stood before them. */
struct typed {
	char   digit[PHONE_DIGITS_MAX + 3];	/* 00 before, 0 inside */
	size_t n;
	bool   is_international;
};

static bool
begins(struct span s, const char *text)
{
	return span_is(span_slice(s, 0, strlen(text)), text);
}

/* The length of what is ignored at the front of `s`; 0: nothing is. */
static size_t
ignored(struct span s)
{
	static const char *const marks[] = {
		"(0)",		/* +33 (0)6 ...: not dialled after a code */
		" ", ".", "-", "/", "(", ")", "\t",
		"\u00a0", "\u202f", "\u2009",	/* French spacing */
		"\u2010", "\u2011",		/* a word processor's hyphens */
	};

	for (size_t i = 0; i < COUNT(marks); i++)
		if (begins(s, marks[i]))
			return strlen(marks[i]);
	return 0;
}

static enum status
take_digits(struct span s, struct typed *t)
{
	while (s.len > 0) {
		size_t skip = ignored(s);
		uint8_t c = s.ptr[0];

		if (skip == 0 && c == '+' && t->n == 0
		    && !t->is_international)
			t->is_international = true;
		else if (skip == 0 && (c < '0' || c > '9'))
			return ST_INVALID;
		else if (skip == 0 && t->n == sizeof(t->digit))
			return ST_INVALID;
		else if (skip == 0)
			t->digit[t->n++] = (char)c;
		s = span_slice(s, skip == 0 ? 1 : skip, s.len);
	}
	return ST_OK;
}

static void
drop_front(struct typed *t, size_t n)
{
	memmove(t->digit, t->digit + n, t->n - n);
	t->n -= n;
}

/* 00 is +, and a French number gets its country's code instead of its 0. */
static enum status
make_international(struct typed *t)
{
	struct span s = { (const uint8_t *)t->digit, t->n };
	size_t i = 0;

	if (t->is_international)
		return ST_OK;
	if (begins(s, "00")) {
		drop_front(t, 2);
		return ST_OK;
	}
	if (t->n != NATIONAL_DIGITS)
		return ST_INVALID;
	while (i < COUNT(national) && !begins(s, national[i].begins))
		i++;
	if (i == COUNT(national))
		return ST_INVALID;
	drop_front(t, 1);
	memmove(t->digit + strlen(national[i].country), t->digit, t->n);
	memcpy(t->digit, national[i].country, strlen(national[i].country));
	t->n += strlen(national[i].country);
	return ST_OK;
}

/* Of +33 the rest is known: nine digits, and who has an SMS. */
static enum status
check_french(struct typed *t)
{
	if (t->n == 2 + NATIONAL_DIGITS && t->digit[2] == '0') {
		memmove(t->digit + 2, t->digit + 3, t->n - 3);
		t->n--;			/* +33 06 ... */
	}
	if (t->n != 2 + FRENCH_DIGITS || t->digit[2] == '0')
		return ST_INVALID;
	return t->digit[2] == '6' || t->digit[2] == '7' ? ST_OK
	    : ST_UNSUPPORTED;
}

static enum status
read_number(struct span typed, struct typed *t)
{
	TRY(take_digits(typed, t));
	TRY(make_international(t));
	if (begins((struct span){ (const uint8_t *)t->digit, t->n }, "33"))
		TRY(check_french(t));
	if (t->n < PHONE_DIGITS_MIN || t->n > PHONE_DIGITS_MAX
	    || t->digit[0] == '0')
		return ST_INVALID;
	return ST_OK;
}

/* See phone.h. */
enum status
phone_read(struct span typed, char out[static PHONE_MAX + 1])
{
	struct typed t = { .n = 0 };
	enum status st = read_number(typed, &t);

	if (st == ST_OK) {
		out[0] = '+';
		memcpy(out + 1, t.digit, t.n);
		out[1 + t.n] = '\0';
	}
	wipe(&t, sizeof(t));
	return st;
}
