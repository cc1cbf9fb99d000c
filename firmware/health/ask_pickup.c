#include "health/ask_pickup.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "health/health.h"
#include "net/tls_der.h"
#include "net/tls_pem.h"

enum { NAME_BYTES = 32, NAME_TEXT = 43 };

/* --- the certificate's key ------------------------------------------------- */

/* The first certificate of the file is the server's. */
static enum status
take_object(struct pem_file *f, const char *name)
{
	struct ask_pickup *a = f->owner;
	struct der_certificate c;

	if (a->is_connected || strcmp(name, "CERTIFICATE") != 0)
		return ST_OK;
	TRY(der_certificate(buf_span(&f->object), &c));
	sha256(c.spki, a->pin[0]);
	a->is_connected = true;
	return ST_OK;
}

/* See ask_pickup.h. */
const char *
ask_pickup_open(struct ask_pickup *a, const char *path)
{
	static struct tls_error error;
	struct pem_file f;
	enum status st = pem_open(&f, PEM_FILE_MAX, a, &error);
	bool found;

	if (st == ST_OK)
		st = pem_read(&f, path, false, take_object);
	pem_close(&f);
	found = a->is_connected;
	a->is_connected = false;
	if (st == ST_OK && found)
		return NULL;
	return error.text[0] != '\0' ? error.text
	    : "pickup.certificate holds no certificate";
}

/* --- the exchange ---------------------------------------------------------- */

/* A name that nobody has: 256 random bits. */
static enum status
write_request(struct ask_pickup *a, const char *origin)
{
	uint8_t random[NAME_BYTES], name[NAME_TEXT + 1] = { 0 };
	struct buf text = buf_over(name, NAME_TEXT);
	const char *host = strstr(origin, "://");

	random_bytes(random, sizeof(random));
	TRY(base64url_encode((struct span){ random, sizeof(random) }, &text));
	snprintf(a->request, sizeof(a->request), "GET /d/%s HTTP/1.1\r\n"
	    "Host: %s\r\nConnection: close\r\n\r\n", (const char *)name,
	    host == NULL ? "localhost" : host + 3);
	return ST_OK;
}

static void
ask(struct health *h)
{
	struct ask_pickup *a = &h->pickup;

	a->is_connected = true;
	if (write_request(a, h->config.pickup_origin) != ST_OK ||
	    tls_connect(&a->conn, a->tls, "guichet", 0) != ST_OK)
		health_failed(h, HEALTH_PICKUP, "cannot be asked");
	else
		conn_write(&a->conn, span_of(a->request));
}

static void
judge(struct health *h)
{
	const char *answer = (const char *)h->pickup.answer;

	if (strncmp(answer, "HTTP/1.1 404", 12) == 0 ||
	    strncmp(answer, "HTTP/1.1 503", 12) == 0) {
		conn_close(&h->pickup.conn);
		health_passed(h, HEALTH_PICKUP);
	} else {
		health_failed(h, HEALTH_PICKUP, "answers neither 404 nor 503");
	}
}

static void
take_bytes(struct health *h)
{
	struct ask_pickup *a = &h->pickup;
	struct buf answer = { a->answer, a->answer_len, sizeof(a->answer) - 1 };
	struct span s = span_slice(conn_bytes(&a->conn), 0,
	    answer.max - answer.len);

	if (buf_append_span(&answer, s) != ST_OK)
		unexpected("a slice that does not fit", (int)s.len);
	a->answer_len = answer.len;
	if (answer.len < answer.max)
		conn_read(&a->conn);
	else
		judge(h);
}

/* Pickup may have had to make room, or has not come to it yet. */
static void
late(struct health *h, const char *why)
{
	conn_close(&h->pickup.conn);
	health_late(h, HEALTH_PICKUP, why);
}

/* Neither a refusal nor what TLS found wrong. */
static bool
was_cut(const struct conn *c)
{
	return c->error == UV_ECONNRESET || c->error == UV_EPIPE ||
	    c->error == UV_ETIMEDOUT || c->error == UV_ECONNABORTED ||
	    (c->error == 0 && tls_was_cut(c));
}

static void
on_event(void *owner, enum conn_event ev)
{
	struct health *h = owner;
	struct ask_pickup *a = &h->pickup;

	if (ev == CONN_WRITTEN && !a->is_connected)
		ask(h);
	else if (ev == CONN_WRITTEN)
		conn_read(&a->conn);
	else if (ev == CONN_BYTES)
		take_bytes(h);
	else if (ev == CONN_EOF)
		late(h, "hung up without an answer");
	else if (ev == CONN_TIMEOUT)
		late(h, "no answer");
	else if (ev == CONN_FAILED && was_cut(&a->conn))
		late(h, conn_error(&a->conn));
	else if (ev == CONN_FAILED)
		health_failed(h, HEALTH_PICKUP, conn_error(&a->conn));
}

/* See ask_pickup.h. */
void
ask_pickup_start(struct health *h)
{
	struct ask_pickup *a = &h->pickup;
	const struct tls_client_options options = { .pins = a->pin,
	    .n_pins = 1, .sessions_max = 1, .only_key = true };

	a->conn = (struct conn){ .on_event = on_event, .owner = h,
	    .idle_ms = HEALTH_MS };
	if (tls_client_new(&options, &a->tls) != ST_OK ||
	    conn_open(&a->conn, &h->loop,
	    (struct sockaddr *)&h->plan.pickup) != ST_OK)
		health_failed(h, HEALTH_PICKUP, "cannot be connected to");
}
