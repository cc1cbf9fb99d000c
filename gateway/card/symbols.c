#include "card/symbols.h"

#include "base/luhn32.h"
#include "base/wipe.h"
#include "crypto/random.h"

enum { GROUP = 4 };

static const char alphabet[LUHN32_SYMBOLS + 1] = LUHN32_ALPHABET;

/* See symbols.h. */
void
symbols_random(struct symbols *s, size_t len)
{
	uint8_t bytes[SYMBOLS_MAX];

	s->len = len < SYMBOLS_MAX ? len : SYMBOLS_MAX;
	random_bytes(bytes, s->len);
	/* 32 divides 256: every symbol is as likely as any other. */
	for (size_t i = 0; i < s->len; i++)
		s->text[i] = alphabet[bytes[i] % LUHN32_SYMBOLS];
	wipe(bytes, sizeof(bytes));
}

/* See symbols.h. */
char
symbols_check(const struct symbols *s)
{
	return luhn32_check((struct span){ (const uint8_t *)s->text, s->len });
}

static bool
is_ignored(uint8_t symbol)
{
	return symbol == ' ' || symbol == '-' ||
	    (symbol >= '\t' && symbol <= '\r');
}

/* Reads `len` symbols and the check symbol, no more and no fewer. */
static enum status
read_symbols(struct span typed, size_t len, struct symbols *s, char *check)
{
	size_t count = 0;

	for (size_t i = 0; i < typed.len; i++) {
		int value;

		if (is_ignored(typed.ptr[i]))
			continue;
		value = luhn32_value(typed.ptr[i]);
		if (value < 0 || count > len)
			return ST_MALFORMED;
		if (count < len)
			s->text[count] = alphabet[value];
		else
			*check = alphabet[value];
		count++;
	}
	s->len = len;
	return count == len + 1 ? ST_OK : ST_MALFORMED;
}

/* See symbols.h. */
enum status
symbols_parse(struct span typed, size_t len, struct symbols *s)
{
	struct symbols read = { .len = 0 };
	char check = 0;
	enum status st;

	if (len > SYMBOLS_MAX)
		return ST_MALFORMED;
	st = read_symbols(typed, len, &read, &check);
	if (st == ST_OK && symbols_check(&read) != check)
		st = ST_FORGED;
	if (st == ST_OK)
		*s = read;
	wipe(&read, sizeof(read));
	return st;
}

/* See symbols.h. */
enum status
symbols_print(const struct symbols *s, struct buf *out)
{
	size_t all = s->len + 1, dashes = (all - 1) / GROUP;

	if (out->max - out->len < all + dashes)
		return ST_NO_SPACE;
	for (size_t i = 0; i < all; i++) {
		if (i > 0 && i % GROUP == 0)
			out->ptr[out->len++] = '-';
		out->ptr[out->len++] = (uint8_t)
		    (i < s->len ? s->text[i] : symbols_check(s));
	}
	return ST_OK;
}
