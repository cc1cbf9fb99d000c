/*
 * An open session costs its engine (4.1 kB) and nothing more while it is
 * idle: the 37 kB of record buffers are lent by a pool as long as a record is
 * in flight.  BearSSL keeps positions within its buffers, not pointers into
 * them, so that an engine between two records does not notice that its
 * buffers were others before.
 */
#include "net/tls_session.h"

#include <sys/mman.h>

#include "base/wipe.h"

/* There are as many as sessions, so that there always is one. */
static unsigned
pick(struct tls_server *s)
{
	if (s->n_warm > 0)
		return s->warm[--s->n_warm];
	if (s->n_cold > 0)
		return s->cold[--s->n_cold];
	return s->n_records++;
}

/* See tls_session.h. */
void
tls_records_lend(struct tls_session *t)
{
	if (t->records != NULL)
		return;
	t->records = &t->server->records[pick(t->server)];
	t->engine.eng.ibuf = t->records->in;
	t->engine.eng.obuf = t->records->out;
	t->wire_from = t->wire_to = t->in_used = 0;
}

/* See tls_session.h. */
void
tls_records_take_back(struct tls_session *t)
{
	struct tls_server *s = t->server;
	struct tls_records *r = t->records;
	unsigned i;

	if (r == NULL)
		return;
	wipe(r->in, t->in_used);	/* the rest is ciphertext: not secret */
	t->records = NULL;
	i = (unsigned)(r - s->records);
	if (s->n_warm < TLS_WARM_RECORDS) {
		s->warm[s->n_warm++] = i;
		return;
	}
	s->cold[s->n_cold++] = i;
	(void)madvise(r, sizeof(*r), MADV_DONTNEED);
}
