#include "contact_rig.h"

#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vault/job.h"

static struct span
or_empty(const char *text)
{
	return text == NULL ? (struct span){ NULL, 0 } : span_of(text);
}

/* See contact_rig.h. */
enum status
rig_contact(struct rig *r, const struct rig_contact *c)
{
	static const uint8_t hash[32] = { 7, 7 }, loc[32] = { 9, 9 };
	struct message m = { .id = MSG_CARD_STORE };
	struct msg_card_store *s = &m.card_store;

	s->card = span_of(c->card);
	s->lab = c->lab;
	s->public_key = (struct span){ r->card_key.point, 65 };
	s->token_hash = (struct span){ hash, 32 };
	s->rounds = 600000;
	s->sk = span_of("sealed-private-key");
	s->trust = span_of("sealed-trust");
	s->expires_s = r->system_s + 365 * DAY_S;
	s->is_secret = c->is_secret;
	s->phone = or_empty(c->phone);
	s->mail = or_empty(c->mail);
	s->lang = span_of(c->lang == NULL ? "fr" : c->lang);
	s->actor = span_of("tester");
	if (c->day_code != NULL) {
		s->drop_sk = span_of("sealed-twice");
		s->drop_trust = span_of("sealed-trust");
		s->loc = (struct span){ loc, 32 };
		s->day_code = span_of(c->day_code);
	}
	return (enum status)rig_ask(r, &m, MSG_DONE)->done.outcome;
}

/* See contact_rig.h. */
void
rig_patient(struct rig *r)
{
	struct rig_contact c = { .card = "CARD000001", .phone = RIG_PHONE,
	    .mail = RIG_MAIL };

	if (rig_contact(r, &c) != ST_OK) {
		printf("Bail out! no card\n");
		exit(1);
	}
}

/* See contact_rig.h. */
struct rig_result
rig_result_for(struct rig *r, uint8_t n)
{
	struct rig_report report = { .card = "CARD000001", .key = n,
	    .patient = 1, .content = n, .version_ms = 5 };

	return rig_deliver(r, &report);
}

/* --- notices -------------------------------------------------------------- */

/* See contact_rig.h. */
uint64_t
rig_notices(struct rig *r)
{
	return rig_sql(r, "SELECT count(*) FROM outbox WHERE kind = 3");
}

/* See contact_rig.h. */
uint64_t
rig_waiting(struct rig *r, enum outbox_channel channel, enum notice notice)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM outbox WHERE kind = 3"
	    " AND channel = %d AND notice = %d", (int)channel, (int)notice);
	return rig_sql(r, sql);
}

struct leaving {
	uint64_t row, card, notice;
	bool refused;
};

static enum status
leave(struct vault *v, void *with)
{
	const struct leaving *l = with;
	char sql[80];

	TRY(notice_ended(v, l->row, l->card, (enum notice)l->notice,
	    l->refused));
	snprintf(sql, sizeof(sql), "DELETE FROM outbox WHERE id = %llu",
	    (unsigned long long)l->row);
	return database_exec(&v->db, sql);
}

static uint64_t
column(struct rig *r, const char *name, enum outbox_channel channel)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT %s FROM outbox WHERE kind = 3 AND"
	    " channel = %d ORDER BY due_s, id LIMIT 1", name, (int)channel);
	return rig_sql(r, sql);
}

/* See contact_rig.h. */
void
rig_leaves(struct rig *r, enum outbox_channel channel, bool refused)
{
	struct leaving l = { column(r, "id", channel),
	    column(r, "card", channel), column(r, "notice", channel),
	    refused };

	if (transaction(&r->v, leave, &l) != ST_OK) {
		printf("Bail out! a notice cannot leave\n");
		exit(1);
	}
}

/* See contact_rig.h. */
void
rig_leave_all(struct rig *r)
{
	for (int c = CHANNEL_MAIL; c <= CHANNEL_SMS; c++) {
		while (column(r, "id", (enum outbox_channel)c) != 0)
			rig_leaves(r, (enum outbox_channel)c, false);
	}
}

/* See contact_rig.h. */
const struct msg_outbox_job *
rig_job(struct rig *r, enum outbox_channel channel)
{
	struct message m = { .id = MSG_OUTBOX_TAKE };
	const struct message *job;

	m.outbox_take.channel = (uint64_t)channel;
	job = rig_ask(r, &m, MSG_OUTBOX_JOB);
	return job == NULL ? NULL : &job->outbox_job;
}

/* See contact_rig.h. */
void
rig_job_done(struct rig *r, uint64_t job, enum outbox_outcome outcome)
{
	struct message m = { .id = MSG_OUTBOX_DONE };

	m.outbox_done.job = job;
	m.outbox_done.outcome = (uint64_t)outcome;
	rig_take(r, &m);
	(void)vault_turn(&r->v);
}

/* See contact_rig.h. */
uint64_t
rig_alarms(struct rig *r, enum alarm kind)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT coalesce(sum(times), 0) FROM alarm"
	    " WHERE kind = %d", (int)kind);
	return rig_sql(r, sql);
}

/* --- what leaks ----------------------------------------------------------- */

static size_t
count_in(const uint8_t *bytes, size_t len, const char *text)
{
	size_t n = 0, want = strlen(text);

	for (size_t i = 0; i + want <= len; i++)
		n += memcmp(bytes + i, text, want) == 0;
	return n;
}

static const char *const planted[] = { RIG_PHONE, RIG_PHONE + 1, RIG_MAIL,
    RIG_DAY_CODE, RIG_PASSWORD };

static FILE *heard;
static size_t leaks, vaults;

/* See contact_rig.h. */
void
rig_listen(void)
{
	heard = tmpfile();
	if (heard == NULL || dup2(fileno(heard), STDERR_FILENO) < 0) {
		printf("Bail out! cannot listen\n");
		exit(1);
	}
}

static void
leaked(const char *where, const char *text)
{
	printf("# %s: %s\n", where, text);
	leaks++;
}

/* One column of a table; where each belongs is not looked at. */
static void
search_column(struct rig *r, const char *table, const char *column)
{
	char sql[256], where[96];

	snprintf(where, sizeof(where), "%s.%s", table, column);
	if (strcmp(where, "contact.phone") == 0
	    || strcmp(where, "contact.mail") == 0
	    || strcmp(where, "card.day_code") == 0)
		return;
	for (size_t i = 0; i < COUNT(planted); i++) {
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM \"%s\" WHERE"
		    " instr(CAST(\"%s\" AS BLOB), CAST('%s' AS BLOB)) > 0",
		    table, column, planted[i]);
		if (rig_sql(r, sql) != 0)
			leaked(where, planted[i]);
	}
}

static void
search_tables(struct rig *r)
{
	sqlite3_stmt *q = NULL;
	size_t columns = 0;

	(void)sqlite3_prepare_v2(r->v.db.handle, "SELECT t.name, c.name FROM"
	    " sqlite_schema t, pragma_table_info(t.name) c"
	    " WHERE t.type = 'table'", -1, &q, NULL);
	while (sqlite3_step(q) == SQLITE_ROW) {
		search_column(r, (const char *)sqlite3_column_text(q, 0),
		    (const char *)sqlite3_column_text(q, 1));
		columns++;
	}
	sqlite3_finalize(q);
	if (columns < 50)
		leaked("only few columns were searched", "");
}

/* See contact_rig.h. */
void
rig_close_searched(struct rig *r)
{
	search_tables(r);
	vaults++;
	rig_close(r);
}

/* See contact_rig.h. */
size_t
rig_leaks(void)
{
	static uint8_t bytes[1 << 20];
	size_t n;

	rewind(heard);
	n = fread(bytes, 1, sizeof(bytes), heard);
	for (size_t i = 0; i < COUNT(planted); i++) {
		if (count_in(bytes, n, planted[i]) > 0)
			leaked("a log line", planted[i]);
	}
	if (n == 0 || n == sizeof(bytes) || vaults == 0)
		leaked("nothing was heard, or too much", "");
	return leaks;
}

/* --- what is on the disk -------------------------------------------------- */

/* SQLCipher's page: AES-256-CBC, then iv16 | HMAC-SHA-512; the salt stands
 * before the first one's. */
enum { PAGE = 4096, RESERVED = 80, SALT = 16 };

static size_t
count_in_page(struct rig *r, uint8_t *page, uint32_t number, const char *text)
{
	size_t from = number == 1 ? SALT : 0;
	br_aes_ct64_cbcdec_keys aes;
	uint8_t iv[16];

	memcpy(iv, page + PAGE - RESERVED, sizeof(iv));
	br_aes_ct64_cbcdec_init(&aes,
	    r->v.secrets->keys.key[KEY_DATABASE].byte, 32);
	br_aes_ct64_cbcdec_run(&aes, iv, page + from,
	    PAGE - RESERVED - from);
	return count_in(page, PAGE - RESERVED, text);
}

/* `head`: before the first page; `before`: before each, and where its number
 * stands (SQLite file format, section 4.1). */
static size_t
count_in_file(struct rig *r, const char *name, size_t head, size_t before,
    const char *text)
{
	char path[128];
	uint8_t page[24 + PAGE];
	size_t n = 0;
	uint32_t number = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return 0;
	(void)fseek(f, (long)head, SEEK_SET);
	while (fread(page, before + PAGE, 1, f) == 1) {
		number = before == 0 ? number + 1 : (uint32_t)page[0] << 24
		    | (uint32_t)page[1] << 16 | (uint32_t)page[2] << 8
		    | page[3];
		n += count_in_page(r, page + before, number, text);
	}
	fclose(f);
	return n;
}

/* See contact_rig.h. */
size_t
rig_pages_with(struct rig *r, const char *text)
{
	return count_in_file(r, "vault.db", 0, 0, text)
	    + count_in_file(r, "vault.db-wal", 32, 24, text);
}
