/*
 * Thousands of random events, and a store that loses answers and applies puts
 * late.  Whenever all has settled, the store has exactly what is open: each
 * bundle under its one name, each card's index with just these, nothing else.
 */
#include "vault/outbox_row.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "drop_fake.h"
#include "tap.h"
#include "vault/sweep.h"

enum { CARDS = 12, SLOTS = 16, BUNDLES_MAX = 4096, FLIGHT_MAX = 8,
	LATE_MAX = 64, EVENTS = 1200 };

struct bundle_seen {
	uint64_t id;
	unsigned card;
	char bid[BID_TEXT + 1], path[65];
	uint8_t name[32];
};

struct flight {
	struct drop_job j;
	uint8_t *body;		/* NULL: not read yet, or a deletion */
};

/* A put or deletion that arrives when nobody expects it any more. */
struct late {
	struct flight f;
	uint64_t at_s;
};

struct world {
	struct rig r;
	struct drop_store s;
	unsigned seed, cards, versions;
	bool has_drop[CARDS];
	struct bundle_seen *seen;
	size_t n_seen;
	struct flight flight[FLIGHT_MAX];
	size_t n_flight;
	struct late late[LATE_MAX];
	size_t n_late;
	unsigned wrong;
	unsigned puts, deletions, lost, crashes;
};

static struct world w;
static uint8_t scratch[DROP_BODY_MAX];

static unsigned
pick(unsigned n)
{
	return (unsigned)rand_r(&w.seed) % n;
}

static void
wrong(const char *what, const char *which)
{
	if (w.wrong++ < 10)
		printf("# %s: %s\n", what, which);
}

/* --- the store --------------------------------------------------------------- */

static const struct bundle_seen *
known(const char *path)
{
	for (size_t i = 0; i < w.n_seen; i++) {
		if (strcmp(w.seen[i].path, path) == 0)
			return &w.seen[i];
	}
	return NULL;
}

static void
check_put(const struct flight *f)
{
	const struct bundle_seen *b;

	if (f->j.kind != OUTBOX_PUT_OBJECT)
		return;
	b = known(f->j.name);
	if (b == NULL) {
		wrong("a name nobody knows", f->j.name);
		return;
	}
	for (size_t i = 0; i < f->j.size; i++) {
		if (f->body[i] != rig_byte(b->name, i)) {
			wrong("other bytes", f->j.name);
			return;
		}
	}
}

/* What arrives at the store. */
static void
arrives(struct flight *f)
{
	if (f->j.kind == OUTBOX_DELETE) {
		drop_delete(&w.s, f->j.name);
		w.deletions++;
		return;
	}
	check_put(f);
	drop_put(&w.s, &f->j, f->body);
	w.puts++;
}

static void
arrives_late(struct flight *f)
{
	struct late *l;

	if (w.n_late == LATE_MAX) {
		arrives(f);
		free(f->body);
		return;
	}
	l = &w.late[w.n_late++];
	*l = (struct late){ *f, w.r.system_s + 1 + pick(OUTBOX_SETTLE_S - 2) };
}

static void
pass(uint64_t seconds)
{
	while (seconds > 0) {
		uint64_t step = seconds > DAY_S ? DAY_S : seconds;

		for (size_t i = 0; i < w.n_late; i++) {
			if (w.late[i].at_s > w.r.system_s + step)
				continue;
			arrives(&w.late[i].f);
			free(w.late[i].f.body);
			w.late[i--] = w.late[--w.n_late];
		}
		rig_wait(&w.r, step);
		rig_forget(&w.r);
		seconds -= step;
	}
}

/* --- the courier --------------------------------------------------------------- */

static bool
read_body(struct flight *f)
{
	if (f->body != NULL || f->j.kind == OUTBOX_DELETE)
		return true;
	if (!drop_read(&w.r, &f->j, scratch))
		return false;
	f->body = malloc((size_t)f->j.size + 1);
	memcpy(f->body, scratch, (size_t)f->j.size);
	return true;
}

static void
take(void)
{
	struct flight f = { .body = NULL };

	if (w.n_flight == FLIGHT_MAX
	    || !drop_take(&w.r, CHANNEL_STORE, &f.j))
		return;
	for (size_t i = 0; i < w.n_flight; i++) {
		if (strcmp(w.flight[i].j.name, f.j.name) == 0)
			wrong("out twice", f.j.name);
	}
	if (pick(2) == 0)
		(void)read_body(&f);
	w.flight[w.n_flight++] = f;
}

static struct flight
land(size_t i)
{
	struct flight f = w.flight[i];

	w.flight[i] = w.flight[--w.n_flight];
	return f;
}

static void
finish(bool kindly)
{
	struct flight f;

	if (w.n_flight == 0)
		return;
	f = land(pick((unsigned)w.n_flight));
	if (!read_body(&f)) {
		drop_end(&w.r, &f.j, OUTCOME_GONE);
		return;
	}
	switch (kindly ? 0 : pick(8)) {
	case 1:		/* done, but the answer is lost */
		arrives(&f);
		drop_end(&w.r, &f.j, OUTCOME_DOWN);
		break;
	case 2:		/* on its way yet */
		drop_end(&w.r, &f.j, OUTCOME_DOWN);
		arrives_late(&f);
		return;
	case 3:
		drop_end(&w.r, &f.j, OUTCOME_DOWN);
		break;
	case 4:
		drop_end(&w.r, &f.j, OUTCOME_RETRY);
		break;
	default:
		arrives(&f);
		drop_end(&w.r, &f.j, OUTCOME_DONE);
	}
	free(f.body);
}

static void
lose_courier(bool with_vault)
{
	while (w.n_flight > 0) {
		struct flight f = land(0);

		if (!read_body(&f) || pick(3) == 0) {
			free(f.body);
		} else if (pick(2) == 0) {
			arrives(&f);
			free(f.body);
		} else
			arrives_late(&f);
	}
	if (with_vault)
		rig_reopen(&w.r, true);
	else
		vault_peer_lost(&w.r.v, ROLE_COURIER);
	w.lost++;
	w.crashes += with_vault;
}

/* --- the laboratory --------------------------------------------------------------- */

static void
card_number(unsigned card, char text[static CARD_TEXT + 1])
{
	snprintf(text, CARD_TEXT + 1, "CARD%06u", card % 1000000);
}

/* The fifth is a card of the branch alone. */
static void
make_card(void)
{
	unsigned card = w.cards;
	char number[CARD_TEXT + 1];
	enum status st;

	if (card == CARDS)
		return;
	card_number(card, number);
	w.has_drop[card] = card != 4;
	st = card == 4 ? rig_card(&w.r, number, 9, false, NULL)
	    : rig_card_drop(&w.r, number, 9, (uint8_t)(100 + card));
	if (st != ST_OK)
		wrong("no card", number);
	w.cards++;
}

static void
remember(const struct rig_result *got, unsigned card)
{
	struct bundle_seen *b = &w.seen[w.n_seen++];
	struct buf path = buf_over(b->path, sizeof(b->path) - 1);

	if (w.n_seen == BUNDLES_MAX)
		abort();
	*b = (struct bundle_seen){ .card = card,
	    .id = rig_sql(&w.r, "SELECT max(id) FROM bundle") };
	memcpy(b->bid, got->bid, sizeof(b->bid));
	memcpy(b->name, got->name, 32);
	if (buf_append_text(&path, "d/") != ST_OK || base64url_encode(
	    (struct span){ got->name, 32 }, &path) != ST_OK)
		abort();
}

static void
deliver(enum release release)
{
	unsigned card = pick(w.cards), slot = pick(SLOTS), what = pick(8);
	char number[CARD_TEXT + 1];
	struct rig_report report = { .card = number,
	    .key = (uint8_t)(1 + card * SLOTS + slot),
	    .patient = (uint8_t)(1 + card), .release = release,
	    .content = (uint8_t)(1 + w.versions % 255),
	    .version_ms = 1000 + w.versions,
	    .size = pick(4) == 0 ? 40000 : 100 + pick(3000) };
	struct rig_result got;

	w.versions++;
	card_number(card, number);
	if (release == RELEASE_DELIVER && what == 0) {
		report.holds = HOLD_LIST;
		report.release = RELEASE_WITHHOLD;
	} else if (what == 1)
		report.opens_s = w.r.system_s + pick(4000);
	got = rig_deliver(&w.r, &report);
	if (got.opened == ST_OK && got.stored == ST_OK)
		remember(&got, card);
}

static void
release_one(void)
{
	struct message m = { .id = MSG_BUNDLE_RELEASE };

	if (w.n_seen == 0)
		return;
	m.bundle_release.bundle = span_of(w.seen[pick((unsigned)w.n_seen)]
	    .bid);
	m.bundle_release.biologist = span_of("Dr Durand");
	m.bundle_release.actor = span_of("tester");
	(void)rig_ask(&w.r, &m, MSG_DONE);
}

static void
release_held(void)
{
	for (int i = 0; i < 20; i++)
		release_one();
}

static void
end_card(bool freeze)
{
	struct message m = { .id = freeze ? MSG_CARD_FREEZE
	    : MSG_DROP_STOP };
	unsigned card = pick(w.cards);
	char number[CARD_TEXT + 1];

	if (w.cards == CARDS && pick(4) > 0)
		return;
	card_number(card, number);
	if (freeze) {
		m.card_freeze.card = span_of(number);
		m.card_freeze.actor = span_of("tester");
	} else {
		m.drop_stop.card = span_of(number);
		m.drop_stop.actor = span_of("tester");
	}
	(void)rig_ask(&w.r, &m, MSG_DONE);
	w.has_drop[card] = false;
	make_card();
}

static void
event(void)
{
	unsigned n = pick(100);

	if (n < 20)
		deliver(RELEASE_DELIVER);
	else if (n < 26)
		deliver(RELEASE_WITHDRAW);
	else if (n < 50)
		take();
	else if (n < 76)
		finish(false);
	else if (n < 90)
		pass(1 + pick(60));
	else if (n < 93)
		(void)rig_sweep(&w.r);
	else if (n < 95)
		release_held();
	else if (n < 97)
		lose_courier(pick(2) == 0);
	else if (n < 98)
		end_card(pick(2) == 0);
	else
		pass(pick(8) == 0 ? 3 * DAY_S : 1000);
}

/* --- when all is quiet --------------------------------------------------------------- */

static void
settle(void)
{
	for (int i = 0; i < 30; i++) {
		pass(300);
		(void)rig_sweep(&w.r);
		rig_forget(&w.r);
		do
			take();
		while (w.n_flight > 0 && (finish(true), true));
	}
}

static bool
is_open(const struct bundle_seen *b)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM bundle WHERE id = %llu"
	    " AND live = 1 AND holds = 0 AND opens_s <= %llu",
	    (unsigned long long)b->id, (unsigned long long)w.r.system_s);
	return w.has_drop[b->card] && rig_sql(&w.r, sql) == 1;
}

static const struct drop_object *
index_of(unsigned card)
{
	uint8_t loc[32];
	char path[65] = "";
	struct buf b = buf_over(path, sizeof(path) - 1);

	memset(loc, (int)(100 + card), sizeof(loc));
	if (buf_append_text(&b, "i/") != ST_OK
	    || base64url_encode((struct span){ loc, 32 }, &b) != ST_OK)
		abort();
	return drop_find(&w.s, path);
}

static size_t
listed(const struct drop_object *index)
{
	size_t n = 0;

	for (const char *at = (const char *)index->body;
	    (at = strstr(at, "\"bid\"")) != NULL; at++)
		n++;
	return n;
}

static void
check_bundle(const struct bundle_seen *b, size_t *expected)
{
	const struct drop_object *o = drop_find(&w.s, b->path);
	const struct drop_object *index = index_of(b->card);
	bool is = index != NULL && strstr((char *)index->body, b->bid) != NULL;

	if (!is_open(b)) {
		if (o != NULL)
			wrong("left behind", b->path);
		if (is)
			wrong("still listed", b->bid);
		return;
	}
	++*expected;
	if (o == NULL)
		wrong("not there", b->path);
	if (!is)
		wrong("not listed", b->bid);
}

static void
check_all(void)
{
	size_t expected = 0, entries = 0;
	char count[32];

	for (size_t i = 0; i < w.n_seen; i++)
		check_bundle(&w.seen[i], &expected);
	for (unsigned c = 0; c < w.cards; c++) {
		const struct drop_object *o = index_of(c);

		if ((o != NULL) != w.has_drop[c])
			wrong("an index", o != NULL ? "left behind" : "lost");
		entries += o == NULL ? 0 : listed(o);
		expected += w.has_drop[c];
	}
	snprintf(count, sizeof(count), "%zu for %zu", w.s.n, expected);
	if (w.s.n != expected)
		wrong("objects", count);
	snprintf(count, sizeof(count), "%llu", (unsigned long long)
	    rig_sql(&w.r, "SELECT count(*) FROM outbox o WHERE channel = 0"
	    " AND (kind <> 0 OR due_s <= 0)"));
	if (strcmp(count, "0") != 0)
		wrong("rows that do not end", count);
}

static void
check_end(void)
{
	uint64_t published = rig_audit(&w.r, "\"ev\":\"publish\"");

	for (unsigned c = 0; c < w.cards; c++) {
		const struct drop_object *o = index_of(c);

		if (o != NULL && (listed(o) != 0 || o->size != 16384))
			wrong("an empty index", "is not like the first");
	}
	ok(published > 20 && rig_audit(&w.r, "\"ev\":\"unpublish\"")
	    == published, "what was published (%llu) was unpublished",
	    (unsigned long long)published);
}

static void
run(unsigned seed)
{
	w = (struct world){ .seed = seed };
	w.seen = calloc(BUNDLES_MAX, sizeof(*w.seen));
	rig_open(&w.r);
	for (int i = 0; i < 6; i++)
		make_card();
	for (int i = 1; i <= EVENTS; i++) {
		event();
		if (i % 400 == 0) {
			settle();
			check_all();
		}
	}
	for (int i = 0; i < 120; i++) {	/* and all of it closes */
		pass(DAY_S);
		(void)rig_sweep(&w.r);
		rig_forget(&w.r);
	}
	settle();
	check_all();
	check_end();
	printf("# seed %u: %zu bundles, %u puts, %u deletions, %u times lost, "
	    "%u crashes\n", seed, w.n_seen, w.puts, w.deletions, w.lost,
	    w.crashes);
	ok(w.wrong == 0, "seed %u: the store has what is open, no more", seed);
	drop_clear(&w.s);
	free(w.seen);
	rig_close(&w.r);
}

int
main(int argc, char **argv)
{
	unsigned seed = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
	unsigned runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;

	for (unsigned i = 0; i < runs; i++)
		run(seed + i);
	return done_testing();
}
