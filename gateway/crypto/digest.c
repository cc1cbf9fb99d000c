#include "crypto/digest.h"

#include "base/wipe.h"
#include "crypto/sha_blocks.h"

enum { SHA256_LEN = 32 };

/* See digest.h. */
void
sha256_start(struct sha256 *h)
{
	br_sha256_init(&h->context);
}

/*
 * BearSSL's context holds what does not fill a block, and pads at the end;
 * whole blocks in between go to the faster code.
 */
static void
update(br_sha256_context *c, struct span bytes)
{
	size_t open = (size_t)(c->count % SHA_BLOCK_BYTES);
	size_t first = open == 0 ? 0 : SHA_BLOCK_BYTES - open;
	size_t blocks;

	if (first > bytes.len)
		first = bytes.len;
	br_sha256_update(c, bytes.ptr, first);
	bytes = span_slice(bytes, first, bytes.len);
	blocks = bytes.len / SHA_BLOCK_BYTES;
	if (blocks > 0) {
		sha256_blocks(c->val, bytes.ptr, blocks);
		c->count += blocks * SHA_BLOCK_BYTES;
		bytes = span_slice(bytes, blocks * SHA_BLOCK_BYTES,
		    bytes.len);
	}
	br_sha256_update(c, bytes.ptr, bytes.len);
}

/* See digest.h. */
void
sha256_add(struct sha256 *h, struct span bytes)
{
	update(&h->context, bytes);
}

/* See digest.h. */
void
sha256_add_field(struct sha256 *h, struct span bytes)
{
	uint8_t len[8];

	for (size_t i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)bytes.len >> (56 - 8 * i));
	br_sha256_update(&h->context, len, sizeof(len));
	update(&h->context, bytes);
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

/* In one piece, so that only the end goes through BearSSL.  See digest.h. */
void
sha1(struct span bytes, uint8_t out[static 20])
{
	size_t blocks = bytes.len / SHA_BLOCK_BYTES;
	size_t whole = blocks * SHA_BLOCK_BYTES;
	struct span rest = span_slice(bytes, whole, bytes.len);
	br_sha1_context context;

	br_sha1_init(&context);
	if (blocks > 0)
		sha1_blocks(context.val, bytes.ptr, blocks);
	context.count = whole;
	br_sha1_update(&context, rest.ptr, rest.len);
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
	uint8_t block[SHA_BLOCK_BYTES] = { 0 };

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
	update(&h, bytes);
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

static void
store_words(const uint32_t *words, uint8_t *out)
{
	for (size_t i = 0; i < 32; i++)
		out[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
}

/*
 * One round: u = HMAC(u).  After the padded key, inner and outer hash each
 * take 32 bytes, so that both fill the same one block: u, the end mark, and
 * the length of 96 bytes in bits (FIPS 180-4 section 5.1.1).
 */
static void
next_round(const struct keyed *k, uint8_t block[static SHA_BLOCK_BYTES])
{
	uint32_t words[8];

	memcpy(words, k->inner.val, sizeof(words));
	sha256_blocks(words, block, 1);
	store_words(words, block);
	memcpy(words, k->outer.val, sizeof(words));
	sha256_blocks(words, block, 1);
	store_words(words, block);
	wipe(words, sizeof(words));
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
	uint8_t block[SHA_BLOCK_BYTES] = { [32] = 0x80, [62] = 3 };
	struct keyed k;
	br_sha256_context h;

	key_start(&k, password);
	h = k.inner;
	update(&h, salt);
	update(&h, (struct span){ block_one, sizeof(block_one) });
	key_finish(&k, &h, block);
	memcpy(out->byte, block, sizeof(out->byte));
	for (uint32_t round = 1; round < rounds; round++) {
		next_round(&k, block);
		for (size_t i = 0; i < sizeof(out->byte); i++)
			out->byte[i] ^= block[i];
	}
	wipe(&k, sizeof(k));
	wipe(&h, sizeof(h));
	wipe(block, sizeof(block));
}
