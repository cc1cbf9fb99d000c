#include "vault/event.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "ipc/update.h"

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

/* --- the box ---------------------------------------------------------------- */

/* No field of BOX_BOOTED or UPDATE_EVENT is longer. */
enum { LINE_BYTES = 161 };

static const char *
line_of(struct span text, char out[static LINE_BYTES])
{
	snprintf(out, LINE_BYTES, "%.*s", (int)text.len,
	    (const char *)text.ptr);
	return out;
}

static enum status
note_booted(struct vault *v, struct job *job)
{
	const struct msg_box_booted *m = &job->m.box_booted;
	char version[LINE_BYTES], reset[LINE_BYTES], change[LINE_BYTES];
	struct audit_event e = { .ev = "box.boot", .actor = "box",
	    .ch = "box", .res = "ok", .det = {
		{ "version", line_of(m->version, version), 0 },
		{ "release", NULL, m->release },
		{ "slot", m->slot == 0 ? "a" : "b", 0 },
		{ "reset", line_of(m->reset, reset), 0 },
		{ "change", line_of(m->change, change), 0 } } };

	return audit_add(&v->audit, &e);
}

static const struct job_kind booted_job = { note_booted, answer, false };

/* See event.h. */
void
on_box_booted(struct vault *v, const struct message *m)
{
	job_add(v, &booted_job, m);
}

static const char *
word_of(uint64_t kind)
{
	static const char *const words[] = {
#define X(name, text) [UPDATE_##name] = text,
		UPDATE_EVENT_MAP(X)
#undef X
	};

	return kind < COUNT(words) ? words[kind] : "?";
}

static enum status
note_update(struct vault *v, struct job *job)
{
	const struct msg_update_event *m = &job->m.update_event;
	char version[LINE_BYTES], why[LINE_BYTES];
	struct audit_event e = { .ev = "update", .actor = "box",
	    .ch = "box", .res = word_of(m->kind), .det = {
		{ "release", NULL, m->release },
		{ "version", line_of(m->version, version), 0 },
		{ "why", line_of(m->why, why), 0 } } };

	return audit_add(&v->audit, &e);
}

static void
answer_update(struct vault *v, struct job *job)
{
	struct message m = { .id = MSG_UPDATE_NOTED, .update_noted = {
		.kind = job->m.update_event.kind,
		.outcome = (uint64_t)job->result.outcome } };

	vault_send(v, ROLE_UPDATER, &m);
}

static const struct job_kind update_job = { note_update, answer_update, false };

/* See event.h. */
void
on_update_event(struct vault *v, const struct message *m)
{
	job_add(v, &update_job, m);
}
