#include "crypto/aead.h"

#include <bearssl.h>

#include "base/wipe.h"
#include "crypto/random.h"

/*
 * BearSSL runs over its input twice, once for AES and once for the tag; in
 * pieces of this size the second pass finds it in the first-level cache.
 */
enum { PIECE_BYTES = 16384 };

struct gcm {
	br_aes_gen_ctr_keys keys;
	br_gcm_context      context;
};

static const br_block_ctr_class *aes;
static br_ghash ghash;

/* Asked once: what BearSSL finds is the machine's, not the call's. */
static void
pick_implementation(void)
{
	const br_block_ctr_class *fast_aes = br_aes_x86ni_ctr_get_vtable();
	br_ghash fast_ghash = br_ghash_pclmul_get();

	ghash = fast_ghash != NULL ? fast_ghash : br_ghash_ctmul64;
	aes = fast_aes != NULL ? fast_aes : &br_aes_ct64_ctr_vtable;
}

static void
gcm_start(struct gcm *g, const struct secret_32 *key, const uint8_t *iv,
    struct span aad)
{
	if (aes == NULL)
		pick_implementation();
	aes->init(&g->keys.vtable, key->byte, sizeof(key->byte));
	br_gcm_init(&g->context, &g->keys.vtable, ghash);
	br_gcm_reset(&g->context, iv, AEAD_IV_BYTES);
	br_gcm_aad_inject(&g->context, aad.ptr, aad.len);
	br_gcm_flip(&g->context);
}

static void
gcm_run(struct gcm *g, int encrypt, uint8_t *data, size_t len)
{
	while (len > 0) {
		size_t piece = len < PIECE_BYTES ? len : PIECE_BYTES;

		br_gcm_run(&g->context, encrypt, data, piece);
		data += piece;
		len -= piece;
	}
}

/* See aead.h. */
void
aead_seal(const struct secret_32 *key, const uint8_t iv[static 12],
    struct span aad, uint8_t *data, size_t len, uint8_t tag[static 16])
{
	struct gcm g;

	gcm_start(&g, key, iv, aad);
	gcm_run(&g, 1, data, len);
	br_gcm_get_tag(&g.context, tag);
	wipe(&g, sizeof(g));
}

/* See aead.h. */
enum status
aead_open(const struct secret_32 *key, const uint8_t iv[static 12],
    struct span aad, uint8_t *data, size_t len, const uint8_t tag[static 16])
{
	struct gcm g;
	uint32_t good;

	gcm_start(&g, key, iv, aad);
	gcm_run(&g, 0, data, len);
	good = br_gcm_check_tag(&g.context, tag);
	wipe(&g, sizeof(g));
	if (good)
		return ST_OK;
	wipe(data, len);
	return ST_FORGED;
}

/* See aead.h. */
enum status
aead_wrap(const struct secret_32 *key, struct span aad, struct span plain,
    struct buf *out)
{
	uint8_t *iv = out->ptr + out->len, *data = iv + AEAD_IV_BYTES;
	size_t space = out->max - out->len;

	if (space < AEAD_IV_BYTES + AEAD_TAG_BYTES ||
	    space - AEAD_IV_BYTES - AEAD_TAG_BYTES < plain.len)
		return ST_NO_SPACE;
	random_bytes(iv, AEAD_IV_BYTES);
	if (plain.len > 0)
		memcpy(data, plain.ptr, plain.len);
	aead_seal(key, iv, aad, data, plain.len, data + plain.len);
	out->len += AEAD_IV_BYTES + plain.len + AEAD_TAG_BYTES;
	return ST_OK;
}

/* See aead.h. */
enum status
aead_unwrap(const struct secret_32 *key, struct span aad, struct span wrapped,
    struct buf *out)
{
	uint8_t *to = out->ptr + out->len;
	const uint8_t *data = wrapped.ptr + AEAD_IV_BYTES;
	size_t len;

	if (wrapped.len < AEAD_IV_BYTES + AEAD_TAG_BYTES)
		return ST_MALFORMED;
	len = wrapped.len - AEAD_IV_BYTES - AEAD_TAG_BYTES;
	if (out->max - out->len < len)
		return ST_NO_SPACE;
	if (len > 0)
		memcpy(to, data, len);
	TRY(aead_open(key, wrapped.ptr, aad, to, len, data + len));
	out->len += len;
	return ST_OK;
}
