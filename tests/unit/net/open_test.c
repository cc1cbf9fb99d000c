/* Connections outwards: conn_open() in plain TCP, then TLS with both of our
 * sides on one loop. */
#include "net/listener.h"
#include "net/tls_client.h"

#include <bearssl.h>

#include "crypto/digest.h"
#include "identity_files.h"
#include "identity_pems.h"
#include "loopback.h"
#include "net/tls_der.h"
#include "tap.h"

enum { BIG = 100000, SESSIONS = 2, CLIENTS = 3 };

static uv_loop_t *loop;
static char history[4096];	/* of the clients */
static char error[128];
static uint8_t storage[64];
static uint8_t big[BIG], heard[BIG];
static size_t n_heard;
static struct conn client;
static void (*react)(struct conn *c, enum conn_event ev);

static void
on_client(void *owner, enum conn_event ev)
{
	if (strlen(history) + 1 < sizeof(history))
		history[strlen(history)] = "BEWTFC"[ev];
	if (ev == CONN_FAILED)
		snprintf(error, sizeof(error), "%s", conn_error(owner));
	if (ev == CONN_CLOSED)
		uv_stop(loop);
	else
		react(owner, ev);
}

static void
open_client(uint64_t idle_ms, const struct sockaddr_in *to)
{
	memset(history, 0, sizeof(history));
	error[0] = 0;
	n_heard = 0;
	client = (struct conn){ .on_event = on_client, .owner = &client,
	    .idle_ms = idle_ms, .storage = storage,
	    .storage_bytes = sizeof(storage) };
	if (conn_open(&client, loop, (const struct sockaddr *)to) != ST_OK)
		abort();
}

/* --- plain ---------------------------------------------------------------------- */

static struct listener listener;
static struct tls_server *server;
static struct conn served[CLIENTS];
static unsigned n_served, n_open;
static uint8_t served_storage[CLIENTS][64];
static bool is_tls, is_starttls, says_goodbye;

/* Sends back what comes; in clear, "S" begins TLS. */
static void
on_served(void *owner, enum conn_event ev)
{
	struct conn *c = owner;
	struct span b = conn_bytes(c);

	if (ev == CONN_CLOSED) {
		n_open--;
	} else if (ev == CONN_BYTES) {
		static uint8_t copy[CLIENTS][20000];
		uint8_t *to = copy[c - served];

		memcpy(to, b.ptr, b.len);
		is_starttls = !is_tls && b.len == 1 && *b.ptr == 'S';
		conn_write(c, (struct span){ to, b.len });
	} else if (ev == CONN_WRITTEN) {
		if (is_starttls && c->layer == NULL &&
		    tls_wrap(c, server) != ST_OK)
			abort();
		if (says_goodbye)
			conn_close(c);
		else
			conn_read(c);
	} else {
		conn_close(c);
	}
}

static struct conn *
on_waiting(void *owner)
{
	struct conn *c = &served[n_served % CLIENTS];

	(void)owner;
	*c = (struct conn){ .on_event = on_served, .owner = c,
	    .idle_ms = 3000, .storage = served_storage[n_served % CLIENTS],
	    .storage_bytes = 64 };
	n_served++;
	return c;
}

static void
on_accepted(void *owner, struct conn *c)
{
	(void)owner;
	n_open++;
	if (is_tls && tls_wrap(c, server) != ST_OK)
		abort();
	conn_read(c);
}

static uint8_t peer[16];

static void
says_hello(struct conn *c, enum conn_event ev)
{
	static int writes;

	conn_peer(c, peer);
	if (ev == CONN_WRITTEN && writes++ == 0)
		conn_write(c, span_of("hello"));
	else if (ev == CONN_WRITTEN)
		conn_read(c);
	else
		conn_close(c);
}

static void
test_plain(void)
{
	static const uint8_t loopback[16] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1
	};

	react = says_hello;
	open_client(2000, &loopback_address);
	ok(history[0] == 0, "nothing is said from inside the call");
	uv_run(loop, UV_RUN_DEFAULT);
	ok(strcmp(history, "WWBC") == 0, "connected, written, answered: %s",
	    history);
	ok(memcmp(peer, loopback, 16) == 0, "the peer is who was connected to");
}

static void
closes(struct conn *c, enum conn_event ev)
{
	(void)ev;
	conn_close(c);
}

static void
test_refused(void)
{
	struct sockaddr_in nobody = loopback_address;
	struct sockaddr_in odd = { .sin_family = 77 };

	nobody.sin_port = htons(1);
	react = closes;
	open_client(2000, &nobody);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(strcmp(history, "FC") == 0 && strstr(error, "refused") != NULL,
	    "nobody listens: %s, %s", history, error);
	open_client(2000, &odd);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(strcmp(history, "FC") == 0, "what libuv refuses at once fails "
	    "later, too: %s, %s", history, error);
}

/* A listener that accepts nobody, with a full queue: SYNs are dropped. */
static void
test_timeout(void)
{
	struct sockaddr_in own = loopback_address;
	int fd = loopback_socket(), full[8];
	struct sockaddr_in busy = loopback_address;
	uint64_t started;

	loopback_address = own;
	listen(fd, 0);
	for (size_t i = 0; i < COUNT(full); i++) {
		full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(full[i], (struct sockaddr *)&busy, sizeof(busy));
	}
	react = closes;
	started = uv_hrtime();
	open_client(300, &busy);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(strcmp(history, "TC") == 0 && uv_hrtime() - started < 2000000000u,
	    "nobody answers: %s after %d ms", history,
	    (int)((uv_hrtime() - started) / 1000000));
	open_client(3000, &busy);
	conn_close(&client);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(strcmp(history, "C") == 0, "closed while it connects: %s", history);
	for (size_t i = 0; i < COUNT(full); i++)
		close(full[i]);
	close(fd);
}

/* --- TLS -------------------------------------------------------------------------- */

static struct tls_client *tls;
static size_t written;

static uint8_t der[2048];
static size_t der_len;

static void
on_der(void *context, const void *src, size_t len)
{
	(void)context;
	memcpy(der + der_len, src, len);
	der_len += len;
}

/* The certificate is by itself: its key is what is believed. */
static void
make_client(void)
{
	static const char pem[] = EC_CERTIFICATE;
	static uint8_t pin[1][32];
	struct tls_client_options options = { .sessions_max = SESSIONS,
	    .pins = (const uint8_t (*)[32])pin, .n_pins = 1 };
	struct der_certificate c;
	br_pem_decoder_context d;
	size_t at = 0;

	br_pem_decoder_init(&d);
	while (at < sizeof(pem) - 1) {
		at += br_pem_decoder_push(&d, pem + at, sizeof(pem) - 1 - at);
		if (br_pem_decoder_event(&d) == BR_PEM_BEGIN_OBJ)
			br_pem_decoder_setdest(&d, on_der, NULL);
	}
	if (der_certificate((struct span){ der, der_len }, &c) != ST_OK)
		abort();
	sha256(c.spki, pin[0]);
	ok(tls_client_new(&options, &tls) == ST_OK, "a client");
}

static const char *host = "test only";
static uint64_t now_s = EC_NOT_BEFORE + 60;

static enum status
secure(struct conn *c)
{
	return tls_connect(c, tls, host, now_s);
}

static bool
take(struct conn *c, enum conn_event ev)
{
	struct span b = conn_bytes(c);

	if (ev != CONN_BYTES)
		return false;
	memcpy(heard + n_heard, b.ptr, b.len);
	n_heard += b.len;
	return true;
}

static void
echoes(struct conn *c, enum conn_event ev)
{
	(void)take(c, ev);
	if (ev == CONN_WRITTEN && c->layer == NULL) {
		if (secure(c) != ST_OK)
			abort();
		conn_write_two(c, (struct span){ big, written / 2 },
		    (struct span){ big + written / 2, written - written / 2 });
	} else if (ev == CONN_FAILED || ev == CONN_TIMEOUT ||
	    n_heard == written) {
		conn_close(c);
	} else {
		conn_read(c);
	}
}

static void
test_echo(void)
{
	static const size_t sizes[] = { 1, 1000, 16384, 20000, BIG };

	is_tls = true;
	react = echoes;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		written = sizes[i];
		open_client(3000, &loopback_address);
		uv_run(loop, UV_RUN_DEFAULT);
		ok(n_heard == written && memcmp(heard, big, written) == 0,
		    "the handshake and %zu bytes in one write: %.20s %s",
		    written, history, error);
	}
}

/* The handshake alone, then a read that the peer's goodbye ends. */
static void
shakes_hands(struct conn *c, enum conn_event ev)
{
	static int writes;

	if (ev == CONN_WRITTEN && c->layer == NULL) {
		writes = 0;
		if (secure(c) != ST_OK)
			abort();
		conn_write(c, (struct span){ 0 });
	} else if (ev == CONN_WRITTEN && writes++ == 0) {
		snprintf(error, sizeof(error), "%s", tls_suite_name(c));
		conn_write(c, span_of("bye"));
	} else if (ev == CONN_WRITTEN || take(c, ev)) {
		conn_read(c);
	} else {
		conn_close(c);
	}
}

static void
test_handshake(void)
{
	react = shakes_hands;
	says_goodbye = true;
	open_client(3000, &loopback_address);
	uv_run(loop, UV_RUN_DEFAULT);
	says_goodbye = false;
	ok(strcmp(history, "WWWBEC") == 0 && n_heard == 3,
	    "connected, hands shaken, written, answered, goodbye: %s", history);
	ok(strncmp(error, "ECDHE-ECDSA-", 12) == 0, "with %s", error);
}

static void
upgrades(struct conn *c, enum conn_event ev)
{
	static int step;

	(void)take(c, ev);
	if (ev == CONN_FAILED || ev == CONN_TIMEOUT || ev == CONN_EOF) {
		conn_close(c);
		return;
	}
	switch (step++) {
	case 0:
		conn_write(c, span_of("S"));
		break;
	case 2:
		if (secure(c) != ST_OK)
			abort();
		ok(conn_bytes(c).len == 0, "what came in clear is forgotten");
		conn_write(c, span_of("secret"));
		break;
	case 4:
		conn_close(c);
		break;
	default:
		conn_read(c);
	}
}

static void
test_starttls(void)
{
	is_tls = false;
	react = upgrades;
	open_client(3000, &loopback_address);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(n_heard == 7 && memcmp(heard, "Ssecret", 7) == 0,
	    "TLS on a connection that spoke in clear before: %s %s", history,
	    error);
	is_tls = true;
	is_starttls = false;
}

/* More sessions than there are; each that ends makes room. */
static enum status third;

static void
fills(struct conn *c, enum conn_event ev)
{
	static struct conn others[SESSIONS];

	(void)ev;
	for (size_t i = 0; i < SESSIONS; i++) {
		others[i] = (struct conn){ .on_event = on_client };
		if (tls_connect(&others[i], tls, "localhost", 1) != ST_OK)
			abort();
	}
	third = secure(c);
	for (size_t i = 0; i < SESSIONS; i++)
		others[i].layer->closed(&others[i]);
	conn_close(c);
}

static void
test_busy(void)
{
	react = fills;
	open_client(3000, &loopback_address);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(third == ST_BUSY, "no third session of two");
	react = echoes;
	written = 10;
	open_client(3000, &loopback_address);
	uv_run(loop, UV_RUN_DEFAULT);
	ok(n_heard == 10, "and there is one again: %s %s", history, error);
}

/* Another name, long before the certificate: what is pinned alone counts. */
static bool
believes(bool only_key, bool is_pinned)
{
	static uint8_t pin[1][32];
	struct tls_client_options options = { .sessions_max = 1,
	    .pins = (const uint8_t (*)[32])pin, .n_pins = 1,
	    .only_key = only_key };
	struct tls_client *usual = tls;
	struct der_certificate c;

	if (der_certificate((struct span){ der, der_len }, &c) != ST_OK)
		abort();
	sha256(c.spki, pin[0]);
	pin[0][31] ^= !is_pinned;
	if (tls_client_new(&options, &tls) != ST_OK)
		abort();
	host = "elsewhere.example";
	now_s = 0;
	react = echoes;
	written = 10;
	open_client(3000, &loopback_address);
	uv_run(loop, UV_RUN_DEFAULT);
	tls_client_free(tls);
	tls = usual;
	host = "test only";
	now_s = EC_NOT_BEFORE + 60;
	return n_heard == 10;
}

static void
test_only_key(void)
{
	ok(believes(true, true), "a pinned key is enough where it is all");
	ok(!believes(true, false), "another key is not: %s", error);
	ok(!believes(false, true), "else name and dates count: %s", error);
}

static void
test_options(void)
{
	static const uint8_t pins[TLS_PINS_MAX + 1][32];
	struct tls_client_options options = { .sessions_max = 1,
	    .pins = pins, .n_pins = COUNT(pins) };
	struct tls_client *none;

	ok(tls_client_new(&options, &none) == ST_NO_SPACE, "too many pins");
	tls_client_free(NULL);
}

static void
make_server(void)
{
	struct tls_server_options options = { CLIENTS, 4, false, NULL };
	struct tls_identity *id;
	struct tls_error e;

	if (tls_identity_load(identity_file("c", EC_CERTIFICATE, 0644),
	    identity_file("k", EC_KEY, 0600), &id, &e) != ST_OK ||
	    tls_server_new(id, &options, &server) != ST_OK)
		abort();
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	loop = uv_default_loop();
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7 + i / 251);
	listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted };
	ok(listener_open(&listener, loop, loopback_socket()) == ST_OK,
	    "listens");
	test_plain();
	test_refused();
	test_timeout();
	make_server();
	make_client();
	test_echo();
	test_handshake();
	test_starttls();
	test_busy();
	test_only_key();
	test_options();
	listener_close(&listener);
	return done_testing();
}
