/* A link over names, addresses and connections that do what the test says. */
#include "courier/link.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/log.h"
#include "config/config.h"
#include "conn_fake.h"
#include "ipc/role.h"
#include "tap.h"

static uv_loop_t loop;
static struct link l;
static const struct endpoint host = { .host = "store.example", .port = 443 };

/* --- what the link asks for ------------------------------------------------- */

static struct {
	unsigned resolves, resolve_aborts, opens, shakes;
	struct resolve *resolve;
	unsigned refuse_opens;		/* the next ones fail at once */
	enum status shake;
	uint16_t port;			/* of the last address opened */
	unsigned events;
	enum conn_event last;
	size_t n_pins;
	bool has_trust;
} heard;

_Noreturn void
role_refuse(const char *format, ...)
{
	(void)format;
	abort();
}

void
resolve_begin(struct resolve *r, struct resolver *resolver, const char *name,
    uint16_t port)
{
	(void)resolver;
	heard.resolves += strcmp(name, host.host) == 0 && port == host.port;
	heard.resolve = r;
}

void
resolve_abort(struct resolve *r)
{
	(void)r;
	heard.resolve_aborts++;
}

enum status
conn_open(struct conn *c, uv_loop_t *on, const struct sockaddr *to)
{
	(void)c;
	(void)on;
	heard.opens++;
	heard.port = ((const struct sockaddr_in *)(const void *)to)->sin_port;
	if (heard.refuse_opens == 0)
		return ST_OK;
	heard.refuse_opens--;
	return ST_IO;
}

void
conn_emit_later(struct conn *c, enum conn_event ev)
{
	conn_fake_emit(c, ev);
}

enum status
tls_connect(struct conn *c, struct tls_client *client, const char *name,
    uint64_t now_s)
{
	(void)c;
	(void)client;
	heard.shakes += strcmp(name, host.host) == 0 && now_s == 77;
	return heard.shake;
}

enum status
tls_trust_load(const char *path, struct tls_trust **trust,
    struct tls_error *error)
{
	static char some;

	(void)error;
	*trust = (struct tls_trust *)(void *)&some;
	return path[0] == '/' ? ST_OK : ST_IO;
}

enum status
tls_client_new(const struct tls_client_options *options,
    struct tls_client **client)
{
	(void)client;
	heard.n_pins = options->n_pins;
	heard.has_trust = options->trust != NULL;
	return ST_OK;
}

/* --- the owner -------------------------------------------------------------- */

static void
on_event(void *owner, enum conn_event ev)
{
	if (owner != &heard)
		abort();
	heard.events++;
	heard.last = ev;
}

static void
start(bool is_plain)
{
	conn_fake_reset();
	memset(&heard, 0, sizeof(heard));
	l.conn.on_event = on_event;
	l.conn.owner = &heard;
	l.conn.idle_ms = 9000;
	link_open(&l, &loop, NULL, &host, is_plain, 77);
}

static void
resolved(enum status st, size_t n)
{
	struct sockaddr_storage address[RESOLVE_ADDRESSES_MAX] = { 0 };

	for (size_t i = 0; i < n; i++)
		((struct sockaddr_in *)(void *)&address[i])->sin_port =
		    (uint16_t)(i + 1);
	heard.resolve->on_end(heard.resolve->owner, st, address, n);
}

static bool
has_heard(unsigned events, enum conn_event last)
{
	return heard.events == events && heard.last == last;
}

static void
stop(void)
{
	link_close(&l);
	if (conn_fake.closes > 0 && heard.opens > heard.refuse_opens)
		conn_fake_emit(&l.conn, CONN_CLOSED);
	uv_run(&loop, UV_RUN_DEFAULT);
}

static void
test_open(void)
{
	start(false);
	ok(heard.resolves == 1 && heard.events == 0, "a name is looked up");
	resolved(ST_OK, 2);
	ok(heard.opens == 1 && heard.port == 1 && l.conn.idle_ms <= 4501,
	    "the first address has its share of the time");
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	ok(heard.shakes == 1 && conn_fake.writes == 1 && heard.events == 0,
	    "TLS is agreed");
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	ok(has_heard(1, CONN_WRITTEN) && l.conn.idle_ms == 9000,
	    "and then the owner hears of it");
	conn_fake_bytes(&l.conn, "x");
	ok(has_heard(2, CONN_BYTES), "and of all that follows");
	stop();
	ok(has_heard(3, CONN_CLOSED), "to the end");
	link_open(&l, &loop, NULL, &host, false, 77);
	resolved(ST_IO, 0);
	ok(has_heard(4, CONN_FAILED), "it may be opened again");
	stop();
}

static void
test_addresses(void)
{
	start(false);
	heard.refuse_opens = 1;
	resolved(ST_OK, 4);
	ok(heard.opens == 2 && heard.port == 2, "an address that cannot be");
	conn_fake_emit(&l.conn, CONN_FAILED);
	ok(conn_fake.closes == 1 && heard.opens == 2, "one that refuses");
	conn_fake_emit(&l.conn, CONN_CLOSED);
	ok(heard.opens == 3 && heard.port == 3 && heard.events == 0,
	    "leads to the next");
	conn_fake_emit(&l.conn, CONN_TIMEOUT);
	conn_fake_emit(&l.conn, CONN_CLOSED);
	ok(heard.port == 4, "as does one that is silent");
	conn_fake_emit(&l.conn, CONN_FAILED);
	conn_fake_emit(&l.conn, CONN_CLOSED);
	ok(has_heard(1, CONN_FAILED) &&
	    strcmp(link_error(&l), "store.example: cannot connect: fake") == 0,
	    "the last one's words are the owner's");
	conn_fake.closes = 0;
	stop();
	ok(has_heard(2, CONN_CLOSED), "closed without a connection");
	start(true);
	resolved(ST_OK, 2);
	conn_fake_emit(&l.conn, CONN_FAILED);
	conn_fake_emit(&l.conn, CONN_CLOSED);
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	conn_fake_emit(&l.conn, CONN_FAILED);
	ok(strcmp(link_error(&l), "store.example: fake") == 0,
	    "what failed before it worked is forgotten");
	stop();
}

static const struct {
	enum status st;
	const char *words;
} names[] = {
	{ ST_NOT_FOUND, "store.example: there is no such name" },
	{ ST_IO, "store.example: no name server answers" },
	{ ST_OK, "store.example: there is no such name" },	/* of none */
};

static void
test_names(void)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		start(false);
		resolved(names[i].st, 0);
		ok(has_heard(1, CONN_FAILED) && heard.opens == 0 &&
		    strcmp(link_error(&l), names[i].words) == 0, "%s",
		    names[i].words);
		stop();
	}
}

static void
test_tls_fails(void)
{
	start(false);
	resolved(ST_OK, 2);
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	conn_fake_emit(&l.conn, CONN_FAILED);
	ok(has_heard(1, CONN_FAILED) && heard.opens == 1 &&
	    strcmp(link_error(&l), "store.example: fake") == 0,
	    "a certificate is not tried at another address");
	stop();
	start(false);
	heard.shake = ST_BUSY;
	resolved(ST_OK, 1);
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	ok(has_heard(1, CONN_FAILED), "no room for TLS");
	stop();
}

static void
test_plain(void)
{
	start(true);
	resolved(ST_OK, 1);
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	ok(has_heard(1, CONN_WRITTEN) && heard.shakes == 0,
	    "STARTTLS: in clear first");
	link_secure(&l);
	ok(heard.shakes == 1 && conn_fake.writes == 1, "then TLS");
	conn_fake_emit(&l.conn, CONN_WRITTEN);
	ok(has_heard(2, CONN_WRITTEN), "and the owner hears of it");
	stop();
}

static void
test_given_up(void)
{
	start(false);
	stop();
	ok(heard.resolve_aborts == 1 && has_heard(1, CONN_CLOSED),
	    "given up while a name is looked up");
	start(false);
	resolved(ST_OK, 2);
	stop();
	ok(has_heard(1, CONN_CLOSED) && heard.opens == 1,
	    "while connecting");
	start(false);
	resolved(ST_OK, 2);
	conn_fake_emit(&l.conn, CONN_FAILED);
	stop();
	ok(has_heard(1, CONN_CLOSED) && heard.opens == 1 &&
	    conn_fake.closes == 1, "between two addresses");
	l.conn.on_event = on_event;
	l.conn.owner = &heard;
	memset(&heard, 0, sizeof(heard));
	conn_fake_reset();
	l.conn.idle_ms = 1;
	link_open(&l, &loop, NULL, &host, false, 77);
	uv_run(&loop, UV_RUN_DEFAULT);
	ok(heard.resolve_aborts == 1 && has_heard(1, CONN_TIMEOUT),
	    "a name that takes too long");
	stop();
}

static void
test_endpoints(void)
{
	static struct config config = { .tls_trust = "/trust.pem" };
	const char pins[] =
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,"
	    "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	struct endpoint *e = endpoint_new(&config, span_of("a.example"), 465,
	    pins, 3, false);

	ok(strcmp(e->host, "a.example") == 0 && e->port == 465 &&
	    heard.n_pins == 2 && !heard.has_trust,
	    "pins alone, where there are any");
	e = endpoint_new(&config, span_of("b.example"), 443, "", 3, true);
	ok(heard.n_pins == 0 && heard.has_trust && e != NULL,
	    "otherwise the authorities");
}

int
main(void)
{
	uv_loop_init(&loop);
	test_open();
	test_addresses();
	test_names();
	test_tls_fails();
	test_plain();
	test_given_up();
	test_endpoints();
	return done_testing();
}
