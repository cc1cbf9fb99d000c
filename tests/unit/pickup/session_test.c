/* A connection and its exchanges without a network: each event in each state,
 * a request cut anywhere, and a vault that answers, refuses or is silent. */
#include <stdio.h>

#include "base/base64.h"
#include "base/wipe.h"
#include "conn_fake.h"
#include "memory_scan.h"
#include "pickup_fake.h"
#include "tap.h"

#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define CARD "0123456789"
#define HEAD "Host: h\r\n"
#define BEARER HEAD "Authorization: Bearer " KEY "\r\n"

static uv_loop_t loop;

static struct session *
begin(void)
{
	pickup_fake_reset(&loop);
	return &pickup_fake.session;
}

static void
say(const char *bytes)
{
	conn_fake_bytes(&pickup_fake.session.conn, bytes);
}

static void
emit(enum conn_event ev)
{
	conn_fake_emit(&pickup_fake.session.conn, ev);
}

static bool
wrote(const char *text)
{
	return memmem(conn_fake.kept, conn_fake.n_kept, text,
	    strlen(text)) != NULL;
}

/* Turns the loop for `ms`: quanta, silences. */
static void
wait_ms(uint64_t ms)
{
	uint64_t until;

	uv_update_time(&loop);
	for (until = uv_now(&loop) + ms; uv_now(&loop) < until;
	    uv_update_time(&loop))
		uv_run(&loop, UV_RUN_NOWAIT);
}

static void
finish_write(void)
{
	while (pickup_fake.session.state == SESSION_REPLYING)
		emit(CONN_WRITTEN);
}

/* --- requests ------------------------------------------------------------------------ */

static void
test_keep_alive(void)
{
	struct session *s = begin();

	ok(s->state == SESSION_HEAD && s->is_idle && s->exchange == NULL &&
	    conn_fake.reads == 1, "a connection begins idle, without an exchange");
	say("GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n");
	ok(s->state == SESSION_REPLYING && wrote("HTTP/1.1 200 ") &&
	    wrote("Disallow: /"), "a request is answered");
	emit(CONN_WRITTEN);
	ok(s->state == SESSION_HEAD && s->is_idle && s->exchange == NULL &&
	    pickup_fake.n_taken == 1 && pickup_fake.n_returned == 1,
	    "and the exchange is given back");
	say("GET /robots.txt HTTP/1.1\r\n" HEAD "Connection: close\r\n\r\n");
	ok(wrote("Connection: close\r\n"), "the last one says so");
	emit(CONN_WRITTEN);
	ok(s->state == SESSION_SHUTTING && conn_fake.shuts == 1, "shuts");
	emit(CONN_WRITTEN);
	ok(s->state == SESSION_LINGERING, "lingers");
	say("too late");
	emit(CONN_EOF);
	ok(s->state == SESSION_CLOSING && conn_fake.closes == 1, "closes");
	emit(CONN_CLOSED);
	ok(s->state == SESSION_FREE && pickup_fake.n_returned_sessions == 1,
	    "free");
}

static void
test_every_split(void)
{
	static const char request[] = "POST /s/" KEY " HTTP/1.1\r\n" HEAD
	    "Content-Length: 18\r\n\r\n{\"recipient\":\"Dr\"}";
	char front[sizeof(request)];
	size_t cut, n_good = 0;

	for (cut = 1; cut < strlen(request); cut++) {
		begin();
		memcpy(front, request, cut);
		front[cut] = 0;
		say(front);
		if (pickup_fake.n_asked != 0)
			break;
		say(request + cut);
		n_good += pickup_fake.asked.id == MSG_SHARE_OPEN &&
		    pickup_fake.n_asked == 1;
		session_abort(&pickup_fake.session);
		emit(CONN_CLOSED);
	}
	ok(n_good == strlen(request) - 1, "a request cut anywhere: %zu",
	    n_good);
}

static void
test_pipelining(void)
{
	begin();
	say("GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n"
	    "GET /favicon.ico HTTP/1.1\r\n" HEAD "\r\n"
	    "GET /d/" KEY " HTTP/1.1\r\n" HEAD "\r\n");
	emit(CONN_WRITTEN);
	ok(wrote("HTTP/1.1 204 "), "the second is answered without a read");
	emit(CONN_WRITTEN);
	ok(pickup_fake.asked.id == MSG_OBJECT_READ && conn_fake.reads == 1,
	    "and the third");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_continue(void)
{
	struct session *s = begin();

	say("POST /s/" KEY " HTTP/1.1\r\n" HEAD "Expect: 100-continue\r\n"
	    "Content-Length: 2\r\n\r\n");
	ok(s->state == SESSION_CONTINUE && wrote("HTTP/1.1 100 Continue\r\n\r\n"),
	    "100 is said");
	emit(CONN_WRITTEN);
	ok(s->state == SESSION_BODY, "then the body is read");
	say("{}");
	ok(wrote("HTTP/1.1 400 "), "and answered");
	session_abort(s);
	emit(CONN_CLOSED);
}

static void
test_more_than_a_request(void)
{
	static char much[HTTP_HEAD_MAX + PICKUP_BODY_MAX + 100];
	struct session *s = begin();

	memset(much, 'x', sizeof(much) - 1);
	memcpy(much, "GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n", 37);
	say(much);
	emit(CONN_WRITTEN);
	ok(wrote("HTTP/1.1 200 ") && s->state == SESSION_SHUTTING,
	    "more than can be kept: answered, then closed");
	session_abort(s);
	emit(CONN_CLOSED);
}

/* --- events in every state -------------------------------------------------------------- */

static void
reach(enum session_state state)
{
	begin();
	if (state == SESSION_HEAD)
		say("GET ");
	else if (state == SESSION_BODY)
		say("POST /s/" KEY " HTTP/1.1\r\n" HEAD
		    "Content-Length: 9\r\n\r\n");
	else if (state == SESSION_CONTINUE)
		say("POST /s/" KEY " HTTP/1.1\r\n" HEAD
		    "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n");
	else
		say("GET / HTTP/1.1\r\n" HEAD "Connection: close\r\n\r\n");
	if (state == SESSION_SHUTTING || state == SESSION_LINGERING)
		finish_write();
	if (state == SESSION_LINGERING)
		emit(CONN_WRITTEN);
}

static void
test_ends(void)
{
	static const enum session_state states[] = { SESSION_HEAD,
	    SESSION_BODY, SESSION_CONTINUE, SESSION_REPLYING,
	    SESSION_SHUTTING, SESSION_LINGERING };
	static const enum conn_event ends[] = { CONN_EOF, CONN_TIMEOUT,
	    CONN_FAILED };
	size_t i, j;

	for (i = 0; i < COUNT(states); i++)
		for (j = 0; j < COUNT(ends); j++) {
			reach(states[i]);
			ok(pickup_fake.session.state == states[i],
			    "state %d", (int)states[i]);
			emit(ends[j]);
			ok(pickup_fake.session.state == SESSION_CLOSING &&
			    conn_fake.closes == 1 &&
			    pickup_fake.n_taken == pickup_fake.n_returned,
			    "event %d closes, nothing is kept", (int)ends[j]);
			emit(CONN_CLOSED);
		}
}

static void
test_deadlines(void)
{
	struct session *s = begin();

	ok(s->conn.idle_ms == PICKUP_HEAD_MS, "the first head: 10 s");
	say("GET / ");
	wait_ms(30);
	say("HTTP/1.1\r\n");
	ok(s->conn.idle_ms <= PICKUP_HEAD_MS - 30, "a drip gains no time");
	say(HEAD "\r\n");
	ok(s->conn.idle_ms == PICKUP_WRITE_MS, "a write: 30 s");
	finish_write();
	ok(s->conn.idle_ms == PICKUP_IDLE_MS, "between requests: 60 s");
	session_abort(s);
	emit(CONN_CLOSED);
}

/* Requests sent at once, whose answers nobody hurries to read: each write
 * may take its time, all together may not. */
static void
test_slow_reader(void)
{
	struct session *s = begin();
	uint64_t start, took = PICKUP_REPLY_MS - 40;

	say("GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n"
	    "GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n"
	    "GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n");
	start = s->reply_until_ms;
	s->reply_until_ms -= took;	/* as if the first took that long */
	emit(CONN_WRITTEN);
	ok(s->state == SESSION_REPLYING && s->conn.idle_ms < 1000,
	    "the next write has what is left: %u ms",
	    (unsigned)s->conn.idle_ms);
	ok(s->reply_until_ms - (start - took) == conn_fake.n_kept / 2 * 1000 /
	    PICKUP_RATE_MIN, "and a second for each 8 KiB it has");
	finish_write();
	say("GET /robots.txt HTTP/1.1\r\n" HEAD "\r\n");
	ok(s->conn.idle_ms == PICKUP_WRITE_MS,
	    "after a pause the allowance is whole again");
	session_abort(s);
	emit(CONN_CLOSED);
}

static bool
is_zero(const void *p, size_t len)
{
	const uint8_t *byte = p;

	while (len > 0 && byte[len - 1] == 0)
		len--;
	return len == 0;
}

/* An alias or a name of an object is what opens it. */
static void
test_nothing_kept(void)
{
	struct exchange *x = &pickup_fake.exchange;

	begin();
	say("GET /d/" KEY " HTTP/1.1\r\n" HEAD "\r\n");
	ok(!is_zero(x->match.key, 32) && !is_zero(x->stream.name, 32),
	    "an object is asked for by its name");
	session_abort(&pickup_fake.session);
	ok(is_zero(x->match.key, 32) && is_zero(x->stream.name, 32) &&
	    is_zero(x->in, sizeof(x->in)), "which is then wiped");
	emit(CONN_CLOSED);
}

/* 43 symbols whose bytes are an alias. */
static void
make_alias(uint8_t alias[32])
{
	uint8_t symbols[43];
	struct buf b = buf_over(alias, 32);

	for (unsigned i = 0; i < SECRET_BYTES; i++)
		symbols[i] = secret_byte(i);
	memcpy(symbols + SECRET_BYTES, "AAA", 3);
	if (base64url_decode((struct span){ symbols, 43 }, &b) != ST_OK)
		abort();
	wipe(symbols, sizeof(symbols));
}

static void
test_alias_wiped(void)
{
	uint8_t alias[32];
	struct message m = { .id = MSG_SHARE_MADE };

	begin();
	keep_heap();
	make_alias(alias);
	say("POST /api/v1/cards/" CARD "/shares HTTP/1.1\r\n" BEARER
	    "Content-Length: 54\r\n\r\n"
	    "{\"bid\":\"ABCDEFGHIJKLMNOPQRSTUV\",\"kind\":\"U\",\"ttl_s\":60}");
	m.share_made = (struct msg_share_made){
		.request = pickup_fake.asked.share_make.request,
		.alias = { alias, sizeof(alias) },
	};
	pickup_fake_deliver(&m);
	ok(wrote("201") && count_secrets() == 2,
	    "a link's url is in the answer and in what was sent");
	finish_write();
	wipe(conn_fake.kept, sizeof(conn_fake.kept));
	ok(count_secrets() == 0, "and afterwards nowhere");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

/* --- the vault ----------------------------------------------------------------------------- */

static struct message
opened(enum status outcome)
{
	struct message m = { .id = MSG_CARD_OPENED };

	m.card_opened = (struct msg_card_opened){
		.request = pickup_fake.asked.card_open.request,
		.outcome = outcome, .sk = span_of("S"), .trust = span_of("T"),
	};
	return m;
}

static void
ask_card(void)
{
	begin();
	say("POST /api/v1/cards/" CARD " HTTP/1.1\r\n" BEARER "\r\n");
}

static void
test_card(void)
{
	struct message m, row = { .id = MSG_CARD_BUNDLE };

	ask_card();
	ok(pickup_fake.n_asked == 1 &&
	    span_is(pickup_fake.asked.card_open.card, CARD) &&
	    pickup_fake.session.state == SESSION_WORKING, "the vault is asked");
	m = opened(ST_OK);
	m.card_opened.bundles = 1;
	pickup_fake_deliver(&m);
	ok(conn_fake.writes == 0, "waits for the bundles");
	row.card_bundle = (struct msg_card_bundle){
		.request = m.card_opened.request, .status = BUNDLE_CORRECTED,
		.bundle = span_of("BBBBBBBBBBBBBBBBBBBBBB"), .closes_s = 7,
		.envelope = span_of("e.e") };
	pickup_fake_deliver(&row);
	ok(wrote("{\"sk\":\"S\",\"trust\":\"T\",\"watch\":\"") &&
	    wrote("\",\"bundles\":[{\"bid\":"
	    "\"BBBBBBBBBBBBBBBBBBBBBB\",\"envelope\":\"e.e\",\"status\":"
	    "\"corrected\",\"closes\":7}]}   ") &&
	    wrote("Content-Length: 4096\r\n"), "the card, padded");
	pickup_fake_deliver(&row);
	ok(conn_fake.writes == 1, "an answer nobody waits for is dropped");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_late_refusal(void)
{
	struct message m;
	uint64_t start;

	ask_card();
	start = uv_now(&loop);
	m = opened(ST_NOT_FOUND);
	pickup_fake_deliver(&m);
	wait_ms(PICKUP_QUANTUM_MS - 50);
	ok(conn_fake.writes == 0, "no refusal before the quantum");
	while (conn_fake.writes == 0)
		wait_ms(1);
	uv_update_time(&loop);
	ok(uv_now(&loop) - start >= PICKUP_QUANTUM_MS &&
	    uv_now(&loop) - start < PICKUP_QUANTUM_MS + 50 &&
	    wrote("HTTP/1.1 404 "), "but at it");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_vault_away(void)
{
	ask_card();
	exchange_lose_vault(&pickup_fake.pickup);
	wait_ms(5);
	ok(wrote("HTTP/1.1 503 ") && wrote("Retry-After: 5\r\n"),
	    "a vault that dies: 503");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
	begin();
	pickup_fake.send_outcome = ST_BUSY;
	say("GET /d/" KEY " HTTP/1.1\r\n" HEAD "\r\n");
	ok(conn_fake.writes == 0, "not from inside the question");
	wait_ms(5);
	ok(wrote("HTTP/1.1 503 "), "a full channel: 503");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_too_many_bundles(void)
{
	struct message m;

	ask_card();
	m = opened(ST_OK);
	m.card_opened.bundles = PICKUP_BUNDLES_MAX + 1;
	pickup_fake_deliver(&m);
	ok(wrote("HTTP/1.1 503 "), "more bundles than can be shown");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_gone_while_waiting(void)
{
	struct message m;

	ask_card();
	session_abort(&pickup_fake.session);
	m = opened(ST_OK);
	pickup_fake_deliver(&m);
	ok(conn_fake.writes == 0, "an answer after the end finds nobody");
	emit(CONN_CLOSED);
}

/* --- objects -------------------------------------------------------------------------------- */

static uint8_t piece[PICKUP_CHUNK_BYTES];

static void
hand_out(enum status outcome, uint64_t size, size_t len)
{
	struct message m = { .id = MSG_OBJECT_DATA };

	m.object_data = (struct msg_object_data){
		.request = pickup_fake.asked.object_read.request,
		.outcome = outcome, .size = size, .data = { piece, len } };
	exchange_deliver(&pickup_fake.pickup, m.object_data.request, &m);
}

static void
ask_object(void)
{
	begin();
	say("GET /d/" KEY " HTTP/1.1\r\n" HEAD "\r\n");
}

static void
test_object(void)
{
	ask_object();
	hand_out(ST_OK, sizeof(piece) + 10, sizeof(piece));
	ok(wrote("Content-Length: 131082\r\n") && pickup_fake.n_asked == 1,
	    "the first piece, nothing more is asked");
	emit(CONN_WRITTEN);
	ok(pickup_fake.n_asked == 2 &&
	    pickup_fake.asked.object_read.offset == sizeof(piece),
	    "once it has left, the next is");
	hand_out(ST_OK, sizeof(piece) + 10, 10);
	emit(CONN_WRITTEN);
	ok(pickup_fake.session.is_idle && pickup_fake.pickup.n_streams == 0,
	    "the end");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_object_nonsense(void)
{
	static const struct {
		uint64_t size;
		size_t   len;
		const char *why;
	} rows[] = {
		{ 10, 11, "more than all" }, { 10, 0, "an empty piece" },
		{ 0, 0, "an empty object" },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		ask_object();
		hand_out(ST_OK, rows[i].size, rows[i].len);
		ok(wrote("HTTP/1.1 503 ") && pickup_fake.pickup.n_streams == 0,
		    "%s: 503", rows[i].why);
		session_abort(&pickup_fake.session);
		emit(CONN_CLOSED);
	}
	ask_object();
	hand_out(ST_OK, 200000, 100000);
	emit(CONN_WRITTEN);
	hand_out(ST_OK, 200001, 100000);
	ok(pickup_fake.session.state == SESSION_CLOSING,
	    "another size in the middle: cut");
	emit(CONN_CLOSED);
}

static void
test_streams_max(void)
{
	begin();
	pickup_fake.pickup.n_streams = PICKUP_STREAMS_MAX;
	say("GET /d/" KEY " HTTP/1.1\r\n" HEAD "\r\n");
	ok(wrote("HTTP/1.1 503 ") && pickup_fake.n_asked == 0,
	    "too many objects at once: 503");
	session_abort(&pickup_fake.session);
	emit(CONN_CLOSED);
}

static void
test_stopping(void)
{
	struct session *s = begin();

	say("GET / HTTP/1.1\r\n" HEAD "\r\n");
	pickup_fake.pickup.is_stopping = true;
	finish_write();
	ok(s->state == SESSION_CLOSING, "stopping: after its answer it ends");
	emit(CONN_CLOSED);
}

/* --- watching ----------------------------------------------------------------------------- */

/* Opens the card and gives the ticket; the session is idle again. */
static void
take_ticket(char ticket[44])
{
	struct message m = { .id = MSG_CARD_OPENED };
	const char *at;

	say("POST /api/v1/cards/" CARD " HTTP/1.1\r\n" BEARER "\r\n");
	m.card_opened.request = pickup_fake.asked.card_open.request;
	m.card_opened.sk = m.card_opened.trust = span_of("sealed");
	pickup_fake_deliver(&m);
	conn_fake.kept[conn_fake.n_kept] = 0;
	at = strstr((const char *)conn_fake.kept, "\"watch\":\"");
	snprintf(ticket, 44, "%.43s", at == NULL ? "none" : at + 9);
	finish_write();
	conn_fake.n_kept = 0;
}

static void
watch(const char *ticket)
{
	char request[128];

	snprintf(request, sizeof(request), "GET /w/%s HTTP/1.1\r\n" HEAD
	    "\r\n", ticket);
	conn_fake.n_kept = 0;
	say(request);
}

static void
test_watch(void)
{
	struct session *s = begin();
	struct pickup *p = &pickup_fake.pickup;
	char ticket[44];

	take_ticket(ticket);
	watch(ticket);
	ok(s->state == SESSION_WORKING && s->is_idle && conn_fake.n_kept == 0,
	    "R32 a watching page's request is held, and counts as idle");
	watch_changed(p, span_of("9876543210"));
	ok(conn_fake.n_kept == 0, "R32 another card's change is not its own");
	watch_changed(p, span_of(CARD));
	ok(wrote("HTTP/1.1 200 ") && wrote("{\"changed\":true}")
	    && !s->is_idle, "R32 its own is told at once");
	finish_write();
	watch_changed(p, span_of(CARD));
	watch(ticket);
	ok(wrote("{\"changed\":true}"),
	    "R32 also what changed between two requests");
	finish_write();
	watch(ticket);
	watch_changed_all(p);
	ok(wrote("{\"changed\":true}"), "R32 and a vault that is back");
	finish_write();
	watch(ticket);
	session_abort(s);
	emit(CONN_CLOSED);
	ok(p->watches.watch[0].held == NULL && !s->is_idle,
	    "a page that goes away leaves its place");
}

static void
test_watch_limits(void)
{
	struct session *s = begin();
	char ticket[44], other[44];

	take_ticket(ticket);
	memcpy(other, ticket, sizeof(other));
	other[20] = other[20] == 'A' ? 'B' : 'A';
	watch(other);
	wait_ms(2 * PICKUP_QUANTUM_MS);
	ok(wrote("HTTP/1.1 404 "), "R32 a ticket that is none: 404");
	finish_write();
	for (unsigned i = 1; i < PICKUP_WATCHES_PER_CARD; i++)
		take_ticket(other);
	ok(strlen(other) == 43, "R32 some tickets for a card");
	take_ticket(other);
	watch(ticket);
	wait_ms(2 * PICKUP_QUANTUM_MS);
	ok(wrote("HTTP/1.1 404 ") &&
	    pickup_fake.pickup.watches.n == PICKUP_WATCHES_PER_CARD,
	    "R32 one more ends the oldest that nobody holds");
	finish_write();
	for (unsigned i = 0; i < PICKUP_WATCHES_PER_CARD; i++)
		pickup_fake.pickup.watches.watch[i].held =
		    &pickup_fake.exchange;
	take_ticket(ticket);
	ok(strcmp(ticket, "none") == 0, "R32 if all are held: the page polls");
	for (unsigned i = 0; i < PICKUP_WATCHES_PER_CARD; i++)
		pickup_fake.pickup.watches.watch[i].held = NULL;
	pickup_fake.pickup.n_per_address_max = 0;
	watch(other);
	ok(wrote("HTTP/1.1 503 ") && wrote("Retry-After: 30"),
	    "R32 nor more held requests than an address may have");
	session_abort(s);
	emit(CONN_CLOSED);
}

int
main(void)
{
	uv_loop_init(&loop);
	test_keep_alive();
	test_every_split();
	test_pipelining();
	test_continue();
	test_more_than_a_request();
	test_ends();
	test_deadlines();
	test_slow_reader();
	test_nothing_kept();
	test_alias_wiped();
	test_card();
	test_late_refusal();
	test_vault_away();
	test_too_many_bundles();
	test_gone_while_waiting();
	test_object();
	test_object_nonsense();
	test_streams_max();
	test_stopping();
	test_watch();
	test_watch_limits();
	return done_testing();
}
