#include "input/hl7_card.h"

#include <stdlib.h>

#include "card/symbols.h"
#include "input/card_pattern.h"

_Static_assert(sizeof(((struct hl7_card *)0)->number) == CARD_NUMBER_LEN,
    "a card number without its check symbol");

enum { TYPED_MAX = 32 };	/* with any number of hyphens and blanks */

/* "PID-3", "OBR-20.2" or "ZPC-1.2.3". */
struct path {
	const char *segment;	/* three characters */
	size_t field;
	size_t component, subcomponent;	/* 0: all of it */
};

static bool
path_read(const char *text, struct path *path)
{
	char *end;

	if (strlen(text) < 5 || text[3] != '-')
		return false;
	*path = (struct path){ .segment = text };
	path->field = strtoul(text + 4, &end, 10);
	if (*end == '.')
		path->component = strtoul(end + 1, &end, 10);
	if (*end == '.')
		path->subcomponent = strtoul(end + 1, &end, 10);
	return *end == '\0' && path->field > 0;
}

static void
keep(struct hl7_card *card, const struct symbols *number)
{
	if (!card->found) {
		card->found = true;
		memcpy(card->number, number->text, sizeof(card->number));
	} else if (memcmp(card->number, number->text,
	    sizeof(card->number)) != 0) {
		card->contradictory = true;
	}
}

/* PID-3 is full of other numbers: only the card authority's are looked at. */
static bool
is_other_authority(struct hl7_context *c, const struct path *path,
    struct span repetition)
{
	const char *wanted = c->source->card_authority;
	struct span authority;

	if (memcmp(path->segment, "PID", 3) != 0 || path->field != 3 ||
	    wanted[0] == '\0')
		return false;
	authority = hl7_component(repetition, &c->d, 4);
	return !span_is(hl7_subcomponent(authority, &c->d, 1), wanted);
}

/* A pattern sees all that the path names; a bare number is what stands first
 * in there. */
static struct span
value_at(struct hl7_context *c, const struct path *path, struct span repetition)
{
	bool is_bare = c->source->card_pattern[0] == '\0';
	struct span s = repetition;

	if (path->component > 0 || is_bare)
		s = hl7_component(s, &c->d, path->component > 0
		    ? path->component : 1);
	if (path->subcomponent > 0 || is_bare)
		s = hl7_subcomponent(s, &c->d, path->subcomponent > 0
		    ? path->subcomponent : 1);
	return card_pattern_find(c->source->card_pattern, s);
}

static void
look_at_field(struct hl7_context *c, const struct path *path,
    struct span field, struct hl7_card *card)
{
	struct span repetition, value;
	struct symbols number;

	while (hl7_next_piece(&field, c->d.repetition, &repetition)) {
		value = value_at(c, path, repetition);
		if (value.len <= CARD_NUMBER_LEN || value.len > TYPED_MAX ||
		    is_other_authority(c, path, repetition))
			continue;
		if (symbols_parse(value, CARD_NUMBER_LEN, &number) == ST_OK)
			keep(card, &number);
	}
}

/* See hl7_card.h. */
void
hl7_card_look(struct hl7_context *c, const struct hl7_fields *segment,
    struct hl7_card *card)
{
	struct path path;

	for (size_t i = 0; i < CONFIG_PATHS_MAX; i++)
		if (path_read(c->source->card_paths[i], &path) &&
		    hl7_segment_is(segment->at[0], path.segment))
			look_at_field(c, &path, hl7_field(segment, path.field),
			    card);
}
