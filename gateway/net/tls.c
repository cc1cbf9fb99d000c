/*
 * An open session costs its engine (4.1 kB) and nothing more while it is
 * idle: the 37 kB of record buffers are lent by a pool as long as a record is
 * in flight.  BearSSL keeps positions within its buffers, not pointers into
 * them, so that an engine between two records does not notice that its
 * buffers were others before (engine_is_idle() states what that means).
 */
#include "net/tls.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/secret.h"
#include "base/wipe.h"
#include "crypto/random.h"
#include "net/tls_identity.h"
#include "net/tls_suites.h"

enum {
	WIRE_BYTES = 4096,
	PAGE_BYTES = 4096,
	/* Record buffers kept warm; above that their pages go back. */
	WARM_RECORDS = 32,
	CACHE_ENTRY_BYTES = 100		/* bearssl_ssl.h, LRU session cache */
};

/* Whole pages, so that they can be given back one by one. */
struct records {
	_Alignas(PAGE_BYTES) uint8_t in[BR_SSL_BUFSIZE_INPUT];
	uint8_t out[BR_SSL_BUFSIZE_OUTPUT];
	uint8_t wire[WIRE_BYTES];
};

enum tls_mode { TLS_IDLE, TLS_READING, TLS_WRITING, TLS_SHUTTING };

struct tls_session {
	br_ssl_server_context engine;
	struct tls_server *server;
	struct records    *records;	/* NULL: between two records */
	struct tls_session *next_free;
	struct span     unsent[2];	/* the owner's, not yet sealed */
	size_t          in_flight;	/* bytes of the record being written */
	unsigned short  wire_from, wire_to;	/* unread part of wire[] */
	unsigned short  in_used;	/* bytes of in[] that held plaintext */
	uint8_t         mode;		/* enum tls_mode */
	bool            is_ended;	/* the wire's EOF was seen */
};

struct tls_server {
	const struct tls_identity *identity;
	br_ssl_server_context template;
	br_ssl_session_cache_lru cache;
	uint8_t *cache_store;
	size_t   cache_bytes;
	/* Two arrays of sessions_max; what was never needed is never touched. */
	struct tls_session *sessions, *free_sessions;
	struct records     *records;
	unsigned sessions_max, n_sessions, n_records;	/* ever touched */
	unsigned *cold;			/* stack: free, pages given back */
	unsigned n_cold, n_warm;
	unsigned warm[WARM_RECORDS];	/* stack: free, pages kept */
};

static void advance(struct conn *c, bool from_loop);

/* --- record buffers ---------------------------------------------------------- */

/* There are as many as sessions, so that there always is one. */
static unsigned
pick_records(struct tls_server *s)
{
	if (s->n_warm > 0)
		return s->warm[--s->n_warm];
	if (s->n_cold > 0)
		return s->cold[--s->n_cold];
	return s->n_records++;
}

static void
lend_records(struct tls_session *t)
{
	if (t->records != NULL)
		return;
	t->records = &t->server->records[pick_records(t->server)];
	t->engine.eng.ibuf = t->records->in;
	t->engine.eng.obuf = t->records->out;
	t->wire_from = t->wire_to = t->in_used = 0;
}

static void
take_records_back(struct tls_session *t)
{
	struct tls_server *s = t->server;
	struct records *r = t->records;
	unsigned i;

	if (r == NULL)
		return;
	wipe(r->in, t->in_used);	/* the rest is ciphertext: not secret */
	t->records = NULL;
	i = (unsigned)(r - s->records);
	if (s->n_warm < WARM_RECORDS) {
		s->warm[s->n_warm++] = i;
		return;
	}
	s->cold[s->n_cold++] = i;
	(void)madvise(r, sizeof(*r), MADV_DONTNEED);
}

/* Between two records both ways (ssl_engine.c, make_ready_in() and _out()):
 * nothing received of the next record, no bytes waiting to be sealed. */
static bool
engine_is_idle(const br_ssl_engine_context *e)
{
	return br_ssl_engine_current_state(e) ==
	    (BR_SSL_SENDAPP | BR_SSL_RECVREC) &&
	    e->ixa == 0 && e->oxa == e->oxc;
}

static void
rest(struct tls_session *t)
{
	if (t->wire_from == t->wire_to && engine_is_idle(&t->engine.eng))
		take_records_back(t);
}

/* --- the pump ------------------------------------------------------------------ */

static void
deliver(struct conn *c, enum conn_event ev, bool from_loop)
{
	struct tls_session *t = c->layer_state;

	t->mode = TLS_IDLE;
	if (from_loop)
		conn_emit(c, ev);
	else
		conn_emit_later(c, ev);
}

/* Bytes of the wire into the engine; false: it takes none or there are none. */
static bool
feed(struct tls_session *t)
{
	size_t room, have = (size_t)(t->wire_to - t->wire_from);
	uint8_t *to = br_ssl_engine_recvrec_buf(&t->engine.eng, &room);

	if (to == NULL || have == 0)
		return false;
	if (room > have)
		room = have;
	memcpy(to, t->records->wire + t->wire_from, room);
	t->wire_from = (unsigned short)(t->wire_from + room);
	br_ssl_engine_recvrec_ack(&t->engine.eng, room);
	return true;
}

static bool
has_unsent(const struct tls_session *t)
{
	return t->unsent[0].len + t->unsent[1].len > 0;
}

/* The owner's next bytes into a record; false: there are none. */
static bool
seal(struct tls_session *t)
{
	br_ssl_engine_context *e = &t->engine.eng;
	struct span *from;
	size_t room, len;
	uint8_t *to;
	int i;

	if (t->mode != TLS_WRITING || !has_unsent(t))
		return false;
	for (i = 0; i < 2; i++) {
		from = &t->unsent[i];
		to = br_ssl_engine_sendapp_buf(e, &room);
		len = from->len < room ? from->len : room;
		if (to == NULL || len == 0)
			continue;
		memcpy(to, from->ptr, len);
		*from = span_slice(*from, len, from->len);
		/* A full record seals itself; then there is no room left. */
		br_ssl_engine_sendapp_ack(e, len);
	}
	br_ssl_engine_flush(e, 0);
	return br_ssl_engine_sendrec_buf(e, &room) != NULL;
}

/* A sealed record onto the wire.  False: the kernel has it all.  True: wait
 * for sent(). */
static bool
send_record(struct conn *c, struct span record)
{
	struct tls_session *t = c->layer_state;
	bool more = t->mode == TLS_WRITING && has_unsent(t);
	size_t n = conn_wire_try_write(c, record, more);

	if (n > 0)
		br_ssl_engine_sendrec_ack(&t->engine.eng, n);
	t->in_flight = record.len - n;
	if (t->in_flight == 0)
		return false;
	conn_wire_write(c, span_slice(record, n, t->in_flight));
	return true;
}

static void
finish_engine(struct conn *c, bool from_loop)
{
	struct tls_session *t = c->layer_state;
	int error = br_ssl_engine_last_error(&t->engine.eng);

	if (t->mode == TLS_SHUTTING && error == BR_ERR_OK) {
		t->mode = TLS_IDLE;
		conn_wire_shut(c);
	} else if (t->mode == TLS_READING && error == BR_ERR_OK) {
		deliver(c, CONN_EOF, from_loop);
	} else {
		deliver(c, CONN_FAILED, from_loop);
	}
}

/* A short record may follow a long one in the same buffer. */
static void
note_plaintext(struct tls_session *t, const uint8_t *end)
{
	size_t used = (size_t)(end - t->records->in);

	if (used > t->in_used)
		t->in_used = (unsigned short)used;
}

/* Everything that could move has moved: what is the owner waiting for? */
static void
settle(struct conn *c, bool from_loop)
{
	struct tls_session *t = c->layer_state;
	size_t len;
	uint8_t *plain;

	if (t->mode == TLS_WRITING) {
		/* All records are with the kernel, or none will ever be. */
		rest(t);
		deliver(c, has_unsent(t) ? CONN_FAILED : CONN_WRITTEN,
		    from_loop);
	} else if (t->mode == TLS_SHUTTING) {
		t->mode = TLS_IDLE;
		conn_wire_shut(c);
	} else if (t->mode == TLS_READING) {
		plain = br_ssl_engine_recvapp_buf(&t->engine.eng, &len);
		if (plain != NULL) {
			c->bytes = (struct span){ plain, len };
			note_plaintext(t, plain + len);
			deliver(c, CONN_BYTES, from_loop);
		} else if (t->is_ended) {
			deliver(c, CONN_EOF, from_loop);
		} else {
			rest(t);
			conn_wire_read(c);
		}
	}
}

static void
advance(struct conn *c, bool from_loop)
{
	struct tls_session *t = c->layer_state;
	br_ssl_engine_context *e = &t->engine.eng;
	struct span record;
	size_t len;

	for (;;) {
		record.ptr = br_ssl_engine_sendrec_buf(e, &len);
		record.len = len;
		if (record.ptr != NULL) {
			if (send_record(c, record))
				return;
		} else if (br_ssl_engine_current_state(e) == BR_SSL_CLOSED) {
			finish_engine(c, from_loop);
			return;
		} else if (!seal(t) && (t->mode != TLS_READING || !feed(t))) {
			settle(c, from_loop);
			return;
		}
	}
}

/* --- conn.c calls these ----------------------------------------------------- */

static void
layer_read(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	if (c->bytes.len > 0)
		br_ssl_engine_recvapp_ack(&t->engine.eng, c->bytes.len);
	c->bytes = (struct span){ 0 };
	t->mode = TLS_READING;
	advance(c, false);
}

static void
layer_write(struct conn *c, struct span first, struct span second)
{
	struct tls_session *t = c->layer_state;

	lend_records(t);
	t->unsent[0] = first;
	t->unsent[1] = second;
	t->mode = TLS_WRITING;
	advance(c, false);
}

static void
layer_shut(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	lend_records(t);
	t->mode = TLS_SHUTTING;
	br_ssl_engine_close(&t->engine.eng);
	advance(c, false);
}

static struct buf
layer_room(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	lend_records(t);
	if (t->wire_from == t->wire_to)
		t->wire_from = t->wire_to = 0;
	return (struct buf){ t->records->wire, t->wire_to, WIRE_BYTES };
}

static void
layer_received(struct conn *c, size_t len)
{
	struct tls_session *t = c->layer_state;

	t->wire_to = (unsigned short)(t->wire_to + len);
	advance(c, true);
}

static void
layer_ended(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	t->is_ended = true;
	deliver(c, CONN_EOF, true);
}

static void
layer_sent(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	br_ssl_engine_sendrec_ack(&t->engine.eng, t->in_flight);
	t->in_flight = 0;
	advance(c, true);
}

/* close_notify if it can go at once: the peer is not worth waiting for. */
static void
say_goodbye(struct conn *c, struct tls_session *t)
{
	struct span record;
	size_t len;

	if (t->in_flight > 0 || t->engine.eng.application_data != 1)
		return;
	lend_records(t);
	br_ssl_engine_close(&t->engine.eng);
	record.ptr = br_ssl_engine_sendrec_buf(&t->engine.eng, &len);
	record.len = len;
	if (record.ptr != NULL)
		(void)conn_wire_try_write(c, record, false);
}

static void
layer_closed(struct conn *c)
{
	struct tls_session *t = c->layer_state;
	struct tls_server *s = t->server;

	say_goodbye(c, t);
	take_records_back(t);
	wipe(t, sizeof(*t));
	t->next_free = s->free_sessions;
	s->free_sessions = t;
	c->layer_state = NULL;
	c->layer = NULL;
}

static const char *
layer_error(const struct conn *c)
{
	const struct tls_session *t = c->layer_state;

	return tls_error_text(br_ssl_engine_last_error(&t->engine.eng));
}

static const struct conn_layer tls_layer = {
	.read = layer_read,
	.write = layer_write,
	.shut = layer_shut,
	.room = layer_room,
	.received = layer_received,
	.ended = layer_ended,
	.sent = layer_sent,
	.closed = layer_closed,
	.error = layer_error,
};

/* --- sessions and the server -------------------------------------------------- */

/* The policy points into its own context, so it cannot come from a copy. */
static void
set_identity(br_ssl_server_context *cc, const struct tls_identity *id)
{
	if (id->key_type == BR_KEYTYPE_EC)
		br_ssl_server_set_single_ec(cc, id->chain, id->n_chain,
		    br_skey_decoder_get_ec(&id->key), BR_KEYTYPE_SIGN,
		    (unsigned)id->issuer_key_type,
		    br_ssl_engine_get_ec(&cc->eng), br_ecdsa_i31_sign_asn1);
	else
		br_ssl_server_set_single_rsa(cc, id->chain, id->n_chain,
		    br_skey_decoder_get_rsa(&id->key), BR_KEYTYPE_SIGN,
		    br_rsa_private_get_default(),
		    br_rsa_pkcs1_sign_get_default());
}

static struct tls_session *
pick_session(struct tls_server *s)
{
	struct tls_session *t = s->free_sessions;

	if (t != NULL)
		s->free_sessions = t->next_free;
	else if (s->n_sessions < s->sessions_max)
		t = &s->sessions[s->n_sessions++];
	return t;
}

/* See tls.h. */
enum status
tls_wrap(struct conn *c, struct tls_server *server)
{
	struct tls_session *t = pick_session(server);
	br_ssl_engine_context *e;
	struct secret_32 seed;

	if (t == NULL)
		return ST_BUSY;
	t->engine = server->template;
	t->server = server;
	lend_records(t);
	e = &t->engine.eng;
	set_identity(&t->engine, server->identity);
	br_ssl_engine_set_buffers_bidi(e, t->records->in,
	    sizeof(t->records->in), t->records->out, sizeof(t->records->out));
	random_bytes(&seed, sizeof(seed));
	br_ssl_engine_inject_entropy(e, &seed, sizeof(seed));
	wipe(&seed, sizeof(seed));
	e->rng_os_rand_done = 1;	/* the kernel just seeded it, above */
	(void)br_ssl_server_reset(&t->engine);
	/* A client that says nothing holds no buffers. */
	take_records_back(t);
	c->layer = &tls_layer;
	c->layer_state = t;
	return ST_OK;
}

/* See tls.h. */
const char *
tls_suite_name(const struct conn *c)
{
	const struct tls_session *t = c->layer_state;

	if (c->layer != &tls_layer || t->engine.eng.application_data == 0)
		return "none";
	return tls_suite_text(t->engine.eng.session.cipher_suite);
}

/* See tls.h. */
void
tls_server_forget(struct tls_server *server)
{
	wipe(server->cache_store, server->cache_bytes);
	br_ssl_session_cache_lru_init(&server->cache, server->cache_store,
	    server->cache_bytes);
}

static void *
reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

/* See tls.h. */
enum status
tls_server_new(const struct tls_identity *identity,
    const struct tls_server_options *options, struct tls_server **server)
{
	struct tls_server *s = calloc(1, sizeof(*s));
	size_t n = options->sessions_max;

	if (s == NULL)
		return ST_NO_SPACE;
	s->identity = identity;
	s->sessions_max = options->sessions_max;
	s->cache_bytes = (size_t)options->cached_max * CACHE_ENTRY_BYTES;
	s->cache_store = reserve(s->cache_bytes);
	s->sessions = reserve(n * sizeof(*s->sessions));
	s->records = reserve(n * sizeof(*s->records));
	s->cold = reserve(n * sizeof(*s->cold));
	if (s->cache_store == NULL || s->sessions == NULL ||
	    s->records == NULL || s->cold == NULL) {
		tls_server_free(s);
		return ST_NO_SPACE;
	}
	br_ssl_session_cache_lru_init(&s->cache, s->cache_store,
	    s->cache_bytes);
	tls_suites_set(&s->template, identity->key_type);
	br_ssl_server_set_cache(&s->template, &s->cache.vtable);
	*server = s;
	return ST_OK;
}

static void
give_back(void *p, size_t size)
{
	if (p == NULL)
		return;
	wipe(p, size);
	munmap(p, size);
}

/* See tls.h. */
void
tls_server_free(struct tls_server *s)
{
	size_t n = s->sessions_max;

	give_back(s->cache_store, s->cache_bytes);
	give_back(s->sessions, n * sizeof(*s->sessions));
	if (s->records != NULL)
		munmap(s->records, n * sizeof(*s->records));
	give_back(s->cold, n * sizeof(*s->cold));
	wipe(s, sizeof(*s));
	free(s);
}
