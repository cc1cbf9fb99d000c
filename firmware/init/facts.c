#include "init/facts.h"

#include "config/lines.h"

static const struct line_row release_rows[] = {
	{ "version", LINE_TEXT,   LINE_FIELD(release_facts, version), false },
	{ "release", LINE_NUMBER, LINE_FIELD(release_facts, number),  false },
	{ "floor",   LINE_NUMBER, LINE_FIELD(release_facts, floor),   false },
	{ "built",   LINE_NUMBER, LINE_FIELD(release_facts, built_s), false },
};

static const struct line_row board_rows[] = {
	{ "board",    LINE_TEXT, LINE_FIELD(board, name),     false },
	{ "lab",      LINE_TEXT, LINE_FIELD(board, lab),      false },
	{ "wan",      LINE_TEXT, LINE_FIELD(board, wan),      false },
	{ "service",  LINE_TEXT, LINE_FIELD(board, service),  true },
	{ "watchdog", LINE_TEXT, LINE_FIELD(board, watchdog), true },
};

static const struct line_row record_rows[] = {
	{ "slot",      LINE_NUMBER, LINE_FIELD(record, slot),       false },
	{ "floor",     LINE_NUMBER, LINE_FIELD(record, floor),      false },
	{ "release_a", LINE_NUMBER, LINE_FIELD(record, release[0]), false },
	{ "release_b", LINE_NUMBER, LINE_FIELD(record, release[1]), false },
	{ "version_a", LINE_TEXT,   LINE_FIELD(record, version[0]), true },
	{ "version_b", LINE_TEXT,   LINE_FIELD(record, version[1]), true },
};

static const struct line_row trial_rows[] = {
	{ "slot",    LINE_NUMBER, LINE_FIELD(trial, slot),    false },
	{ "times",   LINE_NUMBER, LINE_FIELD(trial, times),   false },
	{ "version", LINE_TEXT,   LINE_FIELD(trial, version), false },
};

/* See facts.h. */
enum status
facts_release(struct span text, struct release_facts *out, unsigned *line)
{
	*out = (struct release_facts){ 0 };
	TRY(lines_parse(text, release_rows, COUNT(release_rows), out, line));
	return out->number > 0 && out->floor <= out->number ? ST_OK
	    : ST_INVALID;
}

/* See facts.h. */
enum status
facts_board(struct span text, struct board *out, unsigned *line)
{
	*out = (struct board){ 0 };
	return lines_parse(text, board_rows, COUNT(board_rows), out, line);
}

/* See facts.h. */
enum status
facts_record(struct span text, struct record *out)
{
	unsigned line;

	*out = (struct record){ 0 };
	TRY(lines_parse(text, record_rows, COUNT(record_rows), out, &line));
	return out->slot <= 1 ? ST_OK : ST_INVALID;
}

/* See facts.h. */
enum status
facts_trial(struct span text, struct trial *out)
{
	unsigned line;

	*out = (struct trial){ 0 };
	TRY(lines_parse(text, trial_rows, COUNT(trial_rows), out, &line));
	return out->slot <= 1 ? ST_OK : ST_INVALID;
}

/* See facts.h. */
enum status
facts_print_record(const struct record *record, struct buf *out)
{
	return lines_print(record_rows, COUNT(record_rows), record, out);
}

/* See facts.h. */
enum status
facts_print_trial(const struct trial *trial, struct buf *out)
{
	return lines_print(trial_rows, COUNT(trial_rows), trial, out);
}

static bool
ends_word(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

/* See facts.h.  Nobody writes it but we, into what is signed; a second one
 * would be somebody else's. */
enum status
facts_slot(struct span cmdline, unsigned *slot)
{
	static const char key[] = "guichet.slot=";
	const size_t len = sizeof(key) - 1;
	unsigned found = 0;

	for (size_t i = 0; i + len < cmdline.len; i++) {
		uint8_t c = cmdline.ptr[i + len];

		if ((i > 0 && !ends_word(cmdline.ptr[i - 1])) ||
		    memcmp(cmdline.ptr + i, key, len) != 0)
			continue;
		if ((c != 'a' && c != 'b') || (i + len + 1 < cmdline.len &&
		    !ends_word(cmdline.ptr[i + len + 1])))
			return ST_INVALID;
		*slot = c == 'b';
		found++;
	}
	return found == 1 ? ST_OK : ST_INVALID;
}
