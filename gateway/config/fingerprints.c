#include "config/fingerprints.h"

/* The digit's value, or -1. */
static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes one fingerprint off the front of `text`. */
static enum status
read_one(struct span *text, uint8_t out[static FINGERPRINT_BYTES])
{
	size_t digits = 0, i = 0;

	for (; i < text->len && text->ptr[i] != ','; i++) {
		int v = digit(text->ptr[i]);

		if (text->ptr[i] == ':' || text->ptr[i] == ' ')
			continue;
		if (v < 0 || digits == 2 * FINGERPRINT_BYTES)
			return ST_INVALID;
		if (digits % 2 == 0)
			out[digits / 2] = (uint8_t)(v << 4);
		else
			out[digits / 2] |= (uint8_t)v;
		digits++;
	}
	*text = span_slice(*text, i + 1, text->len);
	return digits == 2 * FINGERPRINT_BYTES ? ST_OK : ST_INVALID;
}

/* See fingerprints.h. */
enum status
fingerprints_check(struct span text)
{
	uint8_t one[FINGERPRINT_BYTES];
	size_t n = 0;

	while (text.len > 0) {
		TRY(read_one(&text, one));
		n++;
	}
	return n <= FINGERPRINTS_MAX ? ST_OK : ST_INVALID;
}

/* See fingerprints.h. */
bool
fingerprints_have(struct span text,
    const uint8_t fingerprint[static FINGERPRINT_BYTES])
{
	uint8_t one[FINGERPRINT_BYTES];

	while (text.len > 0 && read_one(&text, one) == ST_OK)
		if (memcmp(one, fingerprint, sizeof(one)) == 0)
			return true;
	return false;
}

/* See fingerprints.h. */
size_t
fingerprints_read(struct span text,
    uint8_t out[static FINGERPRINTS_MAX][FINGERPRINT_BYTES])
{
	size_t n = 0;

	while (n < FINGERPRINTS_MAX && text.len > 0 &&
	    read_one(&text, out[n]) == ST_OK)
		n++;
	return n;
}
