#include "config/codes.h"

/* Base letters of U+00C0 to U+017F; `.` keeps the character's bytes.  Two
 * letters in one (AE, OE, sharp s) stay what they are. */
static const char base_letters[] =
    "aaaaaa.ceeeeiiii.nooooo.ouuuuy.."	/* U+00C0 to U+00DF */
    "aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"	/* U+00E0 to U+00FF */
    "aaaaaaccccccccddddeeeeeeeeeegggg"	/* U+0100 to U+011F */
    "gggghhhhiiiiiiiiii..jjkkklllllll"	/* U+0120 to U+013F */
    "lllnnnnnn...oooooo..rrrrrrssssss"	/* U+0140 to U+015F */
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";	/* U+0160 to U+017F */

_Static_assert(sizeof(base_letters) == 0x180 - 0xc0 + 1, "one a letter");

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The letter at `s` without case and accent, into `out`; how many bytes of
 * `s` that was. */
static size_t
fold_one(struct span s, uint8_t *out)
{
	unsigned c = s.ptr[0], point;

	*out = (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	if (c < 0xc3 || c > 0xc5 || s.len < 2 || (s.ptr[1] & 0xc0) != 0x80)
		return 1;
	point = (c & 0x1fU) << 6 | (s.ptr[1] & 0x3fU);
	if (base_letters[point - 0xc0] == '.')
		return 1;
	*out = (uint8_t)base_letters[point - 0xc0];
	return 2;
}

/* See codes.h. */
void
codes_fold(struct span text, struct codes_text *out)
{
	bool blank = true;	/* none at the beginning */

	out->len = 0;
	while (text.len > 0 && out->len < CODES_TEXT_MAX) {
		uint8_t letter;
		size_t n = fold_one(text, &letter);

		text = span_slice(text, n, text.len);
		if (is_blank(letter) && blank)
			continue;
		blank = is_blank(letter);
		out->byte[out->len++] = blank ? ' ' : letter;
	}
	if (out->len > 0 && out->byte[out->len - 1] == ' ')
		out->len--;
}

/* Bytes that `?` stands for: a whole character of UTF-8. */
static size_t
character(const struct codes_text *text, size_t at)
{
	size_t n = 1;

	while (at + n < text->len && (text->byte[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Goes back to the last `*` only: what an earlier one took need not change. */
static bool
match(const struct codes_text *p, const struct codes_text *t)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;

	while (k < t->len) {
		if (i < p->len && p->byte[i] == '*') {
			star = i++;
			from = k;
		} else if (i < p->len && p->byte[i] == '?') {
			i++;
			k += character(t, k);
		} else if (i < p->len && p->byte[i] == t->byte[k]) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			k = ++from;
		} else {
			return false;
		}
	}
	while (i < p->len && p->byte[i] == '*')
		i++;
	return i == p->len;
}

/* See codes.h. */
bool
codes_match(struct span pattern, const struct codes_text *text)
{
	struct codes_text folded;

	codes_fold(pattern, &folded);
	return match(&folded, text);
}

/* --- lists ----------------------------------------------------------------- */

static struct span
trim(struct span s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool
find_system(struct span word, enum codes_system *system)
{
	static const char *const names[] = {
		[CODES_LOINC] = "LOINC", [CODES_NABM] = "NABM",
		[CODES_LOCAL] = "LOCAL", [CODES_ANY] = "*",
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (!span_is(word, names[i]))
			continue;
		*system = (enum codes_system)i;
		return true;
	}
	return false;
}

/* Everything would be held, which is not what a list is for. */
static bool
is_everything(const struct codes_item *item)
{
	for (size_t i = 0; i < item->pattern.len; i++)
		if (item->pattern.ptr[i] != '*')
			return false;
	return item->system == CODES_ANY;
}

/* See codes.h. */
enum status
codes_next(struct span *list, struct codes_item *item)
{
	const uint8_t *comma = list->len == 0 ? NULL
	    : memchr(list->ptr, ',', list->len);
	size_t len = comma == NULL ? list->len : (size_t)(comma - list->ptr);
	struct span one = trim(span_slice(*list, 0, len));
	size_t word = 0;

	if (list->len == 0)
		return ST_NOT_FOUND;
	*list = span_slice(*list, len + 1, list->len);
	while (word < one.len && !is_blank(one.ptr[word]))
		word++;
	item->pattern = trim(span_slice(one, word, one.len));
	if (!find_system(span_slice(one, 0, word), &item->system) ||
	    item->pattern.len == 0 || item->pattern.len > CODES_TEXT_MAX ||
	    is_everything(item))
		return ST_INVALID;
	return ST_OK;
}

/* See codes.h. */
enum status
codes_check(struct span list)
{
	struct codes_item item;
	enum status st = list.len == 0 ? ST_INVALID : ST_OK;

	while (st == ST_OK)
		st = codes_next(&list, &item);
	return st == ST_NOT_FOUND ? ST_OK : st;
}
