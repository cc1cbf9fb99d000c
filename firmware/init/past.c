#include "init/past.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "init/files.h"

enum { SMALL_BYTES = 1024, MESSAGES_BYTES = 64 * 1024 };

static const char file_state[] = "state", file_trial[] = "trial";
static const char file_reason[] = "reason", file_resets[] = "resets";
static const char file_history[] = "history";

static void
say_trouble(const char *name, enum status st)
{
	if (st != ST_OK && st != ST_NOT_FOUND)
		log_line(LOG_WARNING, "/data/boot/%s: %s", name,
		    status_text(st));
}

static enum status
read_small(const struct past *p, const char *name, struct buf *out)
{
	enum status st = p->folder < 0 ? ST_NOT_FOUND
	    : files_read(p->folder, name, out);

	say_trouble(name, st);
	return st;
}

static void
write_small(const struct past *p, const char *name, struct span bytes)
{
	if (p->folder >= 0)
		say_trouble(name, files_write(p->folder, name, bytes, 0600));
}

static void
forget(const struct past *p, const char *name)
{
	if (p->folder >= 0)
		say_trouble(name, files_remove(p->folder, name));
}

/* --- lists of lines ------------------------------------------------------------- */

static void
add_line(const struct past *p, const char *name, const char *text,
    char last[static HISTORY_LINE_MAX])
{
	static uint8_t bytes[HISTORY_BYTES];
	struct buf file = buf_over(bytes, sizeof(bytes));
	char line[HISTORY_LINE_MAX];

	if (read_small(p, name, &file) != ST_OK)
		file.len = 0;
	history_date((uint64_t)time(NULL), text, line);
	history_add(&file, line);
	history_last(buf_span(&file), last);
	write_small(p, name, buf_span(&file));
}

static void
last_line(const struct past *p, const char *name,
    char last[static HISTORY_LINE_MAX])
{
	static uint8_t bytes[HISTORY_BYTES];
	struct buf file = buf_over(bytes, sizeof(bytes));

	if (read_small(p, name, &file) != ST_OK)
		file.len = 0;
	history_last(buf_span(&file), last);
}

/* --- the last kernel's messages -------------------------------------------------- */

static bool
is_dump(const char *name)
{
	return strncmp(name, "dmesg-", 6) == 0;
}

static void
read_dump(int folder, const char *name, char panic[static REASON_MAX])
{
	static uint8_t bytes[MESSAGES_BYTES];	/* cut where it is longer */
	struct buf text = buf_over(bytes, sizeof(bytes));
	enum status st = files_read(folder, name, &text);

	if ((st == ST_OK || st == ST_TOO_BIG) && panic[0] == '\0' &&
	    reasons_panic(buf_span(&text), panic) != ST_OK)
		panic[0] = '\0';
}

/* Erased at once: a record stands for one start only. */
static void
read_dumps(const char *pstore, char panic[static REASON_MAX])
{
	DIR *dir = opendir(pstore);
	const struct dirent *entry;

	panic[0] = '\0';
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_dump(entry->d_name))
			continue;
		read_dump(dirfd(dir), entry->d_name, panic);
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			log_line(LOG_WARNING, "%s/%s: %s", pstore,
			    entry->d_name, strerror(errno));
	}
	closedir(dir);
}

/* --- why the box started ----------------------------------------------------------- */

static void
read_planned(const struct past *p, char planned[static REASON_MAX])
{
	struct buf text = buf_over(planned, REASON_MAX - 1);

	if (read_small(p, file_reason, &text) != ST_OK)
		text.len = 0;
	planned[text.len] = '\0';
	planned[strcspn(planned, "\n")] = '\0';
}

static void
read_records(struct past *p)
{
	uint8_t bytes[SMALL_BYTES];
	struct buf text = buf_over(bytes, sizeof(bytes));

	p->has_record = read_small(p, file_state, &text) == ST_OK &&
	    facts_record(buf_span(&text), &p->record) == ST_OK;
	text.len = 0;
	p->has_trial = read_small(p, file_trial, &text) == ST_OK &&
	    facts_trial(buf_span(&text), &p->trial) == ST_OK;
}

/* See past.h. */
void
past_read(struct past *p, int folder, const char *pstore, bool by_watchdog)
{
	char planned[REASON_MAX], panic[REASON_MAX], last[HISTORY_LINE_MAX];
	struct reset_facts facts = { .planned = planned, .panic = panic,
	    .watchdog = by_watchdog };

	*p = (struct past){ .folder = folder };
	read_records(p);
	read_planned(p, planned);
	read_dumps(pstore, panic);
	last_line(p, file_resets, last);
	facts.is_first = last[0] == '\0';
	p->was_asked = strcmp(planned, PAST_ASKED) == 0;
	reasons_reset(&facts, p->reset);
	add_line(p, file_resets, p->reset, last);
	forget(p, file_reason);
	last_line(p, file_history, p->change);
	log_line(LOG_NOTICE, "started because: %s", p->reset);
}

/* --- slots --------------------------------------------------------------------------- */

static void
count_trial(struct past *p, unsigned slot, const struct release_facts *release)
{
	uint8_t bytes[SMALL_BYTES];
	struct buf text = buf_over(bytes, sizeof(bytes));
	uint64_t times = p->has_trial && p->trial.slot == slot ? p->trial.times
	    : 0;

	p->trial = (struct trial){ .slot = slot, .times = times + 1 };
	memcpy(p->trial.version, release->version, FACT_NAME_MAX);
	if (facts_print_trial(&p->trial, &text) == ST_OK)
		write_small(p, file_trial, buf_span(&text));
}

/* See past.h. */
void
past_compare(struct past *p, unsigned slot, const struct release_facts *release,
    const struct control *control)
{
	struct change_facts facts = {
		.slot = slot, .release = release, .control = control,
		.record = p->has_record ? &p->record : NULL,
		.trial = p->has_trial ? &p->trial : NULL,
		.was_asked = p->was_asked
	};
	char change[REASON_MAX];

	if (reasons_change(&facts, change)) {
		add_line(p, file_history, change, p->change);
		log_line(LOG_NOTICE, "%s", change);
	}
	if (p->has_record && p->record.slot != slot)
		count_trial(p, slot, release);
}

/* See past.h. */
void
past_plan(const struct past *p, const char *why)
{
	write_small(p, file_reason, span_of(why));
}

/* See past.h. */
enum status
past_commit(struct past *p, const struct record *now)
{
	uint8_t bytes[SMALL_BYTES];
	struct buf text = buf_over(bytes, sizeof(bytes));

	if (p->folder < 0)
		return ST_IO;
	TRY(facts_print_record(now, &text));
	if (!p->has_record || memcmp(&p->record, now, sizeof(*now)) != 0)
		TRY(files_write(p->folder, file_state, buf_span(&text), 0600));
	p->record = *now;
	p->has_record = true;
	p->has_trial = false;
	return files_remove(p->folder, file_trial);
}
