/* A stand-in for SHA-256 where only "the same bytes, the same digest" is
 * needed: 64 bits of FNV-1a, four times. */
#include "crypto/digest.h"

static uint64_t state;

void
sha256_start(struct sha256 *h)
{
	(void)h;
	state = 0xcbf29ce484222325u;
}

void
sha256_add(struct sha256 *h, struct span bytes)
{
	(void)h;
	for (size_t i = 0; i < bytes.len; i++)
		state = (state ^ bytes.ptr[i]) * 0x100000001b3u;
}

void
sha256_add_field(struct sha256 *h, struct span bytes)
{
	uint8_t length[8];

	for (unsigned i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)((uint64_t)bytes.len >> (56 - 8 * i));
	sha256_add(h, (struct span){ length, sizeof(length) });
	sha256_add(h, bytes);
}

void
sha256_finish(struct sha256 *h, uint8_t out[static 32])
{
	(void)h;
	for (unsigned i = 0; i < 32; i++)
		out[i] = (uint8_t)(state >> (i % 8 * 8));
}

void
sha256(struct span bytes, uint8_t out[static 32])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, bytes);
	sha256_finish(&h, out);
}

void
sha1(struct span bytes, uint8_t out[static 20])
{
	uint8_t whole[32];

	sha256(bytes, whole);
	memcpy(out, whole, 20);
}
