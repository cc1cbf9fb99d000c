#include "vault_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "vault/sweep.h"

static void
die(const char *what, int number)
{
	printf("Bail out! %s: %d\n", what, number);
	exit(1);
}

/* --- the vault's surroundings -------------------------------------------- */

static void
keep_answer(void *owner, enum role_id to, const struct message *m)
{
	struct rig *r = owner;
	size_t max = message_max_bytes();
	struct message *copy = malloc(sizeof(*copy) + max);
	struct buf body = buf_over(copy + 1, max);

	if (r->n_answers == RIG_ANSWERS_MAX
	    || message_route(m->id, ROLE_VAULT, to) != ST_OK
	    || message_encode(m, &body) != ST_OK)
		die("an answer cannot leave", (int)m->id);
	copy = realloc(copy, sizeof(*copy) + body.len);
	if (message_decode(copy, m->id,
	    (struct span){ (uint8_t *)(copy + 1), body.len }) != ST_OK)
		die("an answer does not decode", (int)m->id);
	r->to[r->n_answers] = to;
	r->answer[r->n_answers++] = copy;
}

static bool
is_full(void *owner, enum role_id to)
{
	struct rig *r = owner;

	return (to == ROLE_PICKUP && r->is_full)
	    || (to == ROLE_COURIER && r->courier_is_full);
}

static void
read_clocks(void *owner, uint64_t *system_s, uint64_t *boot_ms)
{
	struct rig *r = owner;

	*system_s = r->system_s;
	*boot_ms = r->boot_ms;
}

static void
open_vault(struct rig *r)
{
	struct vault_exit out = { r, keep_answer, is_full };
	enum status st = vault_open(&r->v, &r->settings, &out);

	if (st != ST_OK)
		die("vault_open", (int)st);
}

/* See vault_rig.h. */
void
rig_settings(struct rig *r)
{
	r->settings = (struct vault_settings){ .dir = r->dir,
	    .box = "test-box", .window_s = RIG_WINDOW_S,
	    .lab_window_s = 3 * DAY_S, .wrong_tokens_per_hour = 10,
	    .retry_max_s = 900,
	    .boot_id = "boot", .secrets = &r->secrets,
	    .notice = { .from_min = 8 * 60, .until_min = 20 * 60,
	    .delay_s = 1800, .has_sms = true, .has_mail = true },
	    .read_clocks = read_clocks };
}

/* See vault_rig.h. */
void
rig_open(struct rig *r)
{
	*r = (struct rig){ .system_s = RIG_START_S, .boot_ms = 5000 };
	snprintf(r->dir, sizeof(r->dir), "/tmp/vault-test-XXXXXX");
	if (mkdtemp(r->dir) == NULL)
		die("mkdtemp", 0);
	rig_settings(r);
	p256_generate(&r->card_d, &r->card_key);
	open_vault(r);
}

/* See vault_rig.h. */
void
rig_reopen(struct rig *r, bool crash)
{
	if (crash) {
		database_close(&r->v.db);
		segments_close(&r->v.segments);
	} else
		vault_close(&r->v);
	open_vault(r);
}

/* See vault_rig.h. */
void
rig_close(struct rig *r)
{
	char command[128];

	vault_close(&r->v);
	rig_forget(r);
	snprintf(command, sizeof(command), "rm -rf %s", r->dir);
	if (system(command) != 0)
		die("rm", 0);
}

/* See vault_rig.h. */
void
rig_wait(struct rig *r, uint64_t seconds)
{
	r->system_s += seconds;
	r->boot_ms += seconds * 1000;
	vault_tick(&r->v);
}

/* See vault_rig.h. */
unsigned
rig_sweep(struct rig *r)
{
	unsigned steps = 1;

	while (sweep_step(&r->v))
		steps++;
	return steps;
}

/* --- asking -------------------------------------------------------------- */

/* See vault_rig.h. */
void
rig_forget(struct rig *r)
{
	while (r->n_answers > 0)
		free(r->answer[--r->n_answers]);
}

/* See vault_rig.h.  Routed and encoded like the real thing. */
void
rig_take(struct rig *r, const struct message *m)
{
	size_t max = message_max_bytes();
	uint8_t *bytes = malloc(max);
	struct buf body = buf_over(bytes, max);
	struct message taken;

	if (message_encode(m, &body) != ST_OK
	    || message_decode(&taken, m->id, buf_span(&body)) != ST_OK)
		die("a message does not encode", (int)m->id);
	vault_take(&r->v, &taken);
	memset(bytes, 0xaa, max);	/* what was kept must be a copy */
	free(bytes);
}

/* See vault_rig.h. */
const struct message *
rig_ask(struct rig *r, const struct message *m, enum message_id id)
{
	rig_forget(r);
	rig_take(r, m);
	(void)vault_turn(&r->v);
	return rig_answer(r, id, 0);
}

/* See vault_rig.h. */
const struct message *
rig_answer(const struct rig *r, enum message_id id, size_t n)
{
	for (size_t i = 0; i < r->n_answers; i++) {
		if (r->answer[i]->id == id && n-- == 0)
			return r->answer[i];
	}
	return NULL;
}

/* See vault_rig.h. */
size_t
rig_count(const struct rig *r, enum message_id id)
{
	size_t n = 0;

	while (rig_answer(r, id, n) != NULL)
		n++;
	return n;
}

/* --- cards --------------------------------------------------------------- */

/* What every card has; the token hash is the caller's. */
static struct message
new_card(struct rig *r, const char *number, struct span token_hash)
{
	struct message m = { .id = MSG_CARD_STORE };
	struct msg_card_store *c = &m.card_store;

	c->card = span_of(number);
	c->public_key = (struct span){ r->card_key.point, 65 };
	c->token_hash = token_hash;
	c->rounds = 600000;
	c->sk = span_of("sealed-private-key");
	c->trust = span_of("sealed-trust");
	c->expires_s = r->system_s + 365 * DAY_S;
	c->actor = span_of("tester");
	return m;
}

static enum status
ask_card(struct rig *r, const struct message *m)
{
	const struct message *done = rig_ask(r, m, MSG_DONE);

	return done == NULL ? ST_COUNT : (enum status)done->done.outcome;
}

static enum status
store_card(struct rig *r, const char *number, uint8_t token, bool lab,
    const char *order, struct span traits)
{
	uint8_t hash[32];
	struct message m = new_card(r, number, (struct span){ hash, 32 });

	memset(hash, token, sizeof(hash));
	m.card_store.lab = lab;
	m.card_store.order = order == NULL ? (struct span){ NULL, 0 }
	    : span_of(order);
	m.card_store.traits = traits;
	return ask_card(r, &m);
}

/* See vault_rig.h. */
enum status
rig_card_drop(struct rig *r, const char *number, uint8_t token, uint8_t loc)
{
	uint8_t hash[32], name[32];
	struct message m = new_card(r, number, (struct span){ hash, 32 });

	memset(hash, token, sizeof(hash));
	r->settings.notice.has_sms = r->v.settings.notice.has_sms = true;
	memset(name, loc, sizeof(name));
	m.card_store.drop_sk = span_of("drop-private-key");
	m.card_store.drop_trust = span_of("drop-trust");
	m.card_store.loc = (struct span){ name, 32 };
	m.card_store.day_code = span_of("K7QFM2XW9D");
	m.card_store.phone = span_of("+33612345678");
	m.card_store.lang = span_of("fr");
	return ask_card(r, &m);
}

/* See vault_rig.h. */
enum status
rig_card(struct rig *r, const char *number, uint8_t token, bool lab,
    const char *order)
{
	return store_card(r, number, token, lab, order,
	    (struct span){ NULL, 0 });
}

/* See vault_rig.h. */
enum status
rig_card_for(struct rig *r, const char *number, uint8_t token, uint8_t traits)
{
	uint8_t bytes[32];

	memset(bytes, traits, sizeof(bytes));
	return store_card(r, number, token, false, NULL,
	    (struct span){ bytes, sizeof(bytes) });
}

/* See vault_rig.h. */
const struct msg_card_opened *
rig_open_card(struct rig *r, const char *number, uint8_t token)
{
	static const uint8_t peer[16] = { [10] = 0xff, 0xff, 192, 168, 1, 9 };
	struct message m = { .id = MSG_CARD_OPEN };
	uint8_t hash[32];

	memset(hash, token, sizeof(hash));
	m.card_open.request = ++r->next;
	m.card_open.card = span_of(number);
	m.card_open.token_hash = (struct span){ hash, 32 };
	m.card_open.peer = (struct span){ peer, 16 };
	return &rig_ask(r, &m, MSG_CARD_OPENED)->card_opened;
}

/* --- deliveries ---------------------------------------------------------- */

/* See vault_rig.h. */
uint8_t
rig_byte(const uint8_t name[32], size_t i)
{
	return (uint8_t)(name[i % 32] ^ (i >> 5));
}

static struct span
span_or_empty(const char *text)
{
	return text == NULL ? (struct span){ NULL, 0 } : span_of(text);
}

static void
take_begin(struct rig *r, struct rig_result *result)
{
	struct message m = { .id = MSG_DELIVERY_BEGIN };
	uint8_t key[32] = { 0 };

	result->delivery = ++r->next;
	memcpy(key, &result->delivery, sizeof(result->delivery));
	m.delivery_begin.delivery = result->delivery;
	m.delivery_begin.source = span_of("lis");
	m.delivery_begin.key = (struct span){ key, 32 };
	m.delivery_begin.digest = (struct span){ key, 32 };
	result->begun = (enum status)rig_ask(r, &m,
	    MSG_DELIVERY_STATE)->delivery_state.outcome;
}

/* See vault_rig.h. */
struct span
rig_lines(const char *lines, uint8_t out[static 8 * RIG_LINES_MAX],
    uint64_t *snapshot)
{
	size_t n;

	*snapshot = lines == NULL || lines[0] == '!';
	if (lines == NULL)
		return (struct span){ NULL, 0 };
	lines += lines[0] == '!';
	n = strlen(lines);
	for (size_t i = 0; i < 8 * n; i++)
		out[i] = (uint8_t)lines[i / 8];
	return (struct span){ out, 8 * n };
}

/* See vault_rig.h. */
struct rig_result
rig_begin(struct rig *r, const struct rig_report *report)
{
	struct rig_result result = { .opened = ST_COUNT,
	    .claimed = ST_COUNT, .stored = ST_COUNT };
	struct message m = { .id = MSG_REPORT_OPEN };
	struct msg_report_open *o = &m.report_open;
	uint8_t key[32], patient[32], content[32], lines[8 * RIG_LINES_MAX];
	uint8_t confirmed[8 * RIG_LINES_MAX], removed[8 * RIG_LINES_MAX];
	uint8_t traits[32];
	uint64_t none;
	const struct message *answer;

	take_begin(r, &result);
	memset(key, report->key, 32);
	memset(patient, report->patient, 32);
	memset(content, report->content, 32);
	o->delivery = result.delivery;
	o->card = span_or_empty(report->card);
	o->order = span_or_empty(report->order);
	o->report_key = (struct span){ key, 32 };
	o->patient = (struct span){ patient, 32 };
	memset(traits, report->traits != 0 ? report->traits : report->patient,
	    32);
	o->traits = (struct span){ traits, 32 };
	o->confirmed = rig_lines(report->confirmed, confirmed, &none);
	o->removed = rig_lines(report->removed, removed, &none);
	o->holds = report->holds;
	o->version_number = report->version_number;
	o->reason = span_or_empty(report->reason);
	o->content = (struct span){ content, 32 };
	o->version_ms = report->version_ms;
	o->release = (uint64_t)report->release;
	o->status = (uint64_t)report->status;
	o->opens_s = report->opens_s;
	o->exams = EXAMS_CHEMISTRY;
	o->lines = rig_lines(report->lines, lines, &o->snapshot);
	answer = rig_ask(r, &m, MSG_REPORT_OPENED);
	if (answer == NULL)
		return result;	/* it waits for another delivery */
	result.opened = (enum status)answer->report_opened.outcome;
	result.lab = answer->report_opened.lab_card != 0;
	memcpy(result.bid, answer->report_opened.bundle.ptr,
	    answer->report_opened.bundle.len);
	memcpy(result.card, answer->report_opened.card.ptr,
	    answer->report_opened.card.len);
	return result;
}

static void
take_object(struct rig *r, const struct rig_result *result, size_t size)
{
	static uint8_t part[131072];
	struct message m = { .id = MSG_OBJECT_PART };
	size_t len;

	for (size_t done = 0; done < size; done += len) {
		len = size - done < sizeof(part) ? size - done : sizeof(part);
		for (size_t i = 0; i < len; i++)
			part[i] = rig_byte(result->name, done + i);
		m.object_part.delivery = result->delivery;
		m.object_part.data = (struct span){ part, len };
		rig_take(r, &m);
	}
}

static void
hash_object(const uint8_t name[static 32], size_t size, uint8_t out[static 32])
{
	struct sha256 h;

	sha256_start(&h);
	for (size_t i = 0; i < size; i++)
		sha256_add(&h, (struct span){ &(uint8_t){ rig_byte(name, i) },
		    1 });
	sha256_finish(&h, out);
}

/* See vault_rig.h. */
void
rig_seal(struct rig *r, const struct rig_report *report,
    struct rig_result *result)
{
	struct message m = { .id = MSG_CLAIM_GET };
	size_t size = report->size == 0 ? 1000 : report->size;
	uint8_t sha256[32];
	const struct message *answer;

	for (size_t i = 0; i < 32; i++)
		result->name[i] = (uint8_t)(i * 7 + result->delivery);
	result->name[30] = (uint8_t)(result->name[30]
	    + (result->delivery >> 8));
	m.claim_get.delivery = result->delivery;
	m.claim_get.name = (struct span){ result->name, 32 };
	m.claim_get.size = size;
	hash_object(result->name, size, sha256);
	m.claim_get.sha256 = (struct span){ sha256, 32 };
	answer = rig_ask(r, &m, MSG_CLAIM);
	result->claimed = (enum status)answer->claim.outcome;
	memcpy(result->claim, answer->claim.claim.ptr,
	    answer->claim.claim.len);
	take_object(r, result, size);
	m = (struct message){ .id = MSG_ENVELOPE };
	m.envelope.delivery = result->delivery;
	m.envelope.envelope = span_of("an-envelope-that-only-a-card-opens");
	rig_take(r, &m);
}

/* See vault_rig.h. */
void
rig_take_commit(struct rig *r, uint64_t delivery)
{
	struct message m = { .id = MSG_DELIVERY_COMMIT };

	m.delivery_commit.delivery = delivery;
	m.delivery_commit.ack = span_of("MSA|AA|1");
	rig_take(r, &m);
}

/* See vault_rig.h. */
struct rig_result
rig_deliver(struct rig *r, const struct rig_report *report)
{
	struct rig_result result = rig_begin(r, report);
	const struct message *answer;

	if (result.opened == ST_OK)
		rig_seal(r, report, &result);
	if (report->no_commit || result.opened == ST_COUNT)
		return result;
	rig_forget(r);
	rig_take_commit(r, result.delivery);
	(void)vault_turn(&r->v);
	answer = rig_answer(r, MSG_DELIVERY_STORED, 0);
	result.stored = (enum status)answer->delivery_stored.outcome;
	return result;
}

/* --- reading ------------------------------------------------------------- */

/* See vault_rig.h. */
enum status
rig_read(struct rig *r, const uint8_t name[32])
{
	static const uint8_t peer[16] = { [10] = 0xff, 0xff, 10, 0, 0, 7 };
	struct message m = { .id = MSG_OBJECT_READ };
	uint64_t at = 0, size = 1;

	m.object_read.name = (struct span){ name, 32 };
	m.object_read.peer = (struct span){ peer, 16 };
	while (at < size) {
		const struct msg_object_data *d;

		m.object_read.offset = at;
		d = &rig_ask(r, &m, MSG_OBJECT_DATA)->object_data;
		if (d->outcome != ST_OK)
			return (enum status)d->outcome;
		for (size_t i = 0; i < d->data.len; i++) {
			if (d->data.ptr[i] != rig_byte(name, at + i))
				return ST_CORRUPT;
		}
		at += d->data.len;
		size = d->size;
		if (d->data.len == 0)
			return ST_IO;
	}
	return ST_OK;
}

/* See vault_rig.h. */
uint64_t
rig_sql(struct rig *r, const char *sql)
{
	sqlite3_stmt *q = NULL;
	uint64_t n = 0;

	if (sqlite3_prepare_v2(r->v.db.handle, sql, -1, &q, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(r->v.db.handle), 0);
	if (sqlite3_step(q) == SQLITE_ROW)
		n = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* See vault_rig.h. */
uint64_t
rig_audit(struct rig *r, const char *text)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM audit WHERE "
	    "instr(CAST(line AS TEXT), '%s') > 0", text);
	return rig_sql(r, sql);
}
