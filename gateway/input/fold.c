#include "input/fold.h"

enum { LATIN_FIRST = 0xc0, LATIN_END = 0x180 };

/* U+00C0 to U+017F; a small letter is a pair of two, a dot is nothing. */
static const char latin[LATIN_END - LATIN_FIRST + 1] =
    "AAAAAAaCEEEEIIIIDNOOOOO.OUUUUYts"
    "AAAAAAaCEEEEIIIIDNOOOOO.OUUUUYtY"
    "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIIIiiJJKKK"
    "LLLLLLLLLLNNNNNNNNNOOOOOOooRRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUU"
    "WWYYYZZZZZZS";

static const struct {
	char letter;
	const char *pair;
} pairs[] = {
	{ 'a', "AE" }, { 'i', "IJ" }, { 'o', "OE" }, { 's', "SS" }, { 't', "TH" },
};

/* Punctuation and blanks beyond ASCII, and marks that combine. */
static bool
is_dropped(uint32_t c)
{
	return (c >= 0x80 && c < LATIN_FIRST) || (c >= 0x2b0 && c <= 0x36f) ||
	    (c >= 0x2000 && c <= 0x206f);
}

static size_t
fold_ascii(uint8_t c, uint8_t *out)
{
	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	*out = c;
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static size_t
fold_latin(uint32_t c, uint8_t *out)
{
	char letter = latin[c - LATIN_FIRST];

	for (size_t i = 0; i < COUNT(pairs); i++) {
		if (pairs[i].letter != letter)
			continue;
		memcpy(out, pairs[i].pair, 2);
		return 2;
	}
	*out = (uint8_t)letter;
	return letter != '.';
}

/* Bytes of the character that starts `s`; 1 for what is no UTF-8. */
static size_t
length_of(struct span s)
{
	uint8_t c = s.ptr[0];
	size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	return len > s.len ? 1 : len;
}

static uint32_t
code_point(struct span s)
{
	uint32_t c;

	if (s.len == 1)
		return s.ptr[0];
	c = s.ptr[0] & (0x7fu >> s.len);
	for (size_t i = 1; i < s.len; i++)
		c = c << 6 | (s.ptr[i] & 0x3fu);
	return c;
}

/* See fold.h. */
size_t
fold_next(struct span *text, uint8_t out[static FOLD_MOST])
{
	struct span one = span_slice(*text, 0, length_of(*text));
	uint32_t c = code_point(one);

	*text = span_slice(*text, one.len, text->len);
	if (c < 0x80)
		return fold_ascii((uint8_t)c, out);
	if (one.len > 1 && is_dropped(c))
		return 0;
	if (one.len > 1 && c >= LATIN_FIRST && c < LATIN_END)
		return fold_latin(c, out);
	memcpy(out, one.ptr, one.len);
	return one.len;
}
