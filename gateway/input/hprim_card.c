/* The pickup card's number in HPRIM files: see hprim.h. */
#include "input/hprim.h"

#include <stdlib.h>

#include "card/symbols.h"
#include "input/card_pattern.h"

enum { TYPED_MAX = 32 };	/* with any number of hyphens and blanks */

/* "9.21", "9.4.2", "OBR-20", "line-9". */
struct path {
	char segment[4];	/* empty: a line */
	size_t field, component;
};

static const struct {
	unsigned long chapter;
	const char *segment;
} chapters[] = {
	{ 8, "P" }, { 9, "OBR" }, { 10, "OBX" },
};

static bool
read_chapter(const char *text, struct path *path)
{
	char *end;
	unsigned long chapter = strtoul(text, &end, 10);

	for (size_t i = 0; *end == '.' && i < COUNT(chapters); i++) {
		if (chapter != chapters[i].chapter)
			continue;
		strcpy(path->segment, chapters[i].segment);
		path->field = strtoul(end + 1, &end, 10);
		if (path->field < 2)
			return false;
		path->field = HPRIM(path->field);
		if (*end == '.')
			path->component = strtoul(end + 1, &end, 10);
		return *end == '\0' && path->component > 0;
	}
	return false;
}

static bool
read_path(const char *text, struct path *path)
{
	char *end;

	*path = (struct path){ .component = 1 };
	if (text[0] >= '0' && text[0] <= '9')
		return read_chapter(text, path);
	if (strncmp(text, "line-", 5) == 0) {
		path->field = strtoul(text + 5, &end, 10);
		return *end == '\0' && path->field > 0;
	}
	if (strlen(text) < 5 || text[3] != '-')
		return false;
	memcpy(path->segment, text, 3);
	path->field = strtoul(text + 4, &end, 10);
	if (*end == '.')
		path->component = strtoul(end + 1, &end, 10);
	return *end == '\0' && path->field > 0 && path->component > 0;
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

static void
look_at(const struct config_source *source, struct span field,
    struct hl7_card *card)
{
	struct span value = card_pattern_find(source->card_pattern, field);
	struct symbols number;

	if (value.len > CARD_NUMBER_LEN && value.len <= TYPED_MAX &&
	    symbols_parse(value, CARD_NUMBER_LEN, &number) == ST_OK)
		keep(card, &number);
}

/* See hprim.h. */
void
hprim_card_look(struct hprim *h, const struct hl7_fields *segment,
    struct hl7_card *card)
{
	struct path path;

	for (size_t i = 0; i < CONFIG_PATHS_MAX; i++) {
		struct span field, repetition;

		if (!read_path(h->c.source->card_paths[i], &path) ||
		    path.segment[0] == '\0' ||
		    !span_is(segment->at[0], path.segment))
			continue;
		field = hl7_field(segment, path.field);
		while (hl7_next_piece(&field, h->c.d.repetition, &repetition))
			look_at(h->c.source, hl7_component(repetition,
			    &h->c.d, path.component), card);
	}
}

/* See hprim.h. */
void
hprim_card_look_line(struct hl7_context *c, unsigned line, struct span text,
    struct hl7_card *card)
{
	bool named = false, mine = false;
	struct path path;

	for (size_t i = 0; i < CONFIG_PATHS_MAX; i++) {
		if (!read_path(c->source->card_paths[i], &path) ||
		    path.segment[0] != '\0')
			continue;
		named = true;
		mine = mine || path.field == line;
	}
	if (mine || !named)
		look_at(c->source, text, card);
}

/* See hprim.h. */
void
hprim_card_keep(struct hl7_context *c, const struct hl7_card *card,
    struct report *report)
{
	if (card->contradictory) {
		report->release = RELEASE_QUARANTINE;
		report->release_reason = "two different pickup cards";
	} else if (card->found) {
		report->card = arena_copy(c->arena, (struct span){
		    (const uint8_t *)card->number, sizeof(card->number) });
		if (report->card.ptr == NULL)
			c->failed = ST_TOO_BIG;
	}
}
