#include "vault/credential.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/aead.h"

enum {
	VALUE_MAX = 1024,	/* as CREDENTIAL has it */
	SEALED_MAX = VALUE_MAX + AEAD_IV_BYTES + AEAD_TAG_BYTES
};

static const char *const channel_text[CHANNEL_COUNT] = {
#define X(name, text) [CHANNEL_##name] = text,
	OUTBOX_CHANNEL_MAP(X)
#undef X
};

/* What is sealed for one host is not taken for another's. */
static struct span
aad_of(uint64_t channel, char *text, size_t size)
{
	int len = snprintf(text, size, "guichet/1/credential/%llu",
	    (unsigned long long)channel);

	return (struct span){ (const uint8_t *)text, (size_t)len };
}

static const struct secret_32 *
key_of(const struct vault *v)
{
	return &v->secrets->keys.key[KEY_CREDENTIAL];
}

/* --- to the courier ------------------------------------------------------- */

/* Appends the value; nothing where there is none. */
static enum status
load(struct vault *v, uint64_t channel, struct buf *value)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CREDENTIAL_GET);
	char text[40];
	enum status st;

	sql_u64(q, 1, channel);
	st = sql_next(q);
	if (st == ST_OK)
		st = aead_unwrap(key_of(v), aad_of(channel, text,
		    sizeof(text)), col_blob(q, 0), value);
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static void
send_one(struct vault *v, uint64_t channel)
{
	struct message m = { .id = MSG_CREDENTIAL };
	uint8_t storage[VALUE_MAX];
	struct buf value = buf_over(storage, sizeof(storage));
	enum status st = load(v, channel, &value);

	if (st != ST_OK) {
		log_line(LOG_ERROR, "the credential for %s cannot be read: "
		    "%s; set it again: guichet credential set %s",
		    channel_text[channel], status_text(st),
		    channel_text[channel]);
		value.len = 0;
	}
	m.credential.channel = channel;
	m.credential.value = buf_span(&value);
	vault_send(v, ROLE_COURIER, &m);
	wipe(storage, sizeof(storage));
}

/* See credential.h. */
void
credential_send_all(struct vault *v)
{
	for (uint64_t channel = 0; channel < CHANNEL_COUNT; channel++)
		send_one(v, channel);
}

/* --- the desk ------------------------------------------------------------- */

static enum status
record(struct vault *v, const struct msg_credential_store *m)
{
	struct audit_event e = { .ev = "credential", .actor = "staff",
	    .actor_id = m->actor, .ch = "desk",
	    .res = m->value.len > 0 ? "ok" : "erased",
	    .det = { { "channel", channel_text[m->channel], 0 } } };

	return audit_add(&v->audit, &e);
}

static enum status
put(struct vault *v, const struct msg_credential_store *m)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CREDENTIAL_PUT);
	uint8_t storage[SEALED_MAX];
	struct buf sealed = buf_over(storage, sizeof(storage));
	char text[40];

	if (aead_wrap(key_of(v), aad_of(m->channel, text, sizeof(text)),
	    m->value, &sealed) != ST_OK)
		unexpected("a credential over its limit", (int)m->value.len);
	sql_u64(q, 1, m->channel);
	sql_u64(q, 2, clock_now_s(&v->clock));
	sql_blob(q, 3, buf_span(&sealed));
	return sql_run(q);
}

static enum status
apply_store(struct vault *v, struct job *job)
{
	const struct msg_credential_store *m = &job->m.credential_store;
	sqlite3_stmt *q;

	if (m->channel >= CHANNEL_COUNT)
		return ST_INVALID;
	if (m->value.len > 0) {
		TRY(put(v, m));
	} else {
		q = database_sql(&v->db, SQL_CREDENTIAL_DROP);
		sql_u64(q, 1, m->channel);
		TRY(sql_run(q));
	}
	v->swept = true;	/* the old one is in the journal, too */
	return record(v, m);
}

static void
send_done(struct vault *v, uint64_t request, enum status st)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = request;
	m.done.outcome = (uint64_t)st;
	vault_send(v, ROLE_DESK, &m);
}

static void
answer_store(struct vault *v, struct job *job)
{
	const struct msg_credential_store *m = &job->m.credential_store;

	if (job->result.outcome == ST_OK)
		send_one(v, m->channel);
	send_done(v, m->request, job->result.outcome);
}

const struct job_kind credential_store_job = {
	apply_store, answer_store, false
};

/* See credential.h. */
void
on_credential_list(struct vault *v, const struct message *m)
{
	struct message row = { .id = MSG_CREDENTIAL_ROW };
	sqlite3_stmt *q = database_sql(&v->db, SQL_CREDENTIAL_LIST);
	enum status st;

	while ((st = sql_next(q)) == ST_OK) {
		row.credential_row.request = m->credential_list.request;
		row.credential_row.channel = col_u64(q, 0);
		row.credential_row.since_s = col_u64(q, 1);
		vault_send(v, ROLE_DESK, &row);
	}
	send_done(v, m->credential_list.request,
	    st == ST_NOT_FOUND ? ST_OK : st);
}
