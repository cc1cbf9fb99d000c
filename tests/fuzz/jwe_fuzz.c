/* jwe_fuzz.c -- whatever pickup or a peer hands us as a JWE, before any key
 * is touched. */
#include "jose/compact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Aborts if `part` does not lie inside the input. */
static void
must_lie_in(struct span part, const uint8_t *data, size_t len)
{
	if (part.ptr < data || part.len > len ||
	    (size_t)(part.ptr - data) > len - part.len)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct jwe_parts p;

	if (jwe_parts_read((struct span){ data, len }, &p) != ST_OK)
		return 0;
	must_lie_in(p.aad, data, len);
	must_lie_in(p.ciphertext, data, len);
	if (p.alg == JWE_ECDH_ES && (p.epk[0] != 4 ||
	    p.apu_len > COMPACT_PARTY_MAX || p.apv_len > COMPACT_PARTY_MAX))
		__builtin_trap();
	return 0;
}
