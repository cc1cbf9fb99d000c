#include "vault/notice.h"

#include "base/log.h"
#include "crypto/random.h"
#include "vault/alarm.h"
#include "vault/contact.h"

/* One in so many says "please call" without a reason. */
enum { COVER_ONE_IN = 50 };

static const enum outbox_channel channels[] = { CHANNEL_SMS, CHANNEL_MAIL };

/* See notice.h. */
enum status
notice_contact_put(struct vault *v, uint64_t card,
    const struct msg_card_store *m)
{
	return contact_put(v, card, m);
}

/* See notice.h. */
enum status
notice_forget(struct vault *v, uint64_t card)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_TOLD_NOBODY);

	sql_u64(q, 1, card);
	TRY(sql_run(q));
	return contact_erase(v, card, "the card ended");
}

/* --- adding --------------------------------------------------------------- */

/* One that waits already and leaves after `opens_s` says the same. */
static enum status
is_said(struct vault *v, const struct contact *c, enum outbox_channel channel,
    enum notice notice, uint64_t opens_s, bool *said)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_NOTICE_WAITS);
	uint64_t now = clock_now_s(&v->clock);
	enum status st;

	sql_u64(q, 1, c->card);
	sql_u64(q, 2, (uint64_t)channel);
	sql_u64(q, 3, opens_s > now ? opens_s : 0);
	sql_u64(q, 4, notice_latest_s(v, opens_s > now ? opens_s : now));
	sql_u64(q, 5, (uint64_t)notice);
	st = sql_next(q);
	*said = st == ST_OK;
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status
add(struct vault *v, const struct contact *c, enum outbox_channel channel,
    enum notice notice, uint64_t opens_s)
{
	uint64_t now = clock_now_s(&v->clock);
	bool said;

	TRY(is_said(v, c, channel, notice, opens_s, &said));
	if (said)
		return ST_OK;
	TRY(outbox_notice_add(v, channel, notice, c->card,
	    notice_due_s(v, opens_s > now ? opens_s : now)));
	return contact_keep(v, c->card, c->expires_s);
}

/* It was configured when the card was made. */
static enum status
drop_unusable(struct vault *v, struct contact *c)
{
	for (size_t i = 0; i < COUNT(channels); i++) {
		if (!c->has[channels[i]] || contact_has_channel(v, channels[i]))
			continue;
		if (channels[i] == CHANNEL_SMS && c->has_day_code)
			TRY(alarm_raise(v, ALARM_REFUSED, c->card, span_of(
			    "the day code: no SMS gateway is configured")));
		TRY(contact_drop(v, c->card, channels[i], 0,
		    "no such channel"));
		c->has[channels[i]] = false;
	}
	return ST_OK;
}

static bool
is_cover(const struct vault *v)
{
	uint32_t r;

	if (!v->settings.notice.call_back)
		return false;
	random_bytes(&r, sizeof(r));
	return r % COVER_ONE_IN == 0;
}

static enum status
add_all(struct vault *v, const struct contact *c, uint64_t opens_s)
{
	bool cover = is_cover(v);
	enum notice usual = cover ? NOTICE_CALL_BACK : NOTICE_DOCUMENT;

	if (c->has[CHANNEL_SMS] && c->has_day_code) {
		TRY(add(v, c, CHANNEL_SMS, NOTICE_DAY_CODE, opens_s));
		if (cover)
			TRY(add(v, c, CHANNEL_SMS, NOTICE_CALL_BACK, opens_s));
	} else if (c->has[CHANNEL_SMS]) {
		TRY(add(v, c, CHANNEL_SMS, usual, opens_s));
	}
	if (c->has[CHANNEL_MAIL])
		TRY(add(v, c, CHANNEL_MAIL, usual, opens_s));
	return ST_OK;
}

/* Marks what can be fetched from `opens_s` on and nobody was told of. */
static enum status
mark(struct vault *v, const struct contact *c, uint64_t opens_s, bool *any)
{
	uint64_t now = clock_now_s(&v->clock);
	sqlite3_stmt *q = database_sql(&v->db, SQL_TOLD_BEFORE);

	sql_u64(q, 1, c->card);
	TRY(sql_run(q));
	q = database_sql(&v->db, SQL_TOLD_NEW);
	sql_u64(q, 1, c->card);
	sql_u64(q, 2, opens_s > now ? opens_s : now);
	sql_u64(q, 3, c->is_drop);
	TRY(sql_run(q));
	*any = sqlite3_changes(v->db.handle) > 0;
	return ST_OK;
}

/* See notice.h. */
enum status
notice_bundle(struct vault *v, uint64_t card, uint64_t opens_s)
{
	struct contact c;
	bool any = false;
	enum status st = contact_load(v, card, &c);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	TRY(drop_unusable(v, &c));
	if (!c.has[CHANNEL_SMS] && !c.has[CHANNEL_MAIL])
		return ST_OK;
	TRY(mark(v, &c, opens_s, &any));
	return any ? add_all(v, &c, opens_s) : ST_OK;
}

/* --- leaving -------------------------------------------------------------- */

static enum status
copy_field(struct span from, uint8_t *to, size_t max, struct span *out)
{
	if (from.len == 0 || from.len > max)
		return ST_NOT_FOUND;
	memcpy(to, from.ptr, from.len);
	*out = (struct span){ to, from.len };
	return ST_OK;
}

static enum status
take_words(sqlite3_stmt *q, struct notice_words *into,
    struct msg_outbox_job *job)
{
	TRY(copy_field(col_blob(q, 0), into->address, sizeof(into->address),
	    &job->address));
	TRY(copy_field(col_blob(q, 1), into->lang, sizeof(into->lang),
	    &job->lang));
	if (job->notice != NOTICE_DAY_CODE)
		return ST_OK;
	return copy_field(col_blob(q, 2), into->day_code,
	    sizeof(into->day_code), &job->day_code);
}

/* See notice.h. */
enum status
notice_fill(struct vault *v, enum outbox_channel channel, uint64_t card,
    struct notice_words *into, struct msg_outbox_job *job)
{
	sqlite3_stmt *q = database_sql(&v->db, channel == CHANNEL_SMS
	    ? SQL_NOTICE_PHONE : SQL_NOTICE_MAIL);
	enum status st;

	if (channel != CHANNEL_SMS && job->notice == NOTICE_DAY_CODE)
		return ST_NOT_FOUND;	/* never by mail */
	sql_u64(q, 1, card);
	TRY(sql_next(q));
	st = take_words(q, into, job);
	(void)sqlite3_reset(q);
	return st;
}

/* --- the desk asks -------------------------------------------------------- */

static enum status
record_call(struct vault *v, const struct msg_card_call *m)
{
	char reference[CARD_REFERENCE];
	struct audit_event e = { .ev = "call", .actor = "staff",
	    .actor_id = m->actor, .obj = { (uint8_t *)reference,
	    CARD_REFERENCE }, .ch = "desk", .res = "ok" };

	card_reference(v, m->card, reference);
	return audit_add(&v->audit, &e);
}

static enum status
call(struct vault *v, const struct msg_card_call *m, uint64_t card,
    enum status *outcome)
{
	struct contact c;
	enum status st = contact_load(v, card, &c);
	bool any = false;

	*outcome = ST_EXPIRED;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	for (size_t i = 0; i < COUNT(channels); i++) {
		if (!c.has[channels[i]] || !contact_has_channel(v, channels[i]))
			continue;
		TRY(add(v, &c, channels[i], NOTICE_CALL_BACK, 0));
		any = true;
	}
	if (!any)
		return ST_OK;
	*outcome = ST_OK;
	return record_call(v, m);
}

static enum status
apply_call(struct vault *v, struct job *job)
{
	const struct msg_card_call *m = &job->m.card_call;
	struct card c;
	enum status st;

	job->result.outcome = ST_UNSUPPORTED;
	if (!v->settings.notice.call_back)
		return ST_OK;
	st = card_find(v, m->card, &c);
	job->result.outcome = st;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	return call(v, m, c.id, &job->result.outcome);
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
