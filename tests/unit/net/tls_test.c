/* The TLS layer against BearSSL's own client, which writes as it likes: whole
 * flights, single bytes, or records that somebody changed. */
#include "net/listener.h"
#include "net/tls.h"

#include <bearssl.h>

#include "identity_files.h"
#include "identity_pems.h"
#include "loopback.h"
#include "tap.h"

enum { BIG = 100000, SESSIONS = 3 };

/* --- the server: echoes what it hears until it has heard `echo_total` -------------- */

static struct listener listener;
static struct tls_server *server;
static struct conn conns[SESSIONS + 1];
static unsigned n_conns;
static uint8_t heard[BIG];
static size_t n_heard, echo_total;
static char history[4096];
static char suite[64], error[64];
static enum status wrapped;
static bool shut_after, stalls;
static const uint8_t *first_heard;	/* where it lay */

/* Writes more than the peer takes, looks for a moment whether it says
 * something, and writes on: as courier/http_call.c does. */
static void
stall(struct conn *c, enum conn_event ev)
{
	int none = 1;
	uv_os_fd_t fd;

	if (ev == CONN_BYTES) {
		conn_write(c, (struct span){ heard, sizeof(heard) });
	} else if (ev == CONN_WRITTEN && c->idle_ms == 3000) {
		(void)uv_fileno((uv_handle_t *)&c->tcp, &fd);
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &none,
		    sizeof(none));
		c->idle_ms = 200;
		conn_read(c);
	} else if (ev == CONN_TIMEOUT && c->idle_ms == 200) {
		c->idle_ms = 2000;
		conn_write(c, (struct span){ heard, 100 });
	} else {
		conn_close(c);
	}
}

static void
on_event(void *owner, enum conn_event ev)
{
	struct conn *c = owner;
	struct span b = conn_bytes(c);

	if (strlen(history) + 1 < sizeof(history))
		history[strlen(history)] = "BEWTFC"[ev];
	if (ev == CONN_CLOSED) {
		if (--n_conns == 0)
			uv_stop(uv_default_loop());
		return;
	}
	if (ev == CONN_BYTES) {
		snprintf(suite, sizeof(suite), "%s", tls_suite_name(c));
		if (first_heard == NULL)
			first_heard = b.ptr;
		memcpy(heard + n_heard, b.ptr, b.len);
		n_heard += b.len;
	}
	if (ev == CONN_FAILED)
		snprintf(error, sizeof(error), "%s", conn_error(c));
	if (stalls)
		stall(c, ev);
	else if (ev == CONN_BYTES && n_heard == echo_total)
		conn_write(c, (struct span){ heard, n_heard });
	else if (ev == CONN_BYTES)
		conn_read(c);
	else if (ev == CONN_WRITTEN && shut_after)
		shut_after = false, conn_shut(c);
	else if (ev == CONN_WRITTEN)
		n_heard = 0, conn_read(c);
	else
		conn_close(c);
}

static struct conn *
on_waiting(void *owner)
{
	struct conn *c = &conns[n_conns++];

	(void)owner;
	*c = (struct conn){ .on_event = on_event, .owner = c, .idle_ms = 3000 };
	return c;
}

static void
on_accepted(void *owner, struct conn *c)
{
	(void)owner;
	wrapped = tls_wrap(c, server);
	if (wrapped == ST_OK)
		conn_read(c);
	else
		conn_close(c);
}

/* --- the client ------------------------------------------------------------------------ */

static uint8_t der[2048];
static size_t der_len;

static void
on_der(void *context, const void *src, size_t len)
{
	(void)context;
	memcpy(der + der_len, src, len);
	der_len += len;
}

static void
decode_certificate(void)
{
	static const char pem[] = EC_CERTIFICATE;
	br_pem_decoder_context d;
	size_t at = 0;

	br_pem_decoder_init(&d);
	while (at < sizeof(pem) - 1) {
		at += br_pem_decoder_push(&d, pem + at, sizeof(pem) - 1 - at);
		if (br_pem_decoder_event(&d) == BR_PEM_BEGIN_OBJ)
			br_pem_decoder_setdest(&d, on_der, NULL);
	}
}

static void
no_name(void *context, const void *src, size_t len)
{
	(void)context, (void)src, (void)len;
}

struct client {
	int    fd;
	bool   one_by_one;	/* each byte in a segment of its own */
	bool   gathers;		/* into `gathered`, instead of sending */
	uint8_t gathered[4096];
	size_t n_gathered;
	int    spoil_after;	/* records; then a bit is flipped; -1: never */
	br_ssl_client_context cc;
	br_x509_minimal_context x509;
	br_x509_knownkey_context known;
	br_x509_decoder_context decoder;
	uint8_t buffer[BR_SSL_BUFSIZE_BIDI];
	br_sslio_context io;
};

static struct client client;

static int
low_read(void *context, unsigned char *to, size_t len)
{
	struct client *c = context;
	ssize_t n = read(c->fd, to, len);

	return n > 0 ? (int)n : -1;
}

static int
low_write(void *context, const unsigned char *from, size_t len)
{
	struct client *c = context;
	uint8_t copy[BR_SSL_BUFSIZE_OUTPUT];
	ssize_t n;

	memcpy(copy, from, len);
	if (c->spoil_after-- == 0)
		copy[len - 1] ^= 1;
	if (c->gathers) {
		memcpy(c->gathered + c->n_gathered, copy, len);
		c->n_gathered += len;
		return (int)len;
	}
	n = write(c->fd, copy, c->one_by_one ? 1 : len);
	return n > 0 ? (int)n : -1;
}

/* Checks the server's signature with the certificate's own key. */
static void
client_open(struct client *c, const br_ssl_session_parameters *resume)
{
	const br_x509_pkey *key;
	int one = 1;

	c->fd = loopback_connect();
	setsockopt(c->fd, IPPROTO_TCP, 1, &one, sizeof(one));
	br_ssl_client_init_full(&c->cc, &c->x509, NULL, 0);
	br_x509_decoder_init(&c->decoder, no_name, NULL);
	br_x509_decoder_push(&c->decoder, der, der_len);
	key = br_x509_decoder_get_pkey(&c->decoder);
	br_x509_knownkey_init_ec(&c->known, &key->key.ec, BR_KEYTYPE_SIGN);
	br_ssl_engine_set_x509(&c->cc.eng, &c->known.vtable);
	br_ssl_engine_set_buffer(&c->cc.eng, c->buffer, sizeof(c->buffer), 1);
	if (resume != NULL)
		br_ssl_engine_set_session_parameters(&c->cc.eng, resume);
	br_ssl_client_reset(&c->cc, "localhost", resume != NULL);
	br_sslio_init(&c->io, &c->cc.eng, low_read, c, low_write, c);
}

static bool
client_echo(struct client *c, size_t len)
{
	static uint8_t out[BIG], in[BIG];
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(i * 7 + len);
	return br_sslio_write_all(&c->io, out, len) == 0 &&
	    br_sslio_flush(&c->io) == 0 &&
	    br_sslio_read_all(&c->io, in, len) == 0 &&
	    memcmp(in, out, len) == 0;
}

/* Runs `thread` beside the loop until every connection is closed. */
static void
play(uv_thread_cb thread, size_t total)
{
	uv_thread_t t;

	memset(history, 0, sizeof(history));
	error[0] = suite[0] = 0;
	n_heard = 0;
	echo_total = total;
	client.spoil_after = -1;
	client.one_by_one = false;
	uv_thread_create(&t, thread, NULL);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	uv_thread_join(&t);
}

static bool good;

static void
echoes(void *arg)
{
	(void)arg;
	client_open(&client, NULL);
	good = client_echo(&client, echo_total);
	good = good && client_echo(&client, echo_total);
	br_sslio_close(&client.io);
	close(client.fd);
}

static void
test_echo(void)
{
	static const size_t sizes[] = { 1, 100, 16384, 16385, BIG };
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		play(echoes, sizes[i]);
		ok(good, "%zu bytes there and back, twice", sizes[i]);
	}
	ok(history[strlen(history) - 2] == 'E', "close_notify is EOF: %s",
	    history + strlen(history) - 4);
	ok(strncmp(suite, "ECDHE-ECDSA-", 12) == 0, "suite: %s", suite);
}

static void
echoes_byte_by_byte(void *arg)
{
	(void)arg;
	client.one_by_one = true;
	client_open(&client, NULL);
	good = client_echo(&client, echo_total);
	close(client.fd);
}

static void
test_every_split(void)
{
	play(echoes_byte_by_byte, 300);
	ok(good, "handshake and record in single bytes");
	ok(strcmp(history, "BWEC") == 0, "a bare FIN is EOF too: %s", history);
}

/* The second record waits in the server's buffer while it answers the first. */
static void
sends_two_at_once(void *arg)
{
	uint8_t in[20];

	(void)arg;
	client_open(&client, NULL);
	good = br_sslio_flush(&client.io) == 0;
	client.gathers = true;
	(void)br_sslio_write_all(&client.io, "0123456789", 10);
	(void)br_sslio_flush(&client.io);
	(void)br_sslio_write_all(&client.io, "abcdefghij", 10);
	(void)br_sslio_flush(&client.io);
	client.gathers = false;
	(void)!write(client.fd, client.gathered, client.n_gathered);
	good = good && br_sslio_read_all(&client.io, in, 20) == 0 &&
	    memcmp(in, "0123456789abcdefghij", 20) == 0;
	close(client.fd);
}

static void
test_two_records(void)
{
	client.n_gathered = 0;
	play(sends_two_at_once, 10);
	ok(good && strcmp(history, "BWBWEC") == 0,
	    "two records in one segment: %s", history);
}

/* --- what stays behind --------------------------------------------------------------------- */

enum { LONG_RECORD = 290, SHORT_RECORD = 10 };

/* One segment, so that the second record comes before the buffer rests. */
static void
sends_long_and_short(void *arg)
{
	static uint8_t text[LONG_RECORD + SHORT_RECORD];

	(void)arg;
	memset(text, 'S', sizeof(text));
	client_open(&client, NULL);
	good = br_sslio_flush(&client.io) == 0;
	client.gathers = true;
	(void)br_sslio_write_all(&client.io, text, LONG_RECORD);
	(void)br_sslio_flush(&client.io);
	(void)br_sslio_write_all(&client.io, text, SHORT_RECORD);
	(void)br_sslio_flush(&client.io);
	client.gathers = false;
	(void)!write(client.fd, client.gathered, client.n_gathered);
	good = good && br_sslio_read_all(&client.io, text, sizeof(text)) == 0;
	close(client.fd);
}

/* The pool keeps the pages of a few buffers: they can be looked at. */
static void
test_wiped_after_use(void)
{
	client.n_gathered = 0;
	first_heard = NULL;
	play(sends_long_and_short, LONG_RECORD + SHORT_RECORD);
	ok(good && strcmp(history, "BBWEC") == 0, "a long record, a short one: "
	    "%s", history);
	ok(memmem(first_heard, LONG_RECORD, "SSSS", 4) == NULL,
	    "nothing of the long one stays in the buffer");
}

/* --- resumption --------------------------------------------------------------------------- */

static br_ssl_session_parameters saved, now;

static void
resumes(void *arg)
{
	(void)arg;
	client_open(&client, saved.session_id_len > 0 ? &saved : NULL);
	good = client_echo(&client, echo_total);
	br_ssl_engine_get_session_parameters(&client.cc.eng, &now);
	close(client.fd);
}

static bool
is_resumed(void)
{
	return now.session_id_len == saved.session_id_len &&
	    memcmp(now.session_id, saved.session_id, saved.session_id_len) == 0;
}

static void
test_resumption(void)
{
	memset(&saved, 0, sizeof(saved));
	play(resumes, 10);
	saved = now;
	ok(good && saved.session_id_len == 32, "a session gets an identifier");
	play(resumes, 10);
	ok(good && is_resumed(), "and is resumed");
	tls_server_forget(server);
	play(resumes, 10);
	ok(good && !is_resumed(), "but not after it is forgotten");
}

/* --- peers that misbehave -------------------------------------------------------------------- */

static void
spoils(void *arg)
{
	(void)arg;
	client_open(&client, NULL);
	client.spoil_after = 4;	/* hello, key, cipher spec, Finished */
	good = client_echo(&client, echo_total);
	close(client.fd);
}

static void
test_changed_record(void)
{
	play(spoils, 10);
	ok(!good && strcmp(history, "FC") == 0, "one bit: FAILED: %s", history);
	ok(strcmp(error, "TLS: record does not authenticate") == 0, "%s", error);
}

static void
speaks_http(void *arg)
{
	char c;
	int fd = loopback_connect();

	(void)arg;
	(void)!write(fd, "GET / HTTP/1.1\r\n\r\n", 18);
	(void)!read(fd, &c, 1);
	close(fd);
}

static void
test_not_tls(void)
{
	play(speaks_http, 10);
	ok(strcmp(history, "FC") == 0, "http on the TLS port: FAILED: %s", history);
	ok(strncmp(error, "TLS: ", 5) == 0, "%s", error);
}

static void
leaves_in_handshake(void *arg)
{
	int fd = loopback_connect();

	(void)arg;
	(void)!write(fd, "\x16\x03\x01\x00\x80\x01", 6);
	close(fd);
}

static void
test_half_a_handshake(void)
{
	play(leaves_in_handshake, 10);
	ok(strcmp(history, "EC") == 0, "a handshake that ends is EOF: %s",
	    history);
}

static void
renegotiates(void *arg)
{
	(void)arg;
	client_open(&client, NULL);
	good = client_echo(&client, echo_total);
	(void)br_ssl_engine_renegotiate(&client.cc.eng);
	good = good && !client_echo(&client, echo_total);
	close(client.fd);
}

static void
test_renegotiation(void)
{
	play(renegotiates, 10);
	ok(good, "renegotiation is refused: %s", history);
}

/* The wire's records from here on: how many of each type, and whether they
 * end with the last byte. */
static unsigned n_records[256];

static bool
count_records(int fd)
{
	uint8_t head[5], body[20000];
	size_t n, len;

	memset(n_records, 0, sizeof(n_records));
	while ((n = loopback_read(fd, head, sizeof(head))) == sizeof(head)) {
		len = (size_t)head[3] << 8 | head[4];
		if (head[1] != 3 || len > sizeof(body) ||
		    loopback_read(fd, body, len) != len)
			return false;
		n_records[head[0]]++;
	}
	return n == 0;
}

/* Reads nothing while it wants to renegotiate. */
static void
renegotiates_deaf(void *arg)
{
	br_ssl_engine_context *e = &client.cc.eng;
	int few = 4096;
	uint8_t *record;
	size_t len;

	(void)arg;
	client_open(&client, NULL);
	(void)setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof(few));
	good = br_sslio_write_all(&client.io, "x", 1) == 0 &&
	    br_sslio_flush(&client.io) == 0;
	usleep(100000);
	good = good && br_ssl_engine_renegotiate(e) == 1 &&
	    (record = br_ssl_engine_sendrec_buf(e, &len)) != NULL &&
	    low_write(&client, record, len) == (int)len;
	usleep(300000);
	good = good && count_records(client.fd);
	close(client.fd);
}

/* The refusal of a renegotiation is still on its way to the kernel when the
 * owner writes. */
static void
test_write_behind_alert(void)
{
	stalls = true;
	play(renegotiates_deaf, 1);
	stalls = false;
	ok(good && strcmp(history, "BWTWC") == 0,
	    "an alert that the peer does not take, then a write: %s %s",
	    history, error);
	ok(n_records[21] == 2 && n_records[23] == (BIG + 16383) / 16384 + 1,
	    "each record once: %u alerts, %u of data", n_records[21],
	    n_records[23]);
}

/* --- ending --------------------------------------------------------------------------------- */

static int ended_with;

static void
waits_for_the_end(void *arg)
{
	uint8_t c;

	(void)arg;
	client_open(&client, NULL);
	good = client_echo(&client, echo_total);
	good = good && br_sslio_read(&client.io, &c, 1) < 0;
	ended_with = br_ssl_engine_last_error(&client.cc.eng);
	close(client.fd);
}

static void
test_shut(void)
{
	shut_after = true;
	play(waits_for_the_end, 10);
	ok(good && ended_with == BR_ERR_OK, "conn_shut sends close_notify");
	ok(strcmp(history, "BWWEC") == 0, "and is told the peer's: %s", history);
}

static void
one_too_many(void *arg)
{
	int fd[SESSIONS + 1], i;
	char c;

	(void)arg;
	for (i = 0; i <= SESSIONS; i++)
		fd[i] = loopback_connect();
	good = read(fd[SESSIONS], &c, 1) <= 0;
	for (i = 0; i <= SESSIONS; i++)
		close(fd[i]);
}

static void
test_sessions_max(void)
{
	play(one_too_many, 10);
	ok(good && wrapped == ST_BUSY, "one session too many: ST_BUSY");
	play(echoes, 10);
	ok(good, "afterwards there is room again");
}

static void
open_server(void)
{
	struct tls_server_options options = { .sessions_max = SESSIONS,
	    .cached_max = 16 };
	struct tls_identity *id;
	struct tls_error said;

	if (tls_identity_load(identity_file("c", EC_CERTIFICATE, 0600),
	    identity_file("k", EC_KEY, 0600), &id, &said) != ST_OK ||
	    tls_server_new(id, &options, &server) != ST_OK)
		abort();
	listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted };
	if (listener_open(&listener, uv_default_loop(), loopback_socket()) !=
	    ST_OK)
		abort();
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	decode_certificate();
	open_server();
	test_echo();
	test_every_split();
	test_two_records();
	test_wiped_after_use();
	test_resumption();
	test_changed_record();
	test_not_tls();
	test_half_a_handshake();
	test_renegotiation();
	test_write_behind_alert();
	test_shut();
	test_sessions_max();
	listener_close(&listener);
	tls_server_free(server);
	return done_testing();
}
