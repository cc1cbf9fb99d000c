/*
 * md5.h -- MD5 (RFC 1321), on BearSSL.
 *
 * Only what object stores call an ETag: it finds bytes that were garbled on
 * the way.  Nothing trusts it.
 */
#ifndef CRYPTO_MD5_H
#define CRYPTO_MD5_H

#include <bearssl.h>

#include "base/span.h"

struct md5 {
	br_md5_context context;
};

void md5_start(struct md5 *h);
void md5_add(struct md5 *h, struct span bytes);
void md5_finish(struct md5 *h, uint8_t out[static 16]);

#endif
