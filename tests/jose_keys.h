/* jose_keys.h -- published keys are base64url; tests want bytes. */
#ifndef TESTS_JOSE_KEYS_H
#define TESTS_JOSE_KEYS_H

#include <stdlib.h>

#include "base/base64.h"
#include "crypto/p256.h"

/* The bytes of `text` in `store` of `max` bytes; aborts on a bad vector. */
static inline struct span
unb64(const char *text, uint8_t *store, size_t max)
{
	struct buf b = buf_over(store, max);

	if (base64url_decode(span_of(text), &b) != ST_OK)
		abort();
	return buf_span(&b);
}

static inline struct secret_32
private_of(const char *d)
{
	struct secret_32 key;

	(void)unb64(d, key.byte, sizeof(key.byte));
	return key;
}

static inline struct p256_public
public_of(const char *x, const char *y)
{
	struct p256_public key = { { 4 } };

	(void)unb64(x, key.point + 1, 32);
	(void)unb64(y, key.point + 33, 32);
	return key;
}

#endif
