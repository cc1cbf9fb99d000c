/* Two ends of a socketpair on one loop: an intake and a vault. */
#include "ipc/channel.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/inbox.h"
#include "tap.h"

struct end {
	struct channel channel;
	unsigned messages, drained, lost;
	uint64_t last;			/* `delivery` of the last message */
	size_t   bytes;
	void   (*then)(struct end *e);	/* called in on_message */
};

static uv_loop_t loop;
static uint8_t filling[131072];

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	struct end *e = owner;

	(void)c;
	e->messages++;
	if (m->id == MSG_OBJECT_PART) {
		e->last = m->object_part.delivery;
		e->bytes += m->object_part.data.len;
	} else if (m->id == MSG_DELIVERY_ABORT) {
		e->last = m->delivery_abort.delivery;
	}
	if (e->then != NULL)
		e->then(e);
}

static void
on_drained(void *owner, struct channel *c)
{
	(void)c;
	((struct end *)owner)->drained++;
}

static void
on_lost(void *owner, struct channel *c)
{
	struct end *e = owner;

	e->lost++;
	e->lost += c->is_open ? 100 : 0;	/* must be closed already */
}

static const struct channel_events events = { on_message, on_drained, on_lost };

static void
init(struct end *e, enum role_id self, enum role_id peer)
{
	memset(e, 0, sizeof(*e));
	channel_init(&e->channel, self, peer, &events, e);
}

static void
connect_ends(struct end *intake, struct end *vault)
{
	int pair[2];

	init(intake, ROLE_INTAKE, ROLE_VAULT);
	init(vault, ROLE_VAULT, ROLE_INTAKE);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    channel_open(&intake->channel, &loop, pair[0]) != ST_OK ||
	    channel_open(&vault->channel, &loop, pair[1]) != ST_OK)
		ok(false, "the ends open");
}

/* Turns the loop until nothing happens for a while. */
static void
settle(void)
{
	for (int i = 0; i < 50; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(200);
	}
}

static void
close_ends(struct end *a, struct end *b)
{
	channel_close(&a->channel);
	channel_close(&b->channel);
	settle();
}

static struct message
small(uint64_t number)
{
	return (struct message){ .id = MSG_DELIVERY_ABORT,
	    .delivery_abort = { number } };
}

static struct message
bulk(uint64_t number)
{
	return (struct message){ .id = MSG_OBJECT_PART, .object_part = {
	    number, 0, { filling, sizeof(filling) } } };
}

static enum status
send_one(struct end *e, struct message m)
{
	return channel_send(&e->channel, &m);
}

static void
test_both_ways(void)
{
	struct message answer = { .id = MSG_DELIVERY_STORED,
	    .delivery_stored = { 5, ST_OK } };
	struct end a, b;

	connect_ends(&a, &b);
	for (uint64_t i = 1; i <= 1000; i++)
		if (send_one(&a, small(i)) != ST_OK)
			ok(false, "message %llu is queued", (unsigned long long)i);
	ok(b.messages == 0, "nothing is delivered from inside send");
	ok(channel_queued_bytes(&a.channel) == 16000, "they wait");
	ok(send_one(&b, answer) == ST_OK, "the other end sends too");
	settle();
	ok(b.messages == 1000 && b.last == 1000, "1000 messages, in order");
	ok(a.messages == 1, "and one answer");
	ok(channel_queued_bytes(&a.channel) == 0, "nothing waits");
	close_ends(&a, &b);
	ok(a.lost == 0 && b.lost == 0, "closing is not losing");
}

static void
test_refusals(void)
{
	struct message unrouted = { .id = MSG_CARD_FREEZE, .card_freeze = {
	    1, { filling, 10 }, { filling, 1 } } };
	struct message long_claim = { .id = MSG_CLAIM, .claim = {
	    .claim = { filling, 2049 } } };
	struct end a, b;

	connect_ends(&a, &b);
	ok(send_one(&a, unrouted) == ST_DENIED, "what is not routed is not sent");
	ok(send_one(&b, small(1)) == ST_DENIED, "nor the wrong way");
	ok(send_one(&b, long_claim) == ST_TOO_BIG, "nor a field over its limit");
	settle();
	ok(a.messages == 0 && b.messages == 0 && a.lost + b.lost == 0,
	    "and nothing arrived");
	close_ends(&a, &b);
	ok(send_one(&a, small(1)) == ST_IO, "a closed channel is ST_IO");
	ok(!channel_is_full(&a.channel), "and not full");
}

/* Bulk until full; then the other end, which was paused, takes it all. */
static void
test_pressure(void)
{
	struct end a, b;
	uint64_t sent = 0;
	enum status st;

	connect_ends(&a, &b);
	channel_pause(&b.channel);
	channel_pause(&b.channel);
	while (!channel_is_full(&a.channel) && sent < 100)
		if (send_one(&a, bulk(++sent)) != ST_OK)
			break;
	ok(sent >= 8 && sent < 20, "full after %llu parts",
	    (unsigned long long)sent);
	ok(send_one(&a, small(1)) == ST_OK, "a short message still fits");
	while ((st = send_one(&a, bulk(sent + 1))) == ST_OK && sent < 100)
		sent++;
	ok(st == ST_BUSY, "then the queue is bounded: ST_BUSY");
	settle();
	ok(b.messages == 0 && a.drained == 0, "a paused end takes nothing");
	channel_resume(&b.channel);
	channel_resume(&b.channel);
	settle();
	ok(b.messages == sent + 1 && b.bytes == sent * sizeof(filling),
	    "resumed, it takes everything: %u", b.messages);
	ok(a.drained == 1, "on_drained, once");
	close_ends(&a, &b);
}

static void
pause_now(struct end *e)
{
	channel_pause(&e->channel);
}

static void
test_pause_inside(void)
{
	struct end a, b;
	unsigned before;

	connect_ends(&a, &b);
	b.then = pause_now;
	for (uint64_t i = 1; i <= 3; i++)
		ok(send_one(&a, small(i)) == ST_OK, "queued");
	settle();
	ok(b.messages == 1, "paused in on_message: no second one");
	before = b.messages;
	channel_resume(&b.channel);
	ok(b.messages == before, "resume delivers nothing from inside");
	settle();
	ok(b.messages == 2, "what was read already comes, one more");
	b.then = NULL;
	channel_resume(&b.channel);
	settle();
	ok(b.messages == 3 && b.last == 3, "and the last");
	close_ends(&a, &b);
}

static void
close_now(struct end *e)
{
	channel_close(&e->channel);
}

static void
test_close_inside(void)
{
	struct end a, b;

	connect_ends(&a, &b);
	b.then = close_now;
	ok(send_one(&a, small(1)) == ST_OK && send_one(&a, small(2)) == ST_OK,
	    "two are queued");
	settle();
	ok(b.messages == 1 && b.lost == 0, "closed in on_message: no more");
	ok(a.lost == 1 && !a.channel.is_open, "the peer loses it, once");
	close_ends(&a, &b);
}

/* A vault that hears raw bytes from somebody who is no channel. */
static void
expect_lost(const char *what, const void *bytes, size_t len)
{
	struct end b;
	int pair[2];

	init(&b, ROLE_VAULT, ROLE_INTAKE);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    channel_open(&b.channel, &loop, pair[1]) != ST_OK)
		return;
	if (write(pair[0], bytes, len) != (ssize_t)len)
		return;
	settle();
	ok(b.lost == 1 && b.messages == 0 && !b.channel.is_open,
	    "%s ends the channel", what);
	close(pair[0]);
	settle();
	ok(b.lost == 1, "%s: once", what);
}

static void
test_nonsense(void)
{
	static const uint8_t unknown[] = { 0, 0xfe, 0, 0, 0, 0, 0, 0 };
	static const uint8_t unrouted[] = { 0, 0x30, 0, 0, 0, 0, 0, 8,
	    0, 0, 0, 0, 0, 0, 0, 1 };
	static const uint8_t dirty[] = { 0, 0x1a, 1, 0, 0, 0, 0, 8 };
	static const uint8_t cut[] = { 0, 0x1a, 0, 0, 0, 0, 0, 1, 9 };
	static const uint8_t huge[] = { 0, 0x16, 0, 0, 0x7f, 0, 0, 0 };

	expect_lost("an unknown message", unknown, sizeof(unknown));
	expect_lost("a message of another role", unrouted, sizeof(unrouted));
	expect_lost("a frame with dirt", dirty, sizeof(dirty));
	expect_lost("a body that is too short", cut, sizeof(cut));
	expect_lost("a frame of 2 GiB", huge, sizeof(huge));
}

static void
test_peer_gone(void)
{
	struct end a, b;

	connect_ends(&a, &b);
	channel_close(&b.channel);
	settle();
	ok(a.lost == 1, "a peer that closes is lost");
	connect_ends(&a, &b);
	channel_pause(&a.channel);	/* it does not see the end */
	channel_close(&b.channel);
	uv_run(&loop, UV_RUN_NOWAIT);
	ok(send_one(&a, small(1)) == ST_OK, "sending to it is queued");
	settle();
	ok(a.lost == 1, "and the failing write tells on_lost");
	close_ends(&a, &b);
}

static void
test_reopened(void)
{
	struct end a, b;
	int pair[2];

	connect_ends(&a, &b);
	close_ends(&a, &b);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return;
	ok(channel_open(&a.channel, &loop, pair[0]) == ST_OK &&
	    channel_open(&b.channel, &loop, pair[1]) == ST_OK,
	    "a channel can be opened again");
	ok(send_one(&a, small(9)) == ST_OK, "and used");
	settle();
	ok(b.messages == 1 && b.last == 9, "it works");
	ok(channel_open(&a.channel, &loop, dup(0)) == ST_IO,
	    "not twice at a time");
	close_ends(&a, &b);
}

static void
test_bad_descriptor(void)
{
	struct end a;

	init(&a, ROLE_INTAKE, ROLE_VAULT);
	ok(channel_open(&a.channel, &loop, open("/dev/null", O_RDONLY)) == ST_IO
	    && !a.channel.is_open, "a file is no channel");
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&loop);
	memset(filling, 'x', sizeof(filling));
	test_both_ways();
	test_refusals();
	test_pressure();
	test_pause_inside();
	test_close_inside();
	test_nonsense();
	test_peer_gone();
	test_reopened();
	test_bad_descriptor();
	uv_run(&loop, UV_RUN_DEFAULT);
	ok(uv_loop_close(&loop) == 0, "no handle is left");
	return done_testing();
}
