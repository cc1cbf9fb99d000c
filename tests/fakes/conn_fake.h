/* conn_fake.h -- stands in for net/conn.c: records calls, sends nothing. */
#ifndef FAKES_CONN_FAKE_H
#define FAKES_CONN_FAKE_H

#include "net/conn.h"

enum { CONN_FAKE_KEPT = 1 << 20 };

extern struct conn_fake {
	int reads, writes, shuts, closes;
	struct span written;	/* the last conn_write(), still borrowed */
	/* All that was ever written, copied; cut at CONN_FAKE_KEPT. */
	uint8_t kept[CONN_FAKE_KEPT];
	size_t  n_kept;
	uint8_t peer[16];	/* what conn_peer() answers */
} conn_fake;

/* Forgets everything recorded. */
void conn_fake_reset(void);

/* Delivers `ev` as the loop would. */
void conn_fake_emit(struct conn *c, enum conn_event ev);

/* Delivers BYTES; copied to c->storage where there is one, else borrowed. */
void conn_fake_span(struct conn *c, struct span bytes);
void conn_fake_bytes(struct conn *c, const char *bytes);

#endif
