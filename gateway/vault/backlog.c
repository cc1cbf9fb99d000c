#include "vault/backlog.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"

/* The longest answer: a part of an object. */
enum { SCRATCH_BYTES = 144 * 1024 };

struct backlog_item {
	struct backlog_item *next;
	enum message_id id;
	size_t len;
	uint8_t body[];
};

/* See backlog.h. */
void
backlog_init(struct backlog *o, struct role *role)
{
	*o = (struct backlog){ .role = role };
}

static struct backlog_item *
copy_of(const struct message *m)
{
	static uint8_t scratch[SCRATCH_BYTES];
	struct buf body = buf_over(scratch, sizeof(scratch));
	struct backlog_item *item;

	if (message_encode(m, &body) != ST_OK)
		unexpected("an answer does not encode", (int)m->id);
	item = malloc(sizeof(*item) + body.len);
	if (item == NULL) {
		wipe(scratch, body.len);
		return NULL;
	}
	*item = (struct backlog_item){ .id = m->id, .len = body.len };
	memcpy(item->body, scratch, body.len);
	if (!message_is_ciphertext(m->id))
		wipe(scratch, body.len);
	return item;
}

static void
keep(struct backlog *o, enum role_id to, const struct message *m)
{
	struct backlog_item *item = NULL;

	if (o->bytes < BACKLOG_BYTES_MAX)
		item = copy_of(m);
	if (item == NULL) {
		log_line(LOG_ERROR, "%s does not read its answers: one was "
		    "dropped", role_name(to));
		return;
	}
	if (o->last[to] == NULL)
		o->last[to] = &o->first[to];
	*o->last[to] = item;
	o->last[to] = &item->next;
	o->bytes += item->len;
}

static void
tell(enum role_id to, const struct message *m, enum status st)
{
	/* A peer that is gone asks again when it is back. */
	if (st != ST_OK && st != ST_IO)
		log_line(LOG_ERROR, "%s to %s: %s", message_name(m->id),
		    role_name(to), status_text(st));
}

/* See backlog.h. */
void
backlog_send(struct backlog *o, enum role_id to, const struct message *m)
{
	enum status st = ST_BUSY;

	if (o->first[to] == NULL)
		st = role_send(o->role, to, m);
	if (st == ST_BUSY)
		keep(o, to, m);
	else
		tell(to, m, st);
}

static void
pop(struct backlog *o, enum role_id to)
{
	struct backlog_item *item = o->first[to];

	o->first[to] = item->next;
	if (item->next == NULL)
		o->last[to] = NULL;
	o->bytes -= item->len;
	if (!message_is_ciphertext(item->id))
		wipe(item->body, item->len);
	free(item);
}

/* See backlog.h. */
void
backlog_drained(struct backlog *o, enum role_id to)
{
	struct backlog_item *item;
	struct message m;
	enum status st;

	while ((item = o->first[to]) != NULL) {
		if (message_decode(&m, item->id,
		    (struct span){ item->body, item->len }) != ST_OK)
			unexpected("an answer does not decode", (int)item->id);
		st = role_send(o->role, to, &m);
		if (st == ST_BUSY)
			return;
		tell(to, &m, st);
		pop(o, to);
	}
}

/* See backlog.h. */
void
backlog_forget(struct backlog *o, enum role_id to)
{
	while (o->first[to] != NULL)
		pop(o, to);
}
