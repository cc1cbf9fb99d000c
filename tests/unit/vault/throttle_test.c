#include "vault/throttle.h"

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000 };

static void
start(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
	(void)rig_deliver(r, &plain);
}

static uint64_t
try(struct rig *r, const char *number, uint8_t token)
{
	return rig_open_card(r, number, token)->outcome;
}

static void
test_ten_an_hour(const char *number, const char *what)
{
	struct rig r;
	unsigned refused = 0;

	start(&r);
	for (int i = 0; i < 10; i++)
		refused += try(&r, number, 8) == ST_NOT_FOUND;
	ok(refused == 10, "%s: ten wrong attempts are refused", what);
	ok(try(&r, number, 8) == ST_THROTTLED, "%s: then it is closed", what);
	ok(rig_open_card(&r, number, 7)->retry_after_s == 3600,
	    "for an hour, for the right token as well");
	rig_reopen(&r, true);
	ok(try(&r, number, 7) == ST_THROTTLED, "a restart does not help");
	rig_wait(&r, 3599);
	ok(try(&r, number, 7) == ST_THROTTLED, "nor does almost an hour");
	r.system_s += 5000;
	vault_tick(&r.v);
	ok(try(&r, number, 7) == ST_THROTTLED, "nor a clock put forward");
	rig_wait(&r, 1);
	ok(try(&r, number, 7) != ST_THROTTLED, "the hour does");
	for (int i = 0; i < 10; i++)
		(void)try(&r, number, 8);
	ok(rig_open_card(&r, number, 8)->retry_after_s == 7200,
	    "the next time it is two");
	for (int i = 0; i < 5; i++) {
		rig_wait(&r, 4 * 3600);
		for (int k = 0; k < 10; k++)
			(void)try(&r, number, 8);
	}
	ok(rig_open_card(&r, number, 8)->retry_after_s == 4 * 3600,
	    "never more than four");
	rig_close(&r);
}

static void
test_right_tokens_do_not_count(void)
{
	struct rig r;
	unsigned opened = 0;

	start(&r);
	for (int i = 0; i < 40; i++)
		opened += try(&r, "CARD000001", 7) == ST_OK;
	ok(opened == 40, "a patient may look as often as she likes");
	for (int i = 0; i < 9; i++)
		(void)try(&r, "CARD000001", 8);
	ok(try(&r, "CARD000001", 7) == ST_OK, "also after nine wrong ones");
	rig_wait(&r, 3600);
	for (int i = 0; i < 9; i++)
		(void)try(&r, "CARD000001", 8);
	ok(try(&r, "CARD000001", 7) == ST_OK, "an hour later they start anew");
	rig_close(&r);
}

static void
test_network(void)
{
	struct rig r;
	char number[CARD_TEXT + 1];

	start(&r);
	for (int i = 0; i < 60; i++) {
		snprintf(number, sizeof(number), "XXXXXXX%03d", i);
		(void)try(&r, number, 8);
	}
	ok(try(&r, "CARD000001", 7) == ST_THROTTLED,
	    "sixty cards tried from one address close the address");
	rig_wait(&r, 600);
	ok(try(&r, "CARD000001", 7) == ST_OK, "for ten minutes");
	rig_close(&r);
}

/* In parallel: all attempts of one batch count. */
static void
test_parallel(void)
{
	static const uint8_t peer[16];
	struct rig r;
	struct message m = { .id = MSG_CARD_OPEN };
	uint8_t wrong[32] = { 0 };
	unsigned refused = 0, throttled = 0;

	start(&r);
	rig_forget(&r);
	m.card_open.card = span_of("CARD000001");
	m.card_open.token_hash = (struct span){ wrong, 32 };
	m.card_open.peer = (struct span){ peer, 16 };
	for (int i = 0; i < 50; i++)
		rig_take(&r, &m);
	(void)vault_turn(&r.v);
	for (size_t i = 0; i < 50; i++) {
		const struct message *a = rig_answer(&r, MSG_CARD_OPENED, i);

		refused += a->card_opened.outcome == ST_NOT_FOUND;
		throttled += a->card_opened.outcome == ST_THROTTLED;
	}
	ok(refused == 10 && throttled == 40,
	    "fifty at once: ten are refused, forty throttled");
	rig_close(&r);
}

/* A flood of throttled attempts must not wear out the flash. */
static void
test_flood_is_cheap(void)
{
	struct rig r;
	uint64_t syncs;

	start(&r);
	for (int i = 0; i < 10; i++)
		(void)try(&r, "CARD000001", 8);
	syncs = r.v.database_syncs;
	for (int i = 0; i < 100; i++)
		(void)try(&r, "CARD000001", 8);
	ok(r.v.database_syncs == syncs, "throttled attempts write nothing");
	rig_wait(&r, 5 * DAY_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM throttle") == 0,
	    "old counters are forgotten");
	rig_close(&r);
}

static void
test_keys_hide(void)
{
	struct rig r;

	start(&r);
	(void)try(&r, "CARD000001", 8);
	ok(rig_sql(&r, "SELECT count(*) FROM throttle WHERE "
	    "length(key) = 32") == 5, "five counters");
	ok(rig_sql(&r, "SELECT count(*) FROM throttle WHERE "
	    "instr(CAST(key AS TEXT), 'CARD') > 0") == 0,
	    "none of which holds a card's number");
	rig_close(&r);
}

static void
test_strikes_are_forgiven(void)
{
	struct rig r;

	start(&r);
	for (int i = 0; i < 10; i++)
		(void)try(&r, "CARD000001", 8);
	rig_wait(&r, DAY_S);
	for (int i = 0; i < 10; i++)
		(void)try(&r, "CARD000001", 8);
	ok(rig_open_card(&r, "CARD000001", 8)->retry_after_s == 3600,
	    "after a quiet day the first closing is an hour again");
	rig_close(&r);
}

static uint64_t
try_as(struct rig *r, const uint8_t *peer, const char *number, uint8_t token)
{
	struct message m = { .id = MSG_CARD_OPEN };
	uint8_t hash[32];

	memset(hash, token, sizeof(hash));
	m.card_open.card = span_of(number);
	m.card_open.token_hash = (struct span){ hash, 32 };
	m.card_open.peer = (struct span){ peer, 16 };
	return rig_ask(r, &m, MSG_CARD_OPENED)->card_opened.outcome;
}

/* A wrong attempt at a card that nobody tried before. */
static uint64_t
try_from(struct rig *r, const uint8_t *peer, unsigned n)
{
	char number[CARD_TEXT + 1];

	snprintf(number, sizeof(number), "YYYYYYY%03u", n % 1000);
	return try_as(r, peer, number, 8);
}

/* The phones of a branch share a /64, global, unique local or link-local. */
static void
test_ipv6_neighbours(void)
{
	static const uint8_t first[][2] = {
		{ 0x20, 0x01 }, { 0xfd, 0x00 }, { 0xfe, 0x80 }
	};

	for (size_t i = 0; i < COUNT(first); i++) {
		struct rig r;
		uint8_t peer[16] = { first[i][0], first[i][1], [15] = 1 };

		start(&r);
		for (unsigned n = 0; n < 60; n++)
			(void)try_from(&r, peer, n);
		ok(try_from(&r, peer, 98) == ST_THROTTLED,
		    "%02x%02x: an address has sixty", first[i][0], first[i][1]);
		peer[15] = 2;
		ok(try_as(&r, peer, "CARD000001", 7) == ST_OK,
		    "its neighbour in the /64 is served");
		rig_close(&r);
	}
}

/* Someone who takes a new address for each attempt. */
static void
test_ipv6_network(void)
{
	struct rig r;
	uint8_t peer[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1 };

	start(&r);
	for (unsigned i = 0; i < 600; i++) {
		peer[14] = (uint8_t)(i >> 8);
		peer[15] = (uint8_t)i;
		(void)try_from(&r, peer, i);
	}
	peer[13] = 1;
	ok(try_from(&r, peer, 998) == ST_THROTTLED, "a /64 has 600");
	peer[7] = 2;
	ok(try_from(&r, peer, 999) == ST_NOT_FOUND, "the next /64 is another");
	peer[7] = 1;
	rig_wait(&r, 60);
	ok(try_from(&r, peer, 999) == ST_NOT_FOUND, "it waits for a minute");
	rig_close(&r);
}

/* A number is public: who does not have the slip must not close it. */
static void
test_card_stays_open_for_others(void)
{
	struct rig r;
	uint8_t peer[16] = { [10] = 0xff, [11] = 0xff, 10, 1, 0, 1 };

	start(&r);
	for (unsigned i = 0; i < 10; i++)
		(void)try_as(&r, peer, "CARD000001", 8);
	ok(try_as(&r, peer, "CARD000001", 7) == ST_THROTTLED,
	    "ten wrong tokens close the card for their address");
	ok(try(&r, "CARD000001", 7) == ST_OK, "not for another");
	for (unsigned i = 0; i < 90; i++) {
		peer[15] = (uint8_t)(2 + i / 9);
		(void)try_as(&r, peer, "CARD000001", 8);
	}
	ok(rig_open_card(&r, "CARD000001", 7)->retry_after_s == 60,
	    "a hundred from eleven addresses close it for a minute");
	for (unsigned round = 0; round < 8; round++) {
		rig_wait(&r, 600);
		for (unsigned i = 0; i < 100; i++) {
			peer[14] = (uint8_t)(round + 1);
			peer[15] = (uint8_t)i;
			(void)try_as(&r, peer, "CARD000001", 8);
		}
	}
	ok(rig_open_card(&r, "CARD000001", 7)->retry_after_s == 600,
	    "however often: never for more than ten minutes");
	rig_close(&r);
}

int
main(void)
{
	test_strikes_are_forgiven();
	test_ipv6_neighbours();
	test_ipv6_network();
	test_card_stays_open_for_others();
	test_ten_an_hour("CARD000001", "a card");
	test_ten_an_hour("NOSUCHCARD", "no card");
	test_right_tokens_do_not_count();
	test_network();
	test_parallel();
	test_flood_is_cheap();
	test_keys_hide();
	return done_testing();
}
