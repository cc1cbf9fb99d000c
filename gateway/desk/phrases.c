#include "desk/phrases.h"

#include "desk/phrases.def"

enum { HOLES_MAX = 4, DATE_BYTES = 16 };	/* "2026-11-22 09:31" */

static const struct phrase { const char *english, *french; } phrases[] = {
#define PHRASE(en, fr) { en, fr },
	BOX_PHRASES(PHRASE)
#undef PHRASE
};

/* --- finding the row ------------------------------------------------------- */

/* Where `what` begins in `text`; at its end where `is_last`. */
static enum status
find(struct span text, struct span what, bool is_last, size_t *at)
{
	const uint8_t *found = text.ptr;

	if (what.len > text.len)
		return ST_NOT_FOUND;
	if (is_last) {
		*at = text.len - what.len;
		return span_equal(span_slice(text, *at, what.len), what)
		    ? ST_OK : ST_NOT_FOUND;
	}
	if (what.len > 0)
		found = memmem(text.ptr, text.len, what.ptr, what.len);
	if (found == NULL)
		return ST_NOT_FOUND;
	*at = (size_t)(found - text.ptr);
	return ST_OK;
}

/* What stands before the next hole, or the end. */
static struct span
literal(const char *pattern)
{
	return (struct span){ (const uint8_t *)pattern,
	    strcspn(pattern, "%") };
}

static bool
fills(char kind, struct span hole)
{
	return hole.len > 0 && (kind == 's' ||
	    memchr(hole.ptr, ' ', hole.len) == NULL);
}

/* Each hole ends where the text after it begins first. */
static bool
fit(const char *pattern, struct span text, struct span holes[static HOLES_MAX])
{
	struct span words = literal(pattern);

	if (!span_equal(span_slice(text, 0, words.len), words))
		return false;
	text = span_slice(text, words.len, text.len);
	pattern += words.len;
	for (size_t n = 0; *pattern != '\0' && n < HOLES_MAX; n++) {
		char kind = pattern[1];
		size_t len;

		words = literal(pattern + 2);
		pattern += 2 + words.len;
		if (find(text, words, *pattern == '\0', &len) != ST_OK ||
		    !fills(kind, span_slice(text, 0, len)))
			return false;
		holes[n] = span_slice(text, 0, len);
		text = span_slice(text, len + words.len, text.len);
	}
	return text.len == 0;
}

/* NULL: nobody knows it. */
static const struct phrase *
look_up(struct span text, struct span holes[static HOLES_MAX])
{
	for (size_t i = 0; i < COUNT(phrases); i++)
		if (fit(phrases[i].english, text, holes))
			return &phrases[i];
	return NULL;
}

/* --- writing it ------------------------------------------------------------ */

static enum status
fill(const char *pattern, const struct span holes[static HOLES_MAX],
    struct buf *out)
{
	struct span words = literal(pattern);

	TRY(buf_append_span(out, words));
	pattern += words.len;
	for (size_t n = 0; *pattern != '\0' && n < HOLES_MAX; n++) {
		words = literal(pattern + 2);
		TRY(buf_append_span(out, holes[n]));
		TRY(buf_append_span(out, words));
		pattern += 2 + words.len;
	}
	return ST_OK;
}

/* A hole of a phrase: one phrase, or what it is. */
static struct span
translate_hole(struct span text, struct buf *storage)
{
	struct span holes[HOLES_MAX] = { { NULL, 0 } };
	const struct phrase *p = look_up(text, holes);

	return p != NULL && fill(p->french, holes, storage) == ST_OK
	    ? buf_span(storage) : text;
}

/* ST_NOT_FOUND: not a phrase; ST_NO_SPACE. */
static enum status
append_phrase(struct span text, struct buf *out)
{
	uint8_t bytes[HOLES_MAX][PHRASE_MAX];
	struct span holes[HOLES_MAX] = { { NULL, 0 } };
	const struct phrase *p = look_up(text, holes);

	if (p == NULL)
		return ST_NOT_FOUND;
	for (size_t i = 0; i < HOLES_MAX; i++) {
		struct buf storage = buf_over(bytes[i], sizeof(bytes[i]));

		if (holes[i].len > 0)
			holes[i] = translate_hole(holes[i], &storage);
	}
	return fill(p->french, holes, out);
}

/* Phrases with "; " between them.  Of a text with no phrase in it nothing
 * changes. */
static enum status
append_list(struct span text, struct buf *out)
{
	static const struct span mark = { (const uint8_t *)"; ", 2 };
	bool knows_one = false;
	size_t len;

	for (struct span rest = text; rest.len > 0;) {
		struct span part = rest;
		enum status st;

		if (find(rest, mark, false, &len) == ST_OK)
			part.len = len;
		st = append_phrase(part, out);
		if (st == ST_NOT_FOUND)
			TRY(buf_append_span(out, part));
		else if (st != ST_OK)
			return st;
		knows_one = knows_one || st == ST_OK;
		rest = span_slice(rest, part.len + mark.len, rest.len);
		if (rest.len > 0)
			TRY(buf_append_text(out, " ; "));
	}
	return knows_one ? ST_OK : ST_NOT_FOUND;
}

/* As history_date() of init/history.h writes it: it stands before a change. */
static bool
has_date(struct span text)
{
	static const char unknown[] = "time unknown    ";
	struct span date = span_slice(text, 0, DATE_BYTES);

	return text.len > DATE_BYTES && text.ptr[DATE_BYTES] == ' ' &&
	    (span_is(date, unknown) || (date.ptr[4] == '-' &&
	    date.ptr[7] == '-' && date.ptr[10] == ' ' && date.ptr[13] == ':'));
}

static enum status
append_french(struct span text, struct buf *out)
{
	enum status st;

	if (has_date(text)) {
		struct span date = span_slice(text, 0, DATE_BYTES);

		st = append_phrase(date, out);
		if (st == ST_NOT_FOUND)
			TRY(buf_append_span(out, date));
		else if (st != ST_OK)
			return st;
		TRY(buf_append_text(out, " "));
		text = span_slice(text, DATE_BYTES + 1, text.len);
	}
	return append_list(text, out);
}

/* See phrases.h. */
const char *
phrase_in(enum lang lang, struct span text, char out[static PHRASE_MAX])
{
	struct buf to = buf_over(out, PHRASE_MAX - 1);

	if (lang != LANG_FR || append_french(text, &to) != ST_OK) {
		text = span_slice(text, 0, PHRASE_MAX - 1);
		to.len = 0;
		if (buf_append_span(&to, text) != ST_OK)
			to.len = 0;	/* never: it was cut */
	}
	out[to.len] = '\0';
	return out;
}
