#include "config/senders.h"

static struct span
trim(struct span s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* What stands before the first `mark`; `rest` is what stands after it.
 * False where there is no mark. */
static bool
cut(struct span *rest, uint8_t mark, struct span *before)
{
	const uint8_t *at = rest->len == 0 ? NULL :
	    memchr(rest->ptr, mark, rest->len);
	size_t len = at == NULL ? rest->len : (size_t)(at - rest->ptr);

	*before = trim(span_slice(*rest, 0, len));
	*rest = span_slice(*rest, len + (at != NULL), rest->len);
	return at != NULL;
}

static bool
fits(struct span wanted, struct span got)
{
	return span_is(wanted, "*") || (wanted.len == got.len &&
	    (got.len == 0 || memcmp(wanted.ptr, got.ptr, got.len) == 0));
}

/* See senders.h. */
bool
senders_have(struct span text, struct span application, struct span facility)
{
	struct span pair, left;
	bool more = text.len > 0;

	if (!more)
		return true;
	application = trim(application);
	facility = trim(facility);
	while (more) {
		more = cut(&text, ',', &pair);
		(void)cut(&pair, '/', &left);
		if (fits(left, application) && fits(trim(pair), facility))
			return true;
	}
	return false;
}

/* See senders.h. */
enum status
senders_check(struct span text)
{
	struct span pair, left;
	bool more = text.len > 0;

	while (more) {
		more = cut(&text, ',', &pair);
		if (!cut(&pair, '/', &left) || left.len == 0 ||
		    trim(pair).len == 0)
			return ST_INVALID;
	}
	return ST_OK;
}
