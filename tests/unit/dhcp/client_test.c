#include "dhcp/client.h"

#include <stdlib.h>

#include "tap.h"

enum { SECOND = 1000, TURNS = 100 };

static const uint8_t mac[PACKET_MAC_BYTES] = { 2, 0, 0x5e, 0, 0x53, 1 };
static const uint32_t ours = 0x0a00030f, server = 0x0a000301,
    rival = 0x0a000302;

static struct client c;
static struct client_action out;
static uint64_t now;

/* Any number will do, but each another. */
static uint32_t
any(void)
{
	static uint32_t last = 0x12345678;

	return last = last * 1664525 + 1013904223;
}

static void
wake(void)
{
	now = client_wakes_ms(&c) > now ? client_wakes_ms(&c) : now;
	client_on_time(&c, now, any(), &out);
}

static struct packet_answer
answer(enum packet_kind kind, uint32_t from)
{
	struct packet_answer a = { .kind = kind, .xid = c.xid, .server = from };

	if (kind != PACKET_NAK)
		a.lease = (struct lease){ .address = ours, .prefix = 24,
		    .router = server, .seconds = 120 };
	return a;
}

static void
say(enum packet_kind kind, uint32_t from)
{
	struct packet_answer a = answer(kind, from);

	client_on_answer(&c, &a, now, any(), &out);
}

/* Brings a new client into `state`. */
static void
go_to(enum client_state state)
{
	now = 7 * SECOND;
	client_init(&c, mac);
	if (state == CLIENT_WAITING)
		return;
	wake();
	if (state == CLIENT_SELECTING)
		return;
	say(PACKET_OFFER, server);
	if (state == CLIENT_REQUESTING)
		return;
	say(PACKET_ACK, server);
	if (state == CLIENT_BOUND)
		return;
	wake();
	for (int i = 0; i < TURNS && c.state != state; i++)
		wake();
}

static bool
is_quiet(void)
{
	return !out.has_news && !out.has_question;
}

static bool
is_lost(void)
{
	return out.has_news && out.lease.address == 0 &&
	    c.state == CLIENT_WAITING;
}

static void
test_the_way_to_a_lease(void)
{
	go_to(CLIENT_WAITING);
	ok(client_wakes_ms(&c) == 0, "at once");
	wake();
	ok(c.state == CLIENT_SELECTING && out.to == 0 &&
	    out.question.kind == PACKET_DISCOVER && out.question.wanted == 0,
	    "all are asked");
	say(PACKET_OFFER, server);
	ok(c.state == CLIENT_REQUESTING && out.to == 0 &&
	    out.question.kind == PACKET_REQUEST &&
	    out.question.wanted == ours && out.question.server == server,
	    "and told whose offer is taken");
	say(PACKET_ACK, server);
	ok(c.state == CLIENT_BOUND && out.has_news && !out.has_question &&
	    out.lease.address == ours && out.lease.seconds == 120,
	    "init hears of it");
}

static void
test_questions_are_repeated_less_and_less(void)
{
	uint64_t least = 3 * SECOND, before;
	bool good = true;

	go_to(CLIENT_SELECTING);
	for (int i = 0; i < 8; i++) {
		before = now;
		wake();
		good = good && out.question.kind == PACKET_DISCOVER &&
		    now - before >= least && now - before <= least + 2 * SECOND;
		least = least < 63 * SECOND ? (least + SECOND) * 2 - SECOND
		    : least;
	}
	ok(good && c.state == CLIENT_SELECTING, "4, 8, 16, 32, 64, 64, ... s");
	client_on_time(&c, now, any(), &out);
	ok(is_quiet(), "nothing before its time");
}

static void
test_an_offer_that_is_not_kept(void)
{
	unsigned asked = 1;

	go_to(CLIENT_REQUESTING);
	while (wake(), c.state == CLIENT_REQUESTING && asked < TURNS)
		asked++;
	ok(asked == 4 && c.state == CLIENT_WAITING && !out.has_news,
	    "is asked for four times, then all again");
	wake();
	ok(c.state == CLIENT_SELECTING, "from the start");
}

static void
test_failures_slow_it_down(void)
{
	uint64_t before, pause = 0;

	go_to(CLIENT_WAITING);
	for (int i = 0; i < 10; i++) {
		wake();
		say(PACKET_OFFER, server);
		say(PACKET_NAK, server);
		before = now;
		pause = client_wakes_ms(&c) - before;
	}
	ok(pause >= 64 * SECOND && pause < 65 * SECOND, "up to a minute");
	wake();
	say(PACKET_OFFER, server);
	say(PACKET_ACK, server);
	wake();
	say(PACKET_NAK, server);
	pause = client_wakes_ms(&c) - now;
	ok(pause >= SECOND && pause < 2 * SECOND, "a lease ends that");
}

static void
test_numbers_are_never_used_again(void)
{
	uint32_t first;

	go_to(CLIENT_SELECTING);
	first = c.xid;
	say(PACKET_OFFER, server);
	ok(out.question.xid == first, "one exchange, one number");
	say(PACKET_ACK, server);
	wake();
	ok(out.question.xid != first, "the next, the next");
}

static void
test_others_are_not_heard(void)
{
	for (int s = 0; s < CLIENT_STATES; s++) {
		struct packet_answer a;
		struct client before;

		go_to((enum client_state)s);
		a = answer(PACKET_ACK, server);
		a.xid ^= 1;
		before = c;
		client_on_answer(&c, &a, now, any(), &out);
		a.kind = PACKET_NAK;
		client_on_answer(&c, &a, now, any(), &out);
		a.kind = PACKET_OFFER;
		client_on_answer(&c, &a, now, any(), &out);
		ok(memcmp(&before, &c, sizeof(c)) == 0 && is_quiet(),
		    "state %d: another number", s);
	}
}

/* Every state, every kind of answer, from its server and from another. */
static void
test_every_state_and_answer(void)
{
	enum { STAYS = -1 };
	static const struct { enum client_state in; enum packet_kind kind;
	    bool own; int to; } rows[] = {
		{ CLIENT_WAITING, PACKET_OFFER, true, STAYS },
		{ CLIENT_WAITING, PACKET_ACK, true, STAYS },
		{ CLIENT_WAITING, PACKET_NAK, true, STAYS },
		{ CLIENT_SELECTING, PACKET_OFFER, false, CLIENT_REQUESTING },
		{ CLIENT_SELECTING, PACKET_ACK, true, STAYS },
		{ CLIENT_SELECTING, PACKET_NAK, true, STAYS },
		{ CLIENT_REQUESTING, PACKET_OFFER, true, STAYS },
		{ CLIENT_REQUESTING, PACKET_OFFER, false, STAYS },
		{ CLIENT_REQUESTING, PACKET_ACK, true, CLIENT_BOUND },
		{ CLIENT_REQUESTING, PACKET_ACK, false, STAYS },
		{ CLIENT_REQUESTING, PACKET_NAK, true, CLIENT_WAITING },
		{ CLIENT_REQUESTING, PACKET_NAK, false, STAYS },
		{ CLIENT_BOUND, PACKET_OFFER, true, STAYS },
		{ CLIENT_BOUND, PACKET_ACK, true, STAYS },
		{ CLIENT_BOUND, PACKET_NAK, true, STAYS },
		{ CLIENT_RENEWING, PACKET_OFFER, true, STAYS },
		{ CLIENT_RENEWING, PACKET_ACK, true, CLIENT_BOUND },
		{ CLIENT_RENEWING, PACKET_ACK, false, STAYS },
		{ CLIENT_RENEWING, PACKET_NAK, true, CLIENT_WAITING },
		{ CLIENT_RENEWING, PACKET_NAK, false, STAYS },
		{ CLIENT_REBINDING, PACKET_OFFER, false, STAYS },
		{ CLIENT_REBINDING, PACKET_ACK, true, CLIENT_BOUND },
		{ CLIENT_REBINDING, PACKET_ACK, false, CLIENT_BOUND },
		{ CLIENT_REBINDING, PACKET_NAK, false, CLIENT_WAITING },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum client_state want = rows[i].to == STAYS ? rows[i].in
		    : (enum client_state)rows[i].to;

		go_to(rows[i].in);
		say(rows[i].kind, rows[i].own ? server : rival);
		ok(c.state == want && (rows[i].to != STAYS || is_quiet()),
		    "state %d, answer %d of %s server: state %d", rows[i].in,
		    rows[i].kind, rows[i].own ? "its" : "another",
		    (int)want);
	}
}

static void
test_renewing(void)
{
	uint64_t bound_at;

	go_to(CLIENT_BOUND);
	bound_at = now;
	wake();
	ok(now - bound_at == 60 * SECOND && c.state == CLIENT_RENEWING &&
	    out.to == server && out.question.own == ours &&
	    out.question.wanted == 0 && out.question.server == 0,
	    "at half of the time its own server is asked");
	say(PACKET_ACK, server);
	ok(c.state == CLIENT_BOUND && out.has_news &&
	    client_wakes_ms(&c) == now + 60 * SECOND, "and all begins anew");
}

static void
test_rebinding_and_the_end(void)
{
	uint64_t bound_at;
	unsigned asked = 0;

	go_to(CLIENT_BOUND);
	bound_at = now;
	while (wake(), c.state == CLIENT_RENEWING && asked < TURNS)
		asked++;
	ok(asked >= 2 && now - bound_at == 105 * SECOND &&
	    c.state == CLIENT_REBINDING && out.to == 0 &&
	    out.question.own == ours, "at seven eighths all are asked");
	for (int i = 0; i < TURNS && !out.has_news; i++)
		wake();
	ok(is_lost() && now - bound_at == 120 * SECOND,
	    "at the end the address is lost, not later");
}

static void
test_sleeping_over_the_end(void)
{
	go_to(CLIENT_BOUND);
	now += 121 * SECOND;
	client_on_time(&c, now, any(), &out);
	ok(is_lost(), "is noticed first of all");
	go_to(CLIENT_BOUND);
	now += 110 * SECOND;
	client_on_time(&c, now, any(), &out);
	ok(c.state == CLIENT_REBINDING && out.to == 0, "over T2: all are asked");
}

static void
test_naks_take_the_address(void)
{
	go_to(CLIENT_RENEWING);
	say(PACKET_NAK, server);
	ok(is_lost(), "of its server");
	go_to(CLIENT_REBINDING);
	say(PACKET_NAK, rival);
	ok(is_lost(), "of any, where all were asked");
}

static void
test_leases_that_cannot_be(void)
{
	for (int i = 0; i < 6; i++) {
		struct packet_answer a;

		go_to(CLIENT_SELECTING);
		a = answer(PACKET_OFFER, server);
		a.server = i == 0 ? 0 : a.server;
		a.lease.address = i == 1 ? 0 : i == 2 ? 0x7f000001
		    : a.lease.address;
		a.lease.prefix = i == 3 ? 0 : a.lease.prefix;
		a.lease.router = i == 4 ? 0x0b000001 : a.lease.router;
		a.lease.seconds = i == 5 ? 1 : a.lease.seconds;
		client_on_answer(&c, &a, now, any(), &out);
		ok(c.state == CLIENT_SELECTING && is_quiet(), "offer %d", i);
	}
}

static void
test_another_address_than_asked_for(void)
{
	struct packet_answer a;

	go_to(CLIENT_REQUESTING);
	a = answer(PACKET_ACK, server);
	a.lease.address++;
	client_on_answer(&c, &a, now, any(), &out);
	ok(c.state == CLIENT_REQUESTING && is_quiet(), "is not taken");
}

static void
test_times_of_the_server(void)
{
	static const struct { uint32_t t1, t2, seconds, wake, told; } rows[] = {
		{ 10, 20, 120, 10, 120 }, { 20, 10, 120, 60, 120 },
		{ 10, 120, 120, 60, 120 }, { 0, 50, 120, 60, 120 },
		{ 0, 0, UINT32_MAX, LEASE_SECONDS_MOST / 2,
		  LEASE_SECONDS_MOST },
		{ UINT32_MAX - 2, UINT32_MAX - 1, UINT32_MAX,
		  LEASE_SECONDS_MOST / 2, LEASE_SECONDS_MOST },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct packet_answer a;

		go_to(CLIENT_REQUESTING);
		a = answer(PACKET_ACK, server);
		a.renew_s = rows[i].t1;
		a.rebind_s = rows[i].t2;
		a.lease.seconds = rows[i].seconds;
		client_on_answer(&c, &a, now, any(), &out);
		ok(c.state == CLIENT_BOUND && out.lease.seconds == rows[i].told
		    && client_wakes_ms(&c) - now ==
		    (uint64_t)rows[i].wake * SECOND, "T1 %u, T2 %u of %u",
		    rows[i].t1, rows[i].t2, rows[i].seconds);
	}
}

static void
test_a_late_answer_is_counted_from_the_question(void)
{
	go_to(CLIENT_REQUESTING);
	now += 2 * SECOND;
	say(PACKET_ACK, server);
	ok(client_wakes_ms(&c) == now + 58 * SECOND, "RFC 2131 section 4.4.1");
}

int
main(void)
{
	test_the_way_to_a_lease();
	test_questions_are_repeated_less_and_less();
	test_an_offer_that_is_not_kept();
	test_failures_slow_it_down();
	test_numbers_are_never_used_again();
	test_others_are_not_heard();
	test_every_state_and_answer();
	test_renewing();
	test_rebinding_and_the_end();
	test_sleeping_over_the_end();
	test_naks_take_the_address();
	test_leases_that_cannot_be();
	test_another_address_than_asked_for();
	test_times_of_the_server();
	test_a_late_answer_is_counted_from_the_question();
	return done_testing();
}
