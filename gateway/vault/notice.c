#include "vault/notice.h"

/* See notice.h. */
enum status
notice_contact_put(struct vault *v, uint64_t card,
    const struct msg_card_store *m)
{
	(void)v;
	(void)card;
	(void)m;
	return ST_OK;
}

/* See notice.h. */
enum status
notice_bundle(struct vault *v, uint64_t card, uint64_t opens_s)
{
	(void)v;
	(void)card;
	(void)opens_s;
	return ST_OK;
}

/* See notice.h. */
enum status
notice_bundle_ended(struct vault *v, uint64_t bundle)
{
	(void)v;
	(void)bundle;
	return ST_OK;
}

/* See notice.h. */
enum status
notice_forget(struct vault *v, uint64_t card)
{
	(void)v;
	(void)card;
	return ST_OK;
}

/* See notice.h. */
enum status
notice_ended(struct vault *v, uint64_t row, uint64_t card,
    enum notice notice, bool refused)
{
	(void)v;
	(void)row;
	(void)card;
	(void)notice;
	(void)refused;
	return ST_OK;
}

/* See notice.h. */
enum status
notice_fill(struct vault *v, enum outbox_channel channel, uint64_t card,
    struct notice_words *into, struct msg_outbox_job *job)
{
	(void)v;
	(void)channel;
	(void)card;
	(void)into;
	(void)job;
	return ST_NOT_FOUND;
}

/* See notice.h. */
enum status
notice_sweep(struct vault *v)
{
	(void)v;
	return ST_OK;
}

/* See notice.h. */
uint64_t
notice_due_s(const struct vault *v, uint64_t from_s)
{
	(void)v;
	return from_s;
}

static enum status
apply_call(struct vault *v, struct job *job)
{
	(void)v;
	job->result.outcome = ST_UNSUPPORTED;
	return ST_OK;
}

static void
answer_call(struct vault *v, struct job *job)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = job->m.card_call.request;
	m.done.outcome = (uint64_t)job->result.outcome;
	vault_send(v, ROLE_DESK, &m);
}

const struct job_kind card_call_job = { apply_call, answer_call, false };

static enum status
apply_bounced(struct vault *v, struct job *job)
{
	(void)v;
	(void)job;
	return ST_OK;
}

/* Nobody waits for an answer. */
static void
answer_bounced(struct vault *v, struct job *job)
{
	(void)v;
	(void)job;
}

const struct job_kind mail_bounced_job = {
	apply_bounced, answer_bounced, false
};
