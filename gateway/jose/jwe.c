#include "jose/jwe.h"

#include "base/base64.h"
#include "base/json_writer.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/random.h"
#include "jose/compact.h"
#include "jose/concat_kdf.h"
#include "jose/jwk.h"

/* Base64url of a header at its limit: nothing that we write is longer. */
enum { HEADER_SYMBOLS = (COMPACT_HEADER_MAX + 2) / 3 * 4 };

/* A protected header as it goes out: base64url of its JSON. */
struct header_text {
	uint8_t    text[HEADER_SYMBOLS];	/* not secret */
	struct buf fill;			/* over `text` */
};

static enum status
encode_header(struct json_writer *w, struct header_text *h)
{
	TRY(json_finish(w));
	h->fill = buf_over(h->text, sizeof(h->text));
	return base64url_encode(buf_span(w->out), &h->fill);
}

static enum status
make_dir_header(const char *cty, struct header_text *h)
{
	uint8_t json[COMPACT_HEADER_MAX];
	struct buf b = buf_over(json, sizeof(json));
	struct json_writer w;

	json_start(&w, &b);
	json_object_begin(&w, NULL);
	json_text(&w, "alg", "dir");
	json_text(&w, "enc", "A256GCM");
	json_text(&w, "cty", cty);
	json_object_end(&w);
	return encode_header(&w, h);
}

static enum status
make_ecdh_header(const struct p256_public *ephemeral, struct span apu,
    struct span apv, struct header_text *h)
{
	uint8_t json[COMPACT_HEADER_MAX], jwk[JWK_PUBLIC_MAX];
	struct buf b = buf_over(json, sizeof(json));
	struct buf epk = buf_over(jwk, sizeof(jwk));
	struct json_writer w;

	TRY(jwk_write_public(ephemeral, &epk));
	json_start(&w, &b);
	json_object_begin(&w, NULL);
	json_text(&w, "alg", "ECDH-ES");
	json_text(&w, "enc", "A256GCM");
	json_raw(&w, "epk", buf_span(&epk));
	json_base64url(&w, "apu", apu);
	json_base64url(&w, "apv", apv);
	json_text(&w, "cty", "json");
	json_object_end(&w);
	return encode_header(&w, h);
}

/* Symbols of header ".." iv "." ciphertext "." tag. */
static size_t
compact_length(size_t header_len, size_t plain_len)
{
	return header_len + 2 + base64url_length(AEAD_IV_BYTES) + 1 +
	    base64url_length(plain_len) + 1 + base64url_length(AEAD_TAG_BYTES);
}

/* See jwe.h. */
size_t
jwe_dir_length(size_t plain_len, const char *cty)
{
	static const char around[] =
	    "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":\"\"}";

	return compact_length(
	    base64url_length(sizeof(around) - 1 + strlen(cty)), plain_len);
}

/* Encrypts in place and appends header, iv, ciphertext and tag. */
static enum status
seal(const struct secret_32 *key, const struct header_text *h,
    struct buf *plain, struct buf *out)
{
	uint8_t iv[AEAD_IV_BYTES], tag[AEAD_TAG_BYTES];

	if (out->max - out->len < compact_length(h->fill.len, plain->len))
		return ST_NO_SPACE;
	random_bytes(iv, sizeof(iv));
	aead_seal(key, iv, buf_span(&h->fill), plain->ptr, plain->len, tag);
	TRY(buf_append_span(out, buf_span(&h->fill)));
	TRY(buf_append_text(out, ".."));
	TRY(base64url_encode((struct span){ iv, sizeof(iv) }, out));
	TRY(buf_append_text(out, "."));
	TRY(base64url_encode(buf_span(plain), out));
	TRY(buf_append_text(out, "."));
	return base64url_encode((struct span){ tag, sizeof(tag) }, out);
}

/* Decodes and decrypts at the end of `plain`, which grows if that is good. */
static enum status
open_parts(const struct secret_32 *key, const struct jwe_parts *p,
    struct buf *plain)
{
	size_t start = plain->len;
	enum status st = base64url_decode(p->ciphertext, plain);

	if (st == ST_OK)
		st = aead_open(key, p->iv, p->aad, plain->ptr + start,
		    plain->len - start, p->tag);
	if (st != ST_OK)
		plain->len = start;
	return st;
}

/* See jwe.h. */
enum status
jwe_seal_dir(const struct secret_32 *key, const char *cty, struct buf *plain,
    struct buf *out)
{
	struct header_text h;

	TRY(make_dir_header(cty, &h));
	return seal(key, &h, plain, out);
}

/* See jwe.h. */
enum status
jwe_open_dir(const struct secret_32 *key, struct span jwe, struct buf *plain)
{
	struct jwe_parts p;

	TRY(jwe_parts_read(jwe, &p));
	if (p.alg != JWE_DIR)
		return ST_UNSUPPORTED;
	return open_parts(key, &p, plain);
}

/* d and point -> the content key; ST_OK or ST_INVALID. */
static enum status
agree(const struct secret_32 *d, const struct p256_public *point,
    struct span apu, struct span apv, struct secret_32 *key)
{
	struct secret_32 shared;

	TRY(p256_ecdh(d, point, &shared));
	concat_kdf(&shared, "A256GCM", (struct parties){ apu, apv }, 256, key);
	wipe(&shared, sizeof(shared));
	return ST_OK;
}

/* As seal(), for a plaintext that must stay: it is copied to where the
 * encoder may find it in `out` (base64.h) and overwritten there. */
static enum status
seal_copy(const struct secret_32 *key, const struct header_text *h,
    struct span plain, struct buf *out)
{
	size_t all = compact_length(h->fill.len, plain.len);
	size_t after = 1 + base64url_length(AEAD_TAG_BYTES);
	struct buf copy;

	if (out->max - out->len < all)
		return ST_NO_SPACE;
	copy = buf_over(out->ptr + out->len + all - after - plain.len,
	    plain.len);
	TRY(buf_append_span(&copy, plain));
	return seal(key, h, &copy, out);
}

/* See jwe.h. */
enum status
jwe_seal_ecdh(const struct p256_public *recipient, struct span apu,
    struct span apv, struct span plain, struct buf *out)
{
	struct secret_32 d, key = { { 0 } };
	struct p256_public ephemeral;
	struct header_text h;
	enum status st;

	p256_generate(&d, &ephemeral);
	st = agree(&d, recipient, apu, apv, &key);
	if (st == ST_OK)
		st = make_ecdh_header(&ephemeral, apu, apv, &h);
	if (st == ST_OK)
		st = seal_copy(&key, &h, plain, out);
	wipe(&d, sizeof(d));
	wipe(&key, sizeof(key));
	return st;
}

/* See jwe.h. */
enum status
jwe_open_ecdh(const struct secret_32 *d, struct span apu, struct span apv,
    struct span jwe, struct buf *plain)
{
	struct secret_32 key;
	struct p256_public epk;
	struct jwe_parts p;
	enum status st;

	TRY(jwe_parts_read(jwe, &p));
	if (p.alg != JWE_ECDH_ES)
		return ST_UNSUPPORTED;
	if (!span_equal(apu, (struct span){ p.apu, p.apu_len }) ||
	    !span_equal(apv, (struct span){ p.apv, p.apv_len }))
		return ST_FORGED;
	memcpy(epk.point, p.epk, sizeof(epk.point));
	if (agree(d, &epk, apu, apv, &key) != ST_OK)
		return ST_MALFORMED;
	st = open_parts(&key, &p, plain);
	wipe(&key, sizeof(key));
	return st;
}
