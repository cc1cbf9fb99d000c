/*
 * der.h -- writes DER (X.690), back to front: what is inside stands there
 * before its length is needed.
 *
 * A value is put in front of all that was written; der_wrap() puts tag and
 * length in front of everything written since a mark.  Once it does not fit,
 * nothing is written any more, and der_span() is empty.  Pure.
 */
#ifndef IDENTITY_DER_H
#define IDENTITY_DER_H

#include "base/span.h"

enum {
	DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_OCTET_STRING = 0x04,
	DER_OID = 0x06, DER_UTF8_STRING = 0x0c, DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18, DER_SEQUENCE = 0x30, DER_SET = 0x31,
	DER_CONTEXT = 0x80, DER_CONTEXT_CONSTRUCTED = 0xa0
};

struct der {
	uint8_t *start;		/* the caller's storage */
	size_t   size, at;	/* written: [at, size) */
	bool     is_full;
};

struct der der_over(void *storage, size_t size);

/* What was written so far, from its end: for der_wrap(). */
size_t der_mark(const struct der *d);

void der_put(struct der *d, struct span bytes);
void der_wrap(struct der *d, uint8_t tag, size_t mark);

/* Tag, length and these bytes. */
void der_value(struct der *d, uint8_t tag, struct span bytes);
/* A BIT STRING without unused bits. */
void der_bits(struct der *d, struct span bytes);
/* A positive INTEGER of these big-endian bytes (X.690 section 8.3). */
void der_unsigned(struct der *d, struct span bytes);

/* All of it; empty where it did not fit. */
struct span der_span(const struct der *d);

#endif
