#include "vault/event.h"

#include <stdio.h>

#include "crypto/digest.h"

enum { WORDS_BYTES = 128 };

static void
hash_kind(const struct msg_intake_event *m, uint8_t hash[static 32])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, m->source);
	sha256_add(&h, (struct span){ (const uint8_t *)"", 1 });
	sha256_add(&h, m->words);
	sha256_finish(&h, hash);
}

/* The kind's place; where all are taken, the one that has been quiet for the
 * longest gives way, and if none is quiet the last one is everybody's. */
static struct event_kind *
kind_of(struct vault *v, const uint8_t hash[static 32])
{
	struct event_kind *quiet = NULL;

	for (size_t i = 0; i < EVENTS_MAX; i++) {
		struct event_kind *k = &v->events[i];

		if (k->is_used && memcmp(k->hash, hash, 32) == 0)
			return k;
		if (quiet == NULL || !k->is_used || (quiet->is_used
		    && k->until_ms < quiet->until_ms))
			quiet = k;
	}
	if (quiet->is_used && quiet->until_ms > v->clock.boot_ms)
		return &v->events[EVENTS_MAX - 1];
	*quiet = (struct event_kind){ .is_used = true };
	memcpy(quiet->hash, hash, 32);
	return quiet;
}

/* After a quiet time as long as the pause, it starts afresh. */
static void
pause_after(struct event_kind *k, uint64_t now_ms)
{
	bool was_quiet = now_ms >= k->until_ms + k->pause_ms;

	k->pause_ms = was_quiet || k->pause_ms == 0 ? EVENT_PAUSE_MIN_MS
	    : k->pause_ms * 2;
	if (k->pause_ms > EVENT_PAUSE_MAX_MS)
		k->pause_ms = EVENT_PAUSE_MAX_MS;
	k->until_ms = now_ms + k->pause_ms;
	k->times = 0;
}

static enum status
apply(struct vault *v, struct job *job)
{
	const struct msg_intake_event *m = &job->m.intake_event;
	char words[WORDS_BYTES + 1], network[64];
	uint8_t hash[32];
	struct event_kind *k;
	struct audit_event e = { .ev = "intake", .actor = "source",
	    .actor_id = m->source, .ch = "lis", .res = "refused",
	    .det = { { "words", words, 0 }, { "net", network, 0 },
	    { "times", NULL, 0 } } };

	hash_kind(m, hash);
	k = kind_of(v, hash);
	if (v->clock.boot_ms < k->until_ms)
		return ST_OK;	/* of the same batch: counted */
	snprintf(words, sizeof(words), "%.*s", (int)m->words.len,
	    (const char *)m->words.ptr);
	audit_network(m->peer.ptr, network);
	e.det[2].number = k->times;
	TRY(audit_add(&v->audit, &e));
	pause_after(k, v->clock.boot_ms);
	return ST_OK;
}

static void
answer(struct vault *v, struct job *job)
{
	(void)v;
	(void)job;	/* nobody waits */
}

static const struct job_kind event_job = { apply, answer, false };

/* See event.h.  Only what may become a record costs a transaction. */
void
on_intake_event(struct vault *v, const struct message *m)
{
	uint8_t hash[32];
	struct event_kind *k;

	hash_kind(&m->intake_event, hash);
	k = kind_of(v, hash);
	k->times++;
	if (v->clock.boot_ms >= k->until_ms)
		job_add(v, &event_job, m);
}

/* See event.h. */
void
on_box_booted(struct vault *v, const struct message *m)
{
	(void)v;
	(void)m;
}

/* See event.h. */
void
on_update_event(struct vault *v, const struct message *m)
{
	(void)v;
	(void)m;
}
