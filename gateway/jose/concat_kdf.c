#include "jose/concat_kdf.h"

#include "crypto/digest.h"

static void
add_number(struct sha256 *h, uint32_t n)
{
	uint8_t bytes[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
		(uint8_t)(n >> 8), (uint8_t)n };

	sha256_add(h, (struct span){ bytes, sizeof(bytes) });
}

/* "Datalen || Data" of section 4.6.2: four bytes of length, not eight as in
 * sha256_add_field(). */
static void
add_counted(struct sha256 *h, struct span bytes)
{
	add_number(h, (uint32_t)bytes.len);
	sha256_add(h, bytes);
}

/* One round of the hash is the whole key (NIST SP 800-56A section 5.8.1).
 * See concat_kdf.h. */
void
concat_kdf(const struct secret_32 *shared, const char *algorithm,
    struct parties parties, uint32_t bits, struct secret_32 *key)
{
	struct sha256 h;

	sha256_start(&h);
	add_number(&h, 1);
	sha256_add(&h, (struct span){ shared->byte, sizeof(shared->byte) });
	add_counted(&h, span_of(algorithm));
	add_counted(&h, parties.apu);
	add_counted(&h, parties.apv);
	add_number(&h, bits);
	sha256_finish(&h, key->byte);
}
