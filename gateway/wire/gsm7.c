#include "wire/gsm7.h"

/* U+00C0 to U+00FF, Latin-1's letters; a space: not a letter. */
static const char latin1[][3] = {
	"A", "A", "A", "A", "A", "A", "AE", "C",
	"E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", " ",
	"O", "U", "U", "U", "U", "Y", "TH", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c",
	"e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", " ",
	"o", "u", "u", "u", "u", "y", "th", "y",
};

/* U+0100 to U+017F, Latin Extended-A, pairs of capital and small letter but
 * for a few; what is not French or German is at least legible. */
static const char extended[] =
    "AaAaAaCcCcCcCcDd" "DdEeEeEeEeEeGgGg" "GgGgHhHhIiIiIiIi"
    "IiIiJjKkkLlLlLlL" "lLlNnNnNnnNnOoOo" "OoOoRrRrRrSsSsSs"
    "SsTtTtTtUuUuUuUu" "UuUuWwYyYZzZzZzs";

enum { LATIN1_FROM = 0xc0, EXTENDED_FROM = 0x100, EXTENDED_UNTIL = 0x180 };

_Static_assert(COUNT(latin1) == EXTENDED_FROM - LATIN1_FROM, "64 rows");
_Static_assert(sizeof(extended) - 1 == EXTENDED_UNTIL - EXTENDED_FROM,
    "128 letters");

/* See gsm7.h: @ $ _ stand elsewhere in GSM's table, but are one septet;
 * ` [ \ ] ^ { | } ~ are none or two. */
bool
gsm7_is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '\n')
			continue;
		if (c < ' ' || c > 'z' || (c >= '[' && c <= '^') || c == '`')
			return false;
	}
	return true;
}

static bool
is_alphanumeric(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9');
}

/* Takes a character of UTF-8 off `text`; a byte that begins none is one of
 * no meaning. */
static uint32_t
take_character(struct span *text)
{
	uint8_t first = text->ptr[0];
	size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 :
	    first >= 0xc2 ? 1 : 0;
	uint32_t c = more == 0 ? first : first & (0x3fu >> more);
	size_t i = 1;

	for (; i <= more && i < text->len; i++) {
		if ((text->ptr[i] & 0xc0) != 0x80)
			break;
		c = c << 6 | (text->ptr[i] & 0x3fu);
	}
	*text = span_slice(*text, i, text->len);
	return i == more + 1 ? c : ' ';
}

/* What stands for `c`, in `one` or static; never NULL. */
static const char *
folded(uint32_t c, char one[static 2])
{
	one[1] = '\0';
	if (is_alphanumeric(c) || c == '-' || c == '\'' || c == '&')
		one[0] = (char)c;
	else if (c >= LATIN1_FROM && c < EXTENDED_FROM)
		return latin1[c - LATIN1_FROM];
	else if (c == 0x152 || c == 0x153)
		return c == 0x152 ? "OE" : "oe";
	else if (c >= EXTENDED_FROM && c < EXTENDED_UNTIL)
		one[0] = extended[c - EXTENDED_FROM];
	else if (c == '`' || c == 0xb4 || c == 0x2018 || c == 0x2019)
		one[0] = '\'';
	else if (c >= 0x2010 && c <= 0x2015)
		one[0] = '-';
	else if (c >= 0x300 && c <= 0x36f)	/* combining accents */
		return "";
	else
		one[0] = ' ';
	return one;
}

/* See gsm7.h. */
enum status
gsm7_name(struct span name, struct buf *out)
{
	size_t start = out->len;
	char one[2];

	while (name.len > 0) {
		const char *text = folded(take_character(&name), one);
		bool is_first = out->len == start ||
		    out->ptr[out->len - 1] == ' ';

		if (text[0] == ' ' && is_first)
			continue;
		if (buf_append_text(out, text) != ST_OK) {
			out->len = start;
			return ST_NO_SPACE;
		}
	}
	if (out->len > start && out->ptr[out->len - 1] == ' ')
		out->len--;
	return ST_OK;
}

/* See gsm7.h. */
struct span
gsm7_cut(struct span name, size_t most)
{
	size_t end = most;

	if (name.len <= most)
		return name;
	while (end > 0 && name.ptr[end] != ' ')
		end--;
	return span_slice(name, 0, end > 0 ? end : most);
}
