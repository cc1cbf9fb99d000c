/*
 * An open session costs its engine (4.1 kB) and nothing more while it is
 * idle: the 37 kB of record buffers are lent by a pool as long as a record is
 * in flight.  BearSSL keeps positions within its buffers, not pointers into
 * them, so that an engine between two records does not notice that its
 * buffers were others before.
 */
#include "net/tls_session.h"

#include <sys/mman.h>

#include "base/secret.h"
#include "base/wipe.h"
#include "crypto/random.h"

/* See tls_session.h. */
void *
tls_reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

/* See tls_session.h. */
void
tls_give_back(void *p, size_t size)
{
	if (p == NULL)
		return;
	wipe(p, size);
	munmap(p, size);
}

/* See tls_session.h. */
enum status
tls_pool_open(struct tls_pool *p, unsigned sessions_max)
{
	size_t n = sessions_max;

	p->sessions_max = sessions_max;
	p->sessions = tls_reserve(n * sizeof(*p->sessions));
	p->records = tls_reserve(n * sizeof(*p->records));
	p->cold = tls_reserve(n * sizeof(*p->cold));
	return p->sessions != NULL && p->records != NULL && p->cold != NULL
	    ? ST_OK : ST_NO_SPACE;
}

/* See tls_session.h. */
void
tls_pool_close(struct tls_pool *p)
{
	size_t n = p->sessions_max;

	tls_give_back(p->sessions, n * sizeof(*p->sessions));
	if (p->records != NULL)
		munmap(p->records, n * sizeof(*p->records));
	tls_give_back(p->cold, n * sizeof(*p->cold));
}

/* See tls_session.h. */
struct tls_session *
tls_session_take(struct tls_pool *p)
{
	struct tls_session *t = p->free_sessions;

	if (t != NULL)
		p->free_sessions = t->next_free;
	else if (p->n_sessions < p->sessions_max)
		t = &p->sessions[p->n_sessions++];
	return t;
}

/* See tls_session.h. */
void
tls_session_give_back(struct tls_session *t)
{
	struct tls_pool *p = t->pool;

	tls_records_take_back(t);
	wipe(t, sizeof(*t));
	t->next_free = p->free_sessions;
	p->free_sessions = t;
}

/* See tls_session.h. */
void
tls_session_begin(struct tls_session *t)
{
	br_ssl_engine_context *e = &t->engine.eng;
	struct secret_32 seed;

	tls_records_lend(t);
	br_ssl_engine_set_buffers_bidi(e, t->records->in,
	    sizeof(t->records->in), t->records->out, sizeof(t->records->out));
	random_bytes(&seed, sizeof(seed));
	br_ssl_engine_inject_entropy(e, &seed, sizeof(seed));
	wipe(&seed, sizeof(seed));
	e->rng_os_rand_done = 1;	/* the kernel just seeded it, above */
}

/* There are as many as sessions, so that there always is one. */
static unsigned
pick(struct tls_pool *p)
{
	if (p->n_warm > 0)
		return p->warm[--p->n_warm];
	if (p->n_cold > 0)
		return p->cold[--p->n_cold];
	return p->n_records++;
}

/* See tls_session.h. */
void
tls_records_lend(struct tls_session *t)
{
	if (t->records != NULL)
		return;
	t->records = &t->pool->records[pick(t->pool)];
	t->engine.eng.ibuf = t->records->in;
	t->engine.eng.obuf = t->records->out;
	t->wire_from = t->wire_to = t->in_used = 0;
}

/* See tls_session.h. */
void
tls_records_take_back(struct tls_session *t)
{
	struct tls_pool *p = t->pool;
	struct tls_records *r = t->records;
	unsigned i;

	if (r == NULL)
		return;
	wipe(r->in, t->in_used);	/* the rest is ciphertext: not secret */
	t->records = NULL;
	i = (unsigned)(r - p->records);
	if (p->n_warm < TLS_WARM_RECORDS) {
		p->warm[p->n_warm++] = i;
		return;
	}
	p->cold[p->n_cold++] = i;
	(void)madvise(r, sizeof(*r), MADV_DONTNEED);
}
