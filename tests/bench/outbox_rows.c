#include "outbox_rows.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "vault/bundle.h"
#include "vault/outbox.h"

enum { PER_SEGMENT = 2978, PER_TRANSACTION = 200, DELETIONS = 4 };

/* See outbox_rows.h. */
void
must(enum status st, const char *what)
{
	if (st == ST_OK)
		return;
	fprintf(stderr, "outbox_bench: %s: %s\n", what, status_text(st));
	exit(1);
}

/* What stands for random bytes: another 32 for each pair. */
static void
name_of(char kind, uint64_t i, uint8_t out[static 32])
{
	uint64_t both[2] = { (uint64_t)kind, i };

	sha256((struct span){ (uint8_t *)both, sizeof(both) }, out);
}

/* --- cards ---------------------------------------------------------------- */

/* See outbox_rows.h. */
void
card_number(uint64_t i, char out[static CARD_TEXT + 1])
{
	snprintf(out, CARD_TEXT + 1, "C%09u", (unsigned)(i % 1000000000));
}

/* See outbox_rows.h. */
void
take_card(struct rig *r, uint64_t i)
{
	static uint8_t blob[700];
	struct message m = { .id = MSG_CARD_STORE };
	struct msg_card_store *c = &m.card_store;
	char number[CARD_TEXT + 1], phone[13], mail[40];
	uint8_t hash[32], loc[32];

	card_number(i, number);
	snprintf(phone, sizeof(phone), "+336%08u", (unsigned)(i % 100000000));
	snprintf(mail, sizeof(mail), "patient-%u@example.org",
	    (unsigned)(i % 1000000000));
	name_of('t', i, hash);
	name_of('i', i, loc);
	c->card = span_of(number);
	c->public_key = (struct span){ r->card_key.point, 65 };
	c->token_hash = (struct span){ hash, 32 };
	c->rounds = 600000;
	c->sk = c->drop_sk = (struct span){ blob, 400 };
	c->trust = c->drop_trust = (struct span){ blob, 700 };
	c->loc = (struct span){ loc, 32 };
	c->day_code = span_of("K7QFM2XW9D");
	c->phone = span_of(phone);
	if (i % 2 == 0)
		c->mail = span_of(mail);
	c->lang = span_of("fr");
	c->expires_s = RIG_START_S + 365 * DAY_S;
	c->actor = span_of("bench");
	vault_take(&r->v, &m);
}

static void
add_cards(struct rig *r, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		take_card(r, i);
		if (i % PER_TRANSACTION == PER_TRANSACTION - 1)
			(void)vault_turn(&r->v);
	}
	(void)vault_turn(&r->v);
	if (rig_sql(r, "SELECT count(*) FROM outbox WHERE kind = 1") != n)
		must(ST_INVALID, "the cards");
}

/* --- bundles --------------------------------------------------------------- */

/* As good as any: nothing reads the bytes, and holes take no room. */
static void
make_segment(struct rig *r, uint64_t id)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/segment-%06llu", r->dir,
	    (unsigned long long)id);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)PER_SEGMENT * OBJECT_BYTES) != 0)
		must(ST_IO, path);
	close(fd);
}

static uint64_t
add_report(struct rig *r, uint64_t i, uint64_t card)
{
	sqlite3_stmt *q = database_sql(&r->v.db, SQL_REPORT_PUT);
	uint8_t key[32];

	name_of('r', i, key);
	for (int column = 1; column <= 3; column++)
		sql_bytes(q, column, key, 32);
	sql_u64(q, 4, i);
	for (int column = 5; column <= 7; column++)
		sql_u64(q, column, 0);
	sql_u64(q, 8, card);
	sql_u64(q, 9, i + 1);
	sql_u64(q, 10, RIG_START_S);
	sql_u64(q, 11, 0);
	must(sql_run(q), "a report");
	return (uint64_t)sqlite3_last_insert_rowid(r->v.db.handle);
}

/* Those of the first cards close first. */
static void
add_bundle(struct rig *r, uint64_t i)
{
	static const uint8_t envelope[1200] = { 1 }, zeroes[OBJECT_BYTES];
	static uint8_t digest[32];
	struct bundle_new b = { .card = i / PER_CARD + 1,
	    .seq = i % PER_CARD + 1, .exams = EXAMS_CHEMISTRY,
	    .opens_s = RIG_START_S, .size = OBJECT_BYTES,
	    .extent = { i / PER_SEGMENT + 1,
	    i % PER_SEGMENT * OBJECT_BYTES, OBJECT_BYTES },
	    .envelope = { envelope, sizeof(envelope) },
	    .sha256 = { digest, sizeof(digest) } };
	uint64_t id;

	if (i % PER_SEGMENT == 0)
		make_segment(r, i / PER_SEGMENT + 1);
	if (i == 0)
		sha256((struct span){ zeroes, sizeof(zeroes) }, digest);
	name_of('d', i, b.name);
	memcpy(b.bid, b.name + 8, BID_BYTES);
	b.closes_s = RIG_START_S + (i < CLOSING ? DAY_S : RIG_WINDOW_S);
	b.closes_on_s = b.closes_s - RIG_START_S;
	b.report = add_report(r, i, b.card);
	must(bundle_add(&r->v, &b, &id), "a bundle");
}

static void
add_deletion(struct rig *r, uint64_t i)
{
	sqlite3_stmt *q = database_sql(&r->v.db, SQL_OUTBOX_DELETE);
	uint8_t name[32];

	name_of('x', i, name);
	sql_bytes(q, 1, name, 32);
	sql_u64(q, 2, i / DELETIONS + 1 + CLOSING / PER_CARD);
	sql_u64(q, 3, UINT32_MAX + i);	/* its tombstone is gone already */
	sql_u64(q, 4, RIG_START_S);
	sql_u64(q, 5, 0);
	must(sql_run(q), "a deletion");
}

static void
in_transactions(struct rig *r, uint64_t from, uint64_t n,
    void (*add)(struct rig *r, uint64_t i))
{
	for (uint64_t i = from; i < n; i++) {
		if ((i - from) % PER_TRANSACTION == 0)
			must(database_do(&r->v.db, SQL_BEGIN), "begin");
		add(r, i);
		if ((i - from) % PER_TRANSACTION == PER_TRANSACTION - 1
		    || i + 1 == n)
			must(database_do(&r->v.db, SQL_COMMIT), "commit");
	}
	database_checkpoint(&r->v.db, true);
}

static void
add_notice(struct rig *r, uint64_t i)
{
	must(outbox_notice_add(&r->v, CHANNEL_SMS, NOTICE_DOCUMENT,
	    i + 1 + CLOSING / PER_CARD, RIG_START_S), "a notice");
}

/* --- all of it ---------------------------------------------------------------- */

/* The first bundles are in the drop, with an index that says so. */
static void
publish_closing(struct rig *r)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "UPDATE bundle SET pushed = 2 WHERE"
	    " id <= %d; DELETE FROM outbox WHERE bundle <= %d;"
	    "DELETE FROM outbox WHERE kind = 1 AND card <= %d", CLOSING,
	    CLOSING, CLOSING / PER_CARD);
	must(database_exec(&r->v.db, sql), "what is published");
}

static void
set_due(struct rig *r)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "UPDATE outbox SET due_s = %llu + CASE kind"
	    " WHEN 0 THEN %d WHEN 1 THEN %d WHEN 2 THEN %d ELSE %d END"
	    " + id %% 60", (unsigned long long)RIG_START_S, OBJECTS_DUE_S,
	    INDEXES_DUE_S, DELETIONS_DUE_S, NOTICES_DUE_S);
	must(database_exec(&r->v.db, sql), "when it is due");
}

/* See outbox_rows.h. */
void
fill_outbox(struct rig *r, uint64_t rows)
{
	uint64_t cards = rows / ROWS_PER_CARD;

	must(database_exec(&r->v.db, "PRAGMA synchronous = OFF;"
	    "PRAGMA cache_size = -300000"), "pragmas");
	add_cards(r, cards + CLOSING / PER_CARD);
	in_transactions(r, 0, cards * PER_CARD + CLOSING, add_bundle);
	publish_closing(r);
	in_transactions(r, 0, cards * DELETIONS, add_deletion);
	in_transactions(r, 0, cards, add_notice);
	set_due(r);
	database_checkpoint(&r->v.db, true);
	if (rig_sql(r, "SELECT count(*) FROM outbox") != rows)
		must(ST_INVALID, "the number of rows");
}
