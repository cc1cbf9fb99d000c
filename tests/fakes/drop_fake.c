#include "drop_fake.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/digest.h"

static void
copy(struct span from, void *to, size_t max)
{
	if (from.len > max)
		abort();
	if (from.len > 0)
		memcpy(to, from.ptr, from.len);
}

/* See drop_fake.h. */
bool
drop_take(struct rig *r, enum outbox_channel channel, struct drop_job *out)
{
	struct message m = { .id = MSG_OUTBOX_TAKE };
	const struct message *answer;
	const struct msg_outbox_job *j;

	m.outbox_take.channel = (uint64_t)channel;
	answer = rig_ask(r, &m, MSG_OUTBOX_JOB);
	*out = (struct drop_job){ .job = 0 };
	if (answer == NULL)
		return false;
	j = &answer->outbox_job;
	out->job = j->job;
	out->kind = j->kind;
	out->size = j->size;
	out->delete_at_s = j->delete_at_s;
	out->notice = j->notice;
	copy(j->name, out->name, sizeof(out->name) - 1);
	copy(j->sha256, out->sha256, 32);
	copy(j->reference, out->reference, 22);
	return true;
}

/* See drop_fake.h. */
void
drop_end(struct rig *r, const struct drop_job *j, enum outbox_outcome outcome)
{
	struct message m = { .id = MSG_OUTBOX_DONE };

	m.outbox_done.job = j->job;
	m.outbox_done.outcome = (uint64_t)outcome;
	if (outcome != OUTCOME_DONE)
		m.outbox_done.error = span_of("as the test says");
	(void)rig_ask(r, &m, MSG_OUTBOX_NONE);
}

/* See drop_fake.h. */
bool
drop_read(struct rig *r, const struct drop_job *j,
    uint8_t body[static DROP_BODY_MAX])
{
	struct message m = { .id = MSG_OUTBOX_READ };
	uint8_t digest[32];
	uint64_t at = 0;

	m.outbox_read.job = j->job;
	while (at < j->size) {
		const struct message *answer;
		const struct msg_outbox_data *d;

		m.outbox_read.offset = at;
		answer = rig_ask(r, &m, MSG_OUTBOX_DATA);
		if (answer == NULL)
			return false;
		d = &answer->outbox_data;
		if (d->outcome != ST_OK || d->data.len == 0
		    || d->offset != at || at + d->data.len > DROP_BODY_MAX)
			return false;
		memcpy(body + at, d->data.ptr, d->data.len);
		at += d->data.len;
	}
	sha256((struct span){ body, at }, digest);
	return at == j->size && memcmp(digest, j->sha256, 32) == 0;
}

static struct drop_object *
find(struct drop_store *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->object[i].name, name) == 0)
			return &s->object[i];
	}
	return NULL;
}

/* See drop_fake.h. */
const struct drop_object *
drop_find(const struct drop_store *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->object[i].name, name) == 0)
			return &s->object[i];
	}
	return NULL;
}

/* See drop_fake.h. */
void
drop_put(struct drop_store *s, const struct drop_job *j, const uint8_t *body)
{
	struct drop_object *o = find(s, j->name);

	if (o == NULL) {
		if (s->n == DROP_OBJECTS_MAX)
			abort();
		o = &s->object[s->n++];
		*o = (struct drop_object){ .size = 0 };
		memcpy(o->name, j->name, sizeof(o->name));
	}
	free(o->body);
	o->size = (size_t)j->size;
	o->delete_at_s = j->delete_at_s;
	o->body = malloc(o->size + 1);
	if (o->body == NULL)
		abort();
	memcpy(o->body, body, o->size);
	o->body[o->size] = '\0';
}

/* See drop_fake.h. */
void
drop_delete(struct drop_store *s, const char *name)
{
	struct drop_object *o = find(s, name);

	if (o == NULL)
		return;
	free(o->body);
	*o = s->object[--s->n];
}

/* See drop_fake.h. */
void
drop_clear(struct drop_store *s)
{
	while (s->n > 0)
		free(s->object[--s->n].body);
}

/* See drop_fake.h. */
bool
drop_step(struct rig *r, struct drop_store *s)
{
	static uint8_t body[DROP_BODY_MAX];
	struct drop_job j;

	if (!drop_take(r, CHANNEL_STORE, &j))
		return false;
	if (j.kind == OUTBOX_DELETE) {
		drop_delete(s, j.name);
	} else if (drop_read(r, &j, body)) {
		drop_put(s, &j, body);
	} else {
		drop_end(r, &j, OUTCOME_GONE);
		return true;
	}
	drop_end(r, &j, OUTCOME_DONE);
	return true;
}

/* See drop_fake.h. */
unsigned
drop_run(struct rig *r, struct drop_store *s)
{
	unsigned n = 0;

	while (n < 10000 && drop_step(r, s))
		n++;
	return n;
}
