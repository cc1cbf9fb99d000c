#include "spool/transfer.h"

#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "spool/texts.h"

enum {
	FILE_BYTES_MAX = 64 * 1024 * 1024,	/* mllp.frame_max at its most */
	SILENT_MS = 120 * 1000
};

static struct entry *
sending(const struct watch *w)
{
	return w->part[w->n_parts - 1];
}

static void
close_part(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* See transfer.h. */
void
transfer_end(struct watch *w)
{
	close_part(w);
	for (unsigned i = 0; i < w->n_parts; i++)
		if (w->part[i] != NULL && w->part[i]->state == ENTRY_IN_FLIGHT)
			w->part[i]->state = ENTRY_WAITING;
	w->file = 0;
	w->n_parts = 0;
}

/* True: sent.  Otherwise intake is gone, and this with it. */
static bool
say(struct watch *w, const struct message *m)
{
	if (role_send(w->shared->role, ROLE_INTAKE, m) == ST_OK)
		return true;
	watch_later(w);
	return false;
}

/* Intake forgets what it has of the file. */
static void
drop(struct watch *w)
{
	struct message m = { .id = MSG_SPOOL_DROP, .spool_drop = { w->file } };

	if (role_send(w->shared->role, ROLE_INTAKE, &m) != ST_OK)
		log_line(LOG_DEBUG, "file %llu: intake is gone",
		    (unsigned long long)w->file);
}

static void
refuse(struct watch *w, enum text why)
{
	uint8_t bytes[TEXTS_BYTES];	/* not secret */
	struct buf text = buf_over(bytes, sizeof(bytes));

	text_put(why, "", &text);
	watch_refused(w, buf_span(&text));
}

static void
cannot_open(struct watch *w, enum status st)
{
	if (st == ST_INVALID) {
		watch_changed(w);
		return;
	}
	if (w->shared->lines_left > 0) {
		w->shared->lines_left--;
		log_line(LOG_WARNING, "[source %s] a file cannot be read: %s; "
		    "the group guichet-spool must be able to read what is left "
		    "in its folder", w->source->name, status_text(st));
	}
	watch_later(w);
}

/* Offers `f` as the next part of the file on its way. */
static void
offer(struct watch *w, struct entry *f)
{
	struct message m = { .id = MSG_SPOOL_OFFER, .spool_offer = {
	    .file = w->file, .piece = w->n_parts,
	    .source = span_of(w->source->name), .name = span_of(f->name),
	    .size = f->id.size } };
	enum status st;

	f->state = ENTRY_IN_FLIGHT;
	w->part[w->n_parts++] = f;
	w->asked_ms = uv_now(&w->shared->role->loop);
	st = folder_open_file(&w->folder, f->name, &f->id, &w->fd);
	if (st != ST_OK) {
		if (w->n_parts > 1)
			drop(w);
		cannot_open(w, st);
	} else if (say(w, &m)) {
		transfer_pump(w);
	}
}

/* See transfer.h. */
void
transfer_start(struct watch *w, struct entry *f)
{
	w->file = ++w->shared->serial;
	w->n_parts = 0;
	if (f->id.size <= FILE_BYTES_MAX) {
		offer(w, f);
		return;
	}
	w->part[w->n_parts++] = f;
	refuse(w, TEXT_TOO_BIG);
}

/* The part has ended: where it was not written to, intake may believe it. */
static void
finish_part(struct watch *w)
{
	struct message m = { .id = MSG_SPOOL_END, .spool_end = { w->file } };

	if (!folder_is_unchanged(w->fd, &sending(w)->id)) {
		drop(w);
		watch_changed(w);
		return;
	}
	close_part(w);
	w->asked_ms = uv_now(&w->shared->role->loop);
	(void)say(w, &m);
}

static void
send_some(struct watch *w)
{
	struct message m = { .id = MSG_SPOOL_PART };
	ssize_t n = read(w->fd, w->shared->buffer, WATCH_PART_BYTES);

	if (n == 0) {
		finish_part(w);
		return;
	}
	if (n < 0) {
		drop(w);
		cannot_open(w, ST_IO);
		return;
	}
	m.spool_part.file = w->file;
	m.spool_part.data = (struct span){ w->shared->buffer, (size_t)n };
	w->asked_ms = uv_now(&w->shared->role->loop);
	(void)say(w, &m);
	wipe(w->shared->buffer, (size_t)n);
}

/* See transfer.h. */
void
transfer_pump(struct watch *w)
{
	const struct channel *c = &w->shared->role->peer[ROLE_INTAKE];

	/* What is sent may end the file. */
	while (w->fd >= 0 &&
	    !channel_is_full(c))
		send_some(w);
}

/* --- answers --------------------------------------------------------------- */

static bool
was_sent(const struct watch *w, const char *name)
{
	for (unsigned i = 0; i < w->n_parts; i++)
		if (strcasecmp(w->part[i]->name, name) == 0)
			return true;
	return false;
}

/* Intake needs `wants`: it follows if it is there, whole. */
static void
on_wants(struct watch *w, const char *wants)
{
	struct entry *f = entries_find_like(&w->entries, wants);

	if (was_sent(w, wants)) {
		drop(w);
		refuse(w, TEXT_BAD_NAME);
	} else if (w->n_parts > WATCH_PIECES_MAX) {
		drop(w);
		refuse(w, TEXT_TOO_MANY);
	} else if (f != NULL && f->state != ENTRY_STUCK &&
	    entries_is_whole(&w->entries, f)) {
		offer(w, f);
	} else {
		drop(w);
		watch_apart(w, wants);
	}
}

static void
on_missing(struct watch *w, struct span wants)
{
	char name[NAME_BYTES];

	if (wants.len == 0) {
		watch_apart(w, "");
	} else if (!name_is_simple(wants)) {
		drop(w);
		refuse(w, TEXT_BAD_NAME);
	} else {
		memcpy(name, wants.ptr, wants.len);
		name[wants.len] = '\0';
		on_wants(w, name);
	}
}

/* See transfer.h. */
void
transfer_answer(struct watch *w, const struct msg_spool_answer *a)
{
	close_part(w);	/* it may know before it has all */
	switch (a->outcome) {
	case ST_OK:
	case ST_EXISTS:
		watch_stored(w);
		break;
	case ST_INVALID:
	case ST_TOO_BIG:
		watch_refused(w, a->text);
		break;
	case ST_NOT_FOUND:
		on_missing(w, a->wants);
		break;
	default:
		watch_later(w);
	}
}

/* See transfer.h. */
void
transfer_lost(struct watch *w)
{
	if (w->file != 0)
		watch_later(w);
}

/* See transfer.h. */
void
transfer_check(struct watch *w, uint64_t now_ms)
{
	if (w->file == 0 || now_ms - w->asked_ms < SILENT_MS)
		return;
	log_line(LOG_WARNING, "[source %s] no answer about a file for %d s: "
	    "offered again", w->source->name, SILENT_MS / 1000);
	drop(w);
	watch_later(w);
}
