#include "conn_fake.h"

#include <stdlib.h>

struct conn_fake conn_fake;

void
conn_read(struct conn *c)
{
	(void)c;
	conn_fake.reads++;
}

void
conn_write(struct conn *c, struct span bytes)
{
	size_t room = CONN_FAKE_KEPT - conn_fake.n_kept;
	size_t len = bytes.len < room ? bytes.len : room;

	(void)c;
	conn_fake.writes++;
	conn_fake.written = bytes;
	if (len > 0)
		memcpy(conn_fake.kept + conn_fake.n_kept, bytes.ptr, len);
	conn_fake.n_kept += len;
}

void
conn_write_two(struct conn *c, struct span first, struct span second)
{
	conn_write(c, first);
	if (second.len == 0)
		return;
	conn_write(c, second);
	conn_fake.writes--;	/* one call */
}

void
conn_shut(struct conn *c)
{
	(void)c;
	conn_fake.shuts++;
}

void
conn_close(struct conn *c)
{
	(void)c;
	conn_fake.closes++;
}

struct span
conn_bytes(const struct conn *c)
{
	return c->bytes;
}

void
conn_peer(const struct conn *c, uint8_t address[static 16])
{
	(void)c;
	memcpy(address, conn_fake.peer, sizeof(conn_fake.peer));
}

const char *
conn_error(const struct conn *c)
{
	(void)c;
	return "fake";
}

/* See conn_fake.h. */
void
conn_fake_reset(void)
{
	memset(&conn_fake, 0, sizeof(conn_fake));
}

/* See conn_fake.h. */
void
conn_fake_emit(struct conn *c, enum conn_event ev)
{
	c->on_event(c->owner, ev);
}

/* See conn_fake.h. */
void
conn_fake_span(struct conn *c, struct span bytes)
{
	if (c->storage != NULL) {
		if (bytes.len > c->storage_bytes)
			abort();	/* the test itself is wrong */
		memcpy(c->storage, bytes.ptr, bytes.len);
		bytes.ptr = c->storage;
	}
	c->bytes = bytes;
	conn_fake_emit(c, CONN_BYTES);
}

/* See conn_fake.h. */
void
conn_fake_bytes(struct conn *c, const char *bytes)
{
	conn_fake_span(c, span_of(bytes));
}
