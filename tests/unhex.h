/* unhex.h -- published test vectors are hexadecimal; tests want bytes. */
#ifndef TESTS_UNHEX_H
#define TESTS_UNHEX_H

#include <stdlib.h>

#include "base/hex.h"

/* The bytes of `hex` in `store` of `max` bytes; aborts on a bad vector. */
static inline struct span
unhex(const char *hex, uint8_t *store, size_t max)
{
	struct buf b = buf_over(store, max);

	if (hex_decode(span_of(hex), &b) != ST_OK)
		abort();
	return buf_span(&b);
}

/* True if `bytes` are what `hex` says. */
static inline bool
is_hex(struct span bytes, const char *hex)
{
	uint8_t store[1024];

	return span_equal(bytes, unhex(hex, store, sizeof(store)));
}

#endif
