#include "vault/contact.h"

#include "config/remote.h"

enum { PHONE_DIGITS_MIN = 6, PHONE_DIGITS_MAX = 15, DAY_CODE_TEXT = 10 };

/* See contact.h. */
enum status
card_refer(struct vault *v, uint64_t card, char out[static CARD_REFERENCE],
    size_t *len)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_NUMBER);
	enum status st;

	*len = 0;
	sql_u64(q, 1, card);
	st = sql_next(q);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	card_reference(v, col_blob(q, 0), out);
	*len = CARD_REFERENCE;
	(void)sqlite3_reset(q);
	return ST_OK;
}

/* See contact.h. */
bool
contact_has_channel(const struct vault *v, enum outbox_channel channel)
{
	return (channel == CHANNEL_SMS && v->settings.notice.has_sms)
	    || (channel == CHANNEL_MAIL && v->settings.notice.has_mail);
}

/* --- storing -------------------------------------------------------------- */

/* "+33612345678" (ITU-T E.164). */
static bool
is_phone(struct span s)
{
	if (s.len < 1 + PHONE_DIGITS_MIN || s.len > 1 + PHONE_DIGITS_MAX
	    || s.ptr[0] != '+')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	}
	return true;
}

static bool
is_wanted(const struct msg_card_store *m)
{
	return m->phone.len > 0 || m->mail.len > 0 || m->day_code.len > 0;
}

/* A day code goes by SMS or not at all. */
static bool
is_allowed(const struct vault *v, const struct msg_card_store *m)
{
	if (m->lab != 0 || m->is_secret != 0)
		return false;
	if (m->phone.len > 0 && !is_phone(m->phone))
		return false;
	if (m->mail.len > 0 && mailbox_check(m->mail) != ST_OK)
		return false;
	if (m->day_code.len > 0 && (m->day_code.len != DAY_CODE_TEXT
	    || m->phone.len == 0 || !v->settings.notice.has_sms))
		return false;
	return span_is(m->lang, "fr") || span_is(m->lang, "en");
}

static enum status
put_day_code(struct vault *v, uint64_t card, struct span code)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_DAY_CODE_PUT);

	sql_u64(q, 1, card);
	sql_blob(q, 2, code);
	return sql_run(q);
}

/* See contact.h.  What no channel could use is not kept. */
enum status
contact_put(struct vault *v, uint64_t card, const struct msg_card_store *m)
{
	bool phone = m->phone.len > 0 && v->settings.notice.has_sms;
	bool mail = m->mail.len > 0 && v->settings.notice.has_mail;
	sqlite3_stmt *q;

	if ((m->drop_sk.len > 0) != (m->day_code.len > 0))
		return ST_INVALID;
	if (!is_wanted(m))
		return ST_OK;
	if (!is_allowed(v, m))
		return ST_INVALID;
	if (m->day_code.len > 0)
		TRY(put_day_code(v, card, m->day_code));
	if (!phone && !mail)
		return ST_OK;
	q = database_sql(&v->db, SQL_CONTACT_PUT);
	sql_u64(q, 1, card);
	if (phone)
		sql_blob(q, 2, m->phone);
	if (mail)
		sql_blob(q, 3, m->mail);
	sql_blob(q, 4, m->lang);
	sql_u64(q, 5, m->expires_s);
	return sql_run(q);
}

/* See contact.h. */
enum status
contact_load(struct vault *v, uint64_t card, struct contact *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CONTACT_GET);

	sql_u64(q, 1, card);
	TRY(sql_next(q));
	*out = (struct contact){ .card = card, .expires_s = col_u64(q, 0),
	    .has[CHANNEL_SMS] = col_u64(q, 1) != 0,
	    .has[CHANNEL_MAIL] = col_u64(q, 2) != 0,
	    .is_drop = col_u64(q, 3) != 0,
	    .has_day_code = col_u64(q, 4) != 0 };
	(void)sqlite3_reset(q);
	return ST_OK;
}

/* --- erasing -------------------------------------------------------------- */

static enum status
record(struct vault *v, uint64_t card, const char *what, const char *why)
{
	char reference[CARD_REFERENCE];
	struct audit_event e = { .ev = "forget", .actor = "box",
	    .obj = { (uint8_t *)reference, 0 }, .ch = "box", .res = "ok",
	    .det = { { "what", what, 0 }, { "why", why, 0 } } };

	TRY(card_refer(v, card, reference, &e.obj.len));
	return audit_add(&v->audit, &e);
}

/* Runs a statement about a card; `*rows` counts what it changed.  What it
 * erased is still in the journal: the sweep empties that. */
static enum status
run(struct vault *v, enum sql_id which, uint64_t card, int *rows)
{
	sqlite3_stmt *q = database_sql(&v->db, which);

	sql_u64(q, 1, card);
	TRY(sql_run(q));
	*rows = sqlite3_changes(v->db.handle);
	if (*rows > 0)
		v->swept = true;
	return ST_OK;
}

/* See contact.h. */
enum status
contact_drop_code(struct vault *v, uint64_t card)
{
	int rows;

	return run(v, SQL_DAY_CODE_DROP, card, &rows);
}

static enum status
drop_notices(struct vault *v, uint64_t card, uint64_t channel,
    uint64_t except)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_NOTICE_DROP_CHANNEL);

	sql_u64(q, 1, card);
	sql_u64(q, 2, channel);
	sql_u64(q, 3, except);
	return sql_run(q);
}

/* See contact.h. */
enum status
contact_erase(struct vault *v, uint64_t card, const char *why)
{
	int contacts, codes, notices;

	TRY(run(v, SQL_CONTACT_DROP, card, &contacts));
	TRY(run(v, SQL_DAY_CODE_DROP, card, &codes));
	TRY(run(v, SQL_NOTICE_DROP, card, &notices));
	if (contacts + codes + notices == 0)
		return ST_OK;
	return record(v, card, "all", why);
}

/* See contact.h. */
enum status
contact_drop(struct vault *v, uint64_t card, enum outbox_channel channel,
    uint64_t except, const char *why)
{
	int rows;

	if (channel == CHANNEL_SMS)
		TRY(contact_drop_code(v, card));
	TRY(drop_notices(v, card, (uint64_t)channel, except));
	TRY(run(v, channel == CHANNEL_SMS ? SQL_CONTACT_DROP_PHONE
	    : SQL_CONTACT_DROP_MAIL, card, &rows));
	if (rows > 0)
		TRY(record(v, card, channel == CHANNEL_SMS ? "phone" : "mail",
		    why));
	return run(v, SQL_CONTACT_DROP_EMPTY, card, &rows);
}

/* See contact.h. */
enum status
contact_keep(struct vault *v, uint64_t card, uint64_t until_s)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CONTACT_KEEP);

	sql_u64(q, 1, card);
	sql_u64(q, 2, until_s);
	return sql_run(q);
}
