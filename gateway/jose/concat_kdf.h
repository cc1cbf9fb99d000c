/* concat_kdf.h -- from an ECDH result to a key (RFC 7518 section 4.6.2). */
#ifndef JOSE_CONCAT_KDF_H
#define JOSE_CONCAT_KDF_H

#include "base/secret.h"
#include "base/span.h"

/* The two parties as their header parameters name them, decoded. */
struct parties {
	struct span apu, apv;
};

/*
 * `algorithm` is what the key is for: the value of `enc`.  `bits` is at most
 * 256 and stands in the hash; 32 bytes are written whatever it is, of which
 * the first bits / 8 are the key.
 */
void concat_kdf(const struct secret_32 *shared, const char *algorithm,
    struct parties parties, uint32_t bits, struct secret_32 *key);

#endif
