#include "pickup/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "card/derive.h"
#include "pickup_page.h"

enum { ROOM_FOR_VALUES = 64 * 1024 };

static struct buf filled;

static enum status
append_escaped(struct span text, struct buf *out)
{
	static const char *const entities[] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;",
		['"'] = "&quot;", ['\''] = "&#39;",
	};
	size_t i;
	uint8_t c;

	for (i = 0; i < text.len; i++) {
		c = text.ptr[i];
		if (c < COUNT(entities) && entities[c] != NULL)
			TRY(buf_append_text(out, entities[c]));
		else
			TRY(buf_append(out, &c, 1));
	}
	return ST_OK;
}

static enum status
append_value(struct span name, const struct config *config, struct buf *out)
{
	char rounds[16];
	const struct {
		const char *name, *value;
	} values[] = {
		{ "box", config->box_id },
		{ "lab", config->lab_name },
		{ "phone", config->lab_phone },
		{ "origin", config->pickup_origin },
		{ "rounds", rounds },
	};
	size_t i;

	snprintf(rounds, sizeof(rounds), "%d", (int)CARD_ROUNDS);
	for (i = 0; i < COUNT(values); i++)
		if (span_is(name, values[i].name))
			return append_escaped(span_of(values[i].value), out);
	return ST_NOT_FOUND;
}

static size_t
find(struct span s, const char *what)
{
	const uint8_t *at = memmem(s.ptr, s.len, what, strlen(what));

	return at == NULL ? s.len : (size_t)(at - s.ptr);
}

/* See page.h. */
enum status
page_fill(struct span page, const struct config *config, struct buf *out)
{
	size_t at;

	while (page.len > 0) {
		at = find(page, "{{");
		TRY(buf_append_span(out, span_slice(page, 0, at)));
		page = span_slice(page, at, page.len);
		if (page.len == 0)
			break;
		at = find(page, "}}");
		if (at == page.len)
			return ST_NOT_FOUND;
		TRY(append_value(span_slice(page, 2, at - 2), config, out));
		page = span_slice(page, at + 2, page.len);
	}
	return ST_OK;
}

/* See page.h. */
enum status
page_prepare(const struct config *config)
{
	struct span page = { pickup_page, sizeof(pickup_page) };
	size_t size = sizeof(pickup_page) + ROOM_FOR_VALUES;

	free(filled.ptr);
	filled = buf_over(malloc(size), size);
	if (filled.ptr == NULL)
		return ST_NO_SPACE;
	return page_fill(page, config, &filled);
}

/* See page.h. */
struct span
page_bytes(void)
{
	return buf_span(&filled);
}

/* See page.h. */
const char *
page_policy(void)
{
	return pickup_page_csp;
}
