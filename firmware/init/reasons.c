#include "init/reasons.h"

#include <inttypes.h>
#include <stdio.h>

static void
copy_printable(struct span text, char out[static REASON_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n < REASON_MAX - 1; i++) {
		uint8_t c = text.ptr[i];

		out[n++] = c >= ' ' && c <= '~' ? (char)c : '?';
	}
	out[n] = '\0';
}

/* See reasons.h. */
void
reasons_reset(const struct reset_facts *facts, char out[static REASON_MAX])
{
	if (facts->planned[0] != '\0')
		copy_printable(span_of(facts->planned), out);
	else if (facts->panic[0] != '\0')
		copy_printable(span_of(facts->panic), out);
	else if (facts->watchdog)
		snprintf(out, REASON_MAX, "the watchdog: the box hung");
	else if (facts->is_first)
		snprintf(out, REASON_MAX, "first start");
	else
		snprintf(out, REASON_MAX,
		    "the power was cut, or the box was reset");
}

/* From the first `words` to the end of their line. */
static enum status
line_with(struct span text, const char *words, struct span *line)
{
	const uint8_t *at = text.len == 0 ? NULL : memmem(text.ptr, text.len,
	    words, strlen(words));
	const uint8_t *end;

	if (at == NULL)
		return ST_NOT_FOUND;
	*line = span_slice(text, (size_t)(at - text.ptr), text.len);
	end = memchr(line->ptr, '\n', line->len);
	if (end != NULL)
		line->len = (size_t)(end - line->ptr);
	return ST_OK;
}

/* See reasons.h. */
enum status
reasons_panic(struct span messages, char out[static REASON_MAX])
{
	static const char *const words[] = { "Kernel panic - not syncing",
	    "device corrupted" };
	struct span line;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (line_with(messages, words[i], &line) == ST_OK) {
			copy_printable(line, out);
			return ST_OK;
		}
	}
	return ST_NOT_FOUND;
}

/* --- changes of slot ----------------------------------------------------------- */

static char
letter(uint64_t slot)
{
	return slot == 0 ? 'a' : 'b';
}

/* "b (1.2.0)", or "b" where its version is not known. */
static void
name_slot(uint64_t slot, const char *version, char *out, size_t max)
{
	if (version[0] == '\0')
		snprintf(out, max, "%c", letter(slot));
	else
		snprintf(out, max, "%c (%s)", letter(slot), version);
}

static bool
was_refused(const struct change_facts *f, uint64_t slot)
{
	return f->control != NULL && f->control->last == slot &&
	    f->slot != slot;
}

/* The boot loader took all its tries away, and nobody gave them back. */
static bool
is_exhausted(const struct change_facts *f, uint64_t slot)
{
	const struct control_slot *s;

	if (f->control == NULL)
		return false;
	s = f->control->slot;
	return s[slot].tries == 0 && s[slot].priority > 0 &&
	    s[slot].priority > s[1 - slot].priority;
}

static void
say_gave_up(const struct change_facts *f, uint64_t slot, const char *version,
    char out[static REASON_MAX])
{
	char there[FACT_NAME_MAX + 8];

	name_slot(slot, version, there, sizeof(there));
	snprintf(out, REASON_MAX, "slot %c, %s: slot %s was tried until its "
	    "tries ran out and was never healthy", letter(f->slot),
	    f->release->version, there);
}

static void
say_refused(const struct change_facts *f, uint64_t slot,
    char out[static REASON_MAX])
{
	snprintf(out, REASON_MAX, "slot %c, %s: the boot loader refused "
	    "slot %c", letter(f->slot), f->release->version, letter(slot));
}

/* In the slot of before: did the other one fail meanwhile? */
static bool
same_slot(const struct change_facts *f, char out[static REASON_MAX])
{
	uint64_t other = 1 - f->record->slot;

	if (was_refused(f, other))
		say_refused(f, other, out);
	else if (f->trial != NULL && f->trial->slot == other)
		say_gave_up(f, other, f->trial->version, out);
	else if (is_exhausted(f, other))
		say_gave_up(f, other, "", out);
	else if (f->record->release[f->slot] != f->release->number)
		snprintf(out, REASON_MAX, "slot %c, %s: written from outside",
		    letter(f->slot), f->release->version);
	else
		return false;
	return true;
}

static void
other_slot(const struct change_facts *f, char out[static REASON_MAX])
{
	uint64_t before = f->record->slot;

	if (was_refused(f, before))
		say_refused(f, before, out);
	else if (!f->was_asked && is_exhausted(f, before))
		say_gave_up(f, before, f->record->version[before], out);
	else if (f->release->number >= f->record->release[before])
		snprintf(out, REASON_MAX, "slot %c: update to %s",
		    letter(f->slot), f->release->version);
	else
		snprintf(out, REASON_MAX, "slot %c: rolled back to %s by "
		    "command", letter(f->slot), f->release->version);
}

/* See reasons.h. */
bool
reasons_change(const struct change_facts *f, char out[static REASON_MAX])
{
	out[0] = '\0';
	if (f->record == NULL)
		snprintf(out, REASON_MAX, "slot %c, %s: first start",
		    letter(f->slot), f->release->version);
	else if (f->record->slot == f->slot)
		return same_slot(f, out);
	else
		other_slot(f, out);
	return true;
}
