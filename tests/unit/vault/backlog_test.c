#include "vault/backlog.h"

#include "tap.h"

/* The channel: takes `room` messages, then is full. */
static int room;
static uint64_t sent[64];
static size_t n_sent;
static enum status answer = ST_OK;

enum status
role_send(struct role *role, enum role_id to, const struct message *m)
{
	(void)role;
	(void)to;
	if (answer != ST_OK)
		return answer;
	if (room == 0)
		return ST_BUSY;
	room--;
	sent[n_sent++] = m->done.request;
	return ST_OK;
}

static void
post(struct backlog *o, uint64_t number)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = number;
	backlog_send(o, ROLE_DESK, &m);
}

static void
test_order(void)
{
	struct backlog o;
	bool in_order = true;

	backlog_init(&o, NULL);
	n_sent = 0;
	room = 2;
	for (uint64_t i = 0; i < 6; i++)
		post(&o, i);
	ok(n_sent == 2 && o.bytes > 0, "what does not fit waits");
	room = 1;
	post(&o, 6);
	ok(n_sent == 2, "nothing overtakes what waits");
	backlog_drained(&o, ROLE_DESK);
	ok(n_sent == 3, "as much as fits goes");
	room = 100;
	backlog_drained(&o, ROLE_DESK);
	for (uint64_t i = 0; i < 7; i++)
		in_order = in_order && sent[i] == i;
	ok(n_sent == 7 && in_order && o.bytes == 0, "in order, all of it");
	post(&o, 7);
	ok(n_sent == 8, "and the way is free again");
}

static void
test_peer_gone(void)
{
	struct backlog o;

	backlog_init(&o, NULL);
	n_sent = 0;
	room = 0;
	post(&o, 1);
	post(&o, 2);
	backlog_forget(&o, ROLE_DESK);
	room = 9;
	backlog_drained(&o, ROLE_DESK);
	ok(n_sent == 0 && o.bytes == 0, "a peer that is gone gets nothing");
	answer = ST_IO;
	post(&o, 3);
	ok(o.bytes == 0, "nor is anything kept for it");
	answer = ST_OK;
}

static void
test_bulk(void)
{
	static uint8_t data[131072];
	struct backlog o;
	struct message m = { .id = MSG_OBJECT_DATA };
	size_t before = 1;

	backlog_init(&o, NULL);
	room = 0;
	m.object_data.data = (struct span){ data, sizeof(data) };
	while (o.bytes != before) {
		before = o.bytes;
		backlog_send(&o, ROLE_PICKUP, &m);
	}
	ok(o.bytes > BACKLOG_BYTES_MAX - 200000
	    && o.bytes < BACKLOG_BYTES_MAX + 200000,
	    "beyond its limit an answer is dropped, and said");
	backlog_forget(&o, ROLE_PICKUP);
}

int
main(void)
{
	test_order();
	test_peer_gone();
	test_bulk();
	return done_testing();
}
