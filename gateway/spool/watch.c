#include "spool/watch.h"

#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "spool/texts.h"
#include "spool/transfer.h"

enum {
	SETTLE_MS = 2000,	/* nobody wrote to it: two looks apart */
	OVERDUE_AT_ONCE = 64	/* of a turn: others wait for the next */
};

static uint64_t
now_ms(const struct watch *w)
{
	return uv_now(&w->shared->role->loop);
}

/* See watch.h. */
void
watch_init(struct watch *w, struct watch_shared *shared,
    const struct config_source *source)
{
	*w = (struct watch){ .shared = shared, .source = source,
	    .notices = -1, .fd = -1 };
	if (folder_open(&w->folder, source->folder, source->folder_keep_s) !=
	    ST_OK)
		role_refuse("[source %s] folder = %s: cannot be opened; it "
		    "must be a directory", source->name, source->folder);
	if (entries_init(&w->entries, SETTLE_MS, source->folder_wait_s * 1000)
	    != ST_OK)
		role_refuse("no memory for the files of source %s",
		    source->name);
}

/* Names stay out of it: they may be a patient's. */
static bool
may_log(struct watch *w)
{
	if (w->shared->lines_left == 0)
		return false;
	w->shared->lines_left--;
	return true;
}

/* --- taking files away ----------------------------------------------------- */

static void
see(struct watch *w, const char *name, bool is_renamed)
{
	struct file_id id;
	enum file_kind kind = folder_look(&w->folder, name, &id);

	w->left_alone += kind == FILE_ODD || kind == FILE_LINKED;
	if (kind == FILE_GOOD || (kind == FILE_EMPTY && name_is_witness(name)))
		entries_see(&w->entries, name, &id, is_renamed, now_ms(w));
}

/* What is known about `f` stays known, so that it is not brought again; only
 * the taking away is tried again. */
static void
stick(struct watch *w, struct entry *f, enum status st, bool is_stored,
    struct span text)
{
	if (f->failures == 0)
		log_line(LOG_ERROR, "[source %s] a %s file cannot be taken out "
		    "of its folder (%s): user guichet-spool must be able to "
		    "write there, and the disk must have room",
		    w->source->name, is_stored ? "stored" : "refused",
		    status_text(st));
	if (f->state != ENTRY_STUCK) {
		f->state = ENTRY_STUCK;
		f->is_stored = is_stored;
		f->text = is_stored ? NULL
		    : strndup((const char *)text.ptr, text.len);
	}
	entries_put_off(f, now_ms(w));
}

/* `st` says how taking `f` away went.  True: it is gone and forgotten. */
static bool
taken(struct watch *w, struct entry *f, enum status st, bool is_stored,
    struct span text)
{
	char name[NAME_BYTES];

	if (st != ST_OK && st != ST_INVALID && st != ST_NO_SPACE) {
		stick(w, f, st, is_stored, text);
		return false;
	}
	if (st == ST_NO_SPACE && may_log(w))
		log_line(LOG_ERROR, "[source %s] a refused file is in failed, "
		    "but its reason could not be written beside it",
		    w->source->name);
	memcpy(name, f->name, sizeof(name));
	entries_forget(&w->entries, f);
	if (st == ST_INVALID)
		see(w, name, false);	/* another one has its name now */
	return st != ST_INVALID;
}

static bool
take(struct watch *w, struct entry *f, bool is_stored, struct span text)
{
	enum status st = is_stored
	    ? folder_take_stored(&w->folder, f->name, &f->id)
	    : folder_take_refused(&w->folder, f->name, &f->id, text);

	return taken(w, f, st, is_stored, text);
}

static void
take_witness(struct watch *w, const char *name)
{
	struct entry *f = entries_witness_left(&w->entries, name);
	enum status st;

	if (f == NULL)
		return;
	st = f->id.size == 0
	    ? folder_remove_empty(&w->folder, f->name, &f->id)
	    : folder_take_stored(&w->folder, f->name, &f->id);
	if (st == ST_OK)
		entries_forget(&w->entries, f);
}

/* --- what became of the file on its way ------------------------------------ */

/* See watch.h. */
void
watch_stored(struct watch *w)
{
	struct entry *part[COUNT(w->part)];
	struct leaving all[COUNT(w->part)];
	enum status st[COUNT(w->part)];
	unsigned n = w->n_parts;
	bool is_gone = false;

	for (unsigned i = 0; i < n; i++) {
		part[i] = w->part[i];
		memcpy(all[i].name, part[i]->name, NAME_BYTES);
		all[i].id = part[i]->id;
	}
	transfer_end(w);
	folder_take_together(&w->folder, all, n, st);
	/* The main file last: its witness may be theirs, too. */
	for (unsigned i = n; i-- > 0;)
		is_gone = taken(w, part[i], st[i], true, (struct span){ 0 });
	if (is_gone)
		take_witness(w, all[0].name);
}

static void
fail(struct watch *w, struct entry *f, struct span text)
{
	char name[NAME_BYTES];

	memcpy(name, f->name, sizeof(name));
	if (take(w, f, false, text))
		take_witness(w, name);
}

/* See watch.h.  Its pieces stay: another file may name them yet. */
void
watch_refused(struct watch *w, struct span text)
{
	struct entry *main_part = w->part[0];
	unsigned long long file = w->file;

	for (unsigned i = 1; i < w->n_parts; i++)
		entries_set_apart(w->part[i], "", now_ms(w));
	transfer_end(w);
	if (may_log(w))
		log_line(LOG_NOTICE, "[source %s] file %llu is refused: in "
		    "failed, with the reason beside it", w->source->name,
		    file);
	fail(w, main_part, text);
}

/* See watch.h. */
void
watch_apart(struct watch *w, const char *wants)
{
	entries_set_apart(w->part[0], wants, now_ms(w));
	transfer_end(w);
}

/* See watch.h. */
void
watch_later(struct watch *w)
{
	entries_put_off(w->part[0], now_ms(w));
	transfer_end(w);
}

/* See watch.h. */
void
watch_changed(struct watch *w)
{
	struct entry *part[COUNT(w->part)];
	unsigned n = w->n_parts;

	memcpy(part, w->part, sizeof(part));
	watch_later(w);
	for (unsigned i = 0; i < n; i++)
		see(w, part[i]->name, false);
}

/* --- files that wait too long ---------------------------------------------- */

static void
explain(const struct entry *f, struct buf *text)
{
	if (f->text != NULL)
		(void)!buf_append_text(text, f->text);
	else if (f->is_witness)
		text_put(TEXT_WITNESS, "", text);
	else if (f->state == ENTRY_WANTING)
		text_put(TEXT_WANTS, f->wants, text);
	else
		text_put(TEXT_UNNAMED, "", text);
}

static void
overdue(struct watch *w, struct entry *f)
{
	uint8_t bytes[TEXTS_BYTES];	/* not secret */
	struct buf text = buf_over(bytes, sizeof(bytes));
	bool is_stuck = f->state == ENTRY_STUCK;

	if (is_stuck && f->is_stored) {
		(void)take(w, f, true, (struct span){ 0 });
		return;
	}
	if (f->is_witness && f->id.size == 0) {
		if (folder_remove_empty(&w->folder, f->name, &f->id) != ST_OK)
			entries_put_off(f, now_ms(w));
		else
			entries_forget(&w->entries, f);
		return;
	}
	if (!is_stuck && may_log(w))
		log_line(LOG_WARNING, "[source %s] a file waited in vain for "
		    "the one that belongs to it: in failed, with the reason "
		    "beside it", w->source->name);
	explain(f, &text);
	fail(w, f, buf_span(&text));
}

/* See watch.h. */
void
watch_go_on(struct watch *w)
{
	struct entry *f;

	if (w->usable != ST_OK || w->file != 0)
		return;
	for (unsigned i = 0; i < OVERDUE_AT_ONCE &&
	    (f = entries_overdue(&w->entries, now_ms(w))) != NULL; i++)
		overdue(w, f);
	while (w->file == 0 && w->shared->role->peer[ROLE_INTAKE].is_open &&
	    (f = entries_next(&w->entries, now_ms(w))) != NULL)
		transfer_start(w, f);
}

/* --- looking --------------------------------------------------------------- */

/* Said when it changes: a folder that cannot be used is no reason to end, the
 * others go on. */
static bool
is_usable(struct watch *w)
{
	enum status st = folder_prepare(&w->folder);

	if (st == w->usable)
		return st == ST_OK;
	w->usable = st;
	if (st == ST_OK)
		log_line(LOG_NOTICE, "[source %s] its folder can be used "
		    "again", w->source->name);
	else if (st == ST_DENIED)
		log_line(LOG_ERROR, "[source %s] folder = %s: user "
		    "guichet-spool may not read and write there: chgrp "
		    "guichet-spool and chmod 2770; nothing is taken from it "
		    "until then", w->source->name, w->source->folder);
	else
		log_line(LOG_ERROR, "[source %s] folder = %s: done and failed "
		    "in it cannot be used: %s; nothing is taken from it until "
		    "then", w->source->name, w->source->folder,
		    status_text(st));
	return st == ST_OK;
}

static void
on_name(void *owner, const char *name)
{
	struct watch *w = owner;

	if (!name_is_passed_over(name))
		see(w, name, false);
}

static void
look_at_all(struct watch *w)
{
	unsigned before = w->left_alone;

	w->left_alone = 0;
	entries_scan(&w->entries);
	if (folder_list(&w->folder, on_name, w) == ST_OK)
		entries_scanned(&w->entries);
	if (w->left_alone > before)
		log_line(LOG_WARNING, "[source %s] %u files are left alone: "
		    "links, devices, pipes, or files with a second name "
		    "elsewhere", w->source->name, w->left_alone);
	if (w->entries.is_full && !w->was_full)
		log_line(LOG_WARNING, "[source %s] over %d files wait: the "
		    "others are looked at later", w->source->name,
		    ENTRIES_MAX);
	w->was_full = w->entries.is_full;
}

/* See watch.h. */
void
watch_scan(struct watch *w)
{
	if (folder_is_gone(&w->folder))
		role_refuse("[source %s] folder = %s: was removed; make it "
		    "again", w->source->name, w->source->folder);
	if (!is_usable(w))
		return;
	if (!w->is_begun)
		folder_finish_leaving(&w->folder);
	w->is_begun = true;
	transfer_check(w, now_ms(w));
	look_at_all(w);
	(void)folder_sweep(&w->folder, (uint64_t)time(NULL));
	watch_go_on(w);
}

/* See watch.h. */
void
watch_notice(struct watch *w, const char *name, bool is_renamed)
{
	if (w->usable != ST_OK || name_is_passed_over(name))
		return;
	see(w, name, is_renamed);
	watch_go_on(w);
}
