#include "crypto/digest.h"

#include "base/wipe.h"

enum { SHA256_BLOCK = 64, SHA256_LEN = 32 };

/* See digest.h. */
void
sha256_start(struct sha256 *h)
{
	br_sha256_init(&h->context);
}

/* See digest.h. */
void
sha256_add(struct sha256 *h, struct span bytes)
{
	br_sha256_update(&h->context, bytes.ptr, bytes.len);
}

/* See digest.h. */
void
sha256_add_field(struct sha256 *h, struct span bytes)
{
	uint8_t len[8];

	for (size_t i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)bytes.len >> (56 - 8 * i));
	br_sha256_update(&h->context, len, sizeof(len));
	br_sha256_update(&h->context, bytes.ptr, bytes.len);
}

/* See digest.h. */
void
sha256_finish(struct sha256 *h, uint8_t out[static 32])
{
	br_sha256_out(&h->context, out);
	wipe(h, sizeof(*h));
}

/* See digest.h. */
void
sha256(struct span bytes, uint8_t out[static 32])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, bytes);
	sha256_finish(&h, out);
}

/* See digest.h. */
void
sha1(struct span bytes, uint8_t out[static 20])
{
	br_sha1_context context;

	br_sha1_init(&context);
	br_sha1_update(&context, bytes.ptr, bytes.len);
	br_sha1_out(&context, out);
	wipe(&context, sizeof(context));
}

/*
 * HMAC as the two SHA-256 states after the padded key (RFC 2104 section 4):
 * what PBKDF2 starts from 1.2 million times.
 */
struct keyed {
	br_sha256_context inner, outer;
};

static void
key_start(struct keyed *k, struct span key)
{
	uint8_t block[SHA256_BLOCK] = { 0 };

	if (key.len > sizeof(block))
		sha256(key, block);
	else if (key.len > 0)
		memcpy(block, key.ptr, key.len);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36;
	br_sha256_init(&k->inner);
	br_sha256_update(&k->inner, block, sizeof(block));
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36 ^ 0x5c;
	br_sha256_init(&k->outer);
	br_sha256_update(&k->outer, block, sizeof(block));
	wipe(block, sizeof(block));
}

/* `h` has taken the inner state and the message. */
static void
key_finish(const struct keyed *k, br_sha256_context *h, uint8_t *out)
{
	uint8_t digest[SHA256_LEN];

	br_sha256_out(h, digest);
	*h = k->outer;
	br_sha256_update(h, digest, sizeof(digest));
	br_sha256_out(h, out);
	wipe(digest, sizeof(digest));
}

/* See digest.h. */
void
hmac_sha256(struct span key, struct span bytes, uint8_t out[static 32])
{
	struct keyed k;
	br_sha256_context h;

	key_start(&k, key);
	h = k.inner;
	br_sha256_update(&h, bytes.ptr, bytes.len);
	key_finish(&k, &h, out);
	wipe(&k, sizeof(k));
	wipe(&h, sizeof(h));
}

/* See digest.h. */
void
hkdf_sha256(struct span ikm, struct span salt, struct span info,
    uint8_t *out, size_t len)
{
	br_hkdf_context context;

	br_hkdf_init(&context, &br_sha256_vtable, salt.ptr, salt.len);
	br_hkdf_inject(&context, ikm.ptr, ikm.len);
	br_hkdf_flip(&context);
	br_hkdf_produce(&context, info.ptr, info.len, out, len);
	wipe(&context, sizeof(context));
}

/*
 * RFC 8018 section 5.2 for one block of output: SHA-256 gives 32 bytes and
 * nobody here needs more.  See digest.h.
 */
void
pbkdf2_sha256(struct span password, struct span salt, uint32_t rounds,
    struct secret_32 *out)
{
	static const uint8_t block_one[4] = { 0, 0, 0, 1 };
	struct keyed k;
	br_sha256_context h;
	struct secret_32 u;

	key_start(&k, password);
	h = k.inner;
	br_sha256_update(&h, salt.ptr, salt.len);
	br_sha256_update(&h, block_one, sizeof(block_one));
	key_finish(&k, &h, u.byte);
	*out = u;
	for (uint32_t round = 1; round < rounds; round++) {
		h = k.inner;
		br_sha256_update(&h, u.byte, sizeof(u.byte));
		key_finish(&k, &h, u.byte);
		for (size_t i = 0; i < sizeof(u.byte); i++)
			out->byte[i] ^= u.byte[i];
	}
	wipe(&k, sizeof(k));
	wipe(&h, sizeof(h));
	wipe(&u, sizeof(u));
}
