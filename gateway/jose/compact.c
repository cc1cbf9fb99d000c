#include "jose/compact.h"

#include "base/base64.h"
#include "jose/json_header.h"

enum { PARTS_MAX = 5 };

struct header {
	uint8_t            json[COMPACT_HEADER_MAX];
	struct json_header fields;	/* borrow from `json` */
};

/* Cuts `text` at its dots; false unless that makes `count` parts. */
static bool
split(struct span text, struct span *part, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t *dot = text.len == 0 ? NULL :
		    memchr(text.ptr, '.', text.len);
		size_t len = dot == NULL ? text.len
		    : (size_t)(dot - text.ptr);

		if ((dot == NULL) != (i + 1 == count))
			return false;
		part[i] = span_slice(text, 0, len);
		text = span_slice(text, len + 1, text.len);
	}
	return true;
}

/* Decodes exactly `len` bytes. */
static enum status
decode_exactly(struct span text, uint8_t *out, size_t len)
{
	struct buf to = buf_over(out, len);

	if (text.len != base64url_length(len))
		return ST_MALFORMED;
	return base64url_decode(text, &to);
}

static enum status
read_header(struct span text, struct header *h)
{
	static const char *const refused[] = {
		"crit", "zip", "jwk", "jku", "x5c", "x5u", "b64",
	};
	struct buf json = buf_over(h->json, sizeof(h->json));
	enum status st = base64url_decode(text, &json);

	if (st != ST_OK)
		return st == ST_NO_SPACE ? ST_UNSUPPORTED : st;
	TRY(json_header_read(buf_span(&json), &h->fields));
	for (size_t i = 0; i < COUNT(refused); i++)
		if (json_header_find(&h->fields, refused[i]) != NULL)
			return ST_UNSUPPORTED;
	return ST_OK;
}

/* RFC 7518 section 4.6.1.1, and no more than a public key (6.2.1). */
static enum status
read_epk(const struct json_header *h, uint8_t point[static 65])
{
	const struct json_member *m = json_header_find(h, "epk");
	struct json_header jwk;

	if (m == NULL || m->kind != JSON_KIND_OBJECT)
		return ST_UNSUPPORTED;
	TRY(json_header_read(m->value, &jwk));
	if (!json_header_is(&jwk, "kty", "EC") ||
	    !json_header_is(&jwk, "crv", "P-256") ||
	    json_header_find(&jwk, "d") != NULL)
		return ST_UNSUPPORTED;
	point[0] = 4;
	TRY(decode_exactly(json_header_string(&jwk, "x"), point + 1, 32));
	return decode_exactly(json_header_string(&jwk, "y"), point + 33, 32);
}

/* apu or apv (RFC 7518 sections 4.6.1.2 and 4.6.1.3); absent is empty. */
static enum status
read_party(const struct json_header *h, const char *name, uint8_t *out,
    size_t *len)
{
	const struct json_member *m = json_header_find(h, name);
	struct buf to = buf_over(out, COMPACT_PARTY_MAX);
	enum status st;

	*len = 0;
	if (m == NULL)
		return ST_OK;
	if (m->kind != JSON_KIND_STRING)
		return ST_MALFORMED;
	st = base64url_decode(m->value, &to);
	*len = to.len;
	return st == ST_NO_SPACE ? ST_UNSUPPORTED : st;
}

static enum status
read_agreement(const struct json_header *h, struct jwe_parts *p)
{
	if (json_header_is(h, "alg", "dir")) {
		p->alg = JWE_DIR;
		return ST_OK;
	}
	if (!json_header_is(h, "alg", "ECDH-ES"))
		return ST_UNSUPPORTED;
	p->alg = JWE_ECDH_ES;
	TRY(read_epk(h, p->epk));
	TRY(read_party(h, "apu", p->apu, &p->apu_len));
	return read_party(h, "apv", p->apv, &p->apv_len);
}

/* See compact.h. */
enum status
jwe_parts_read(struct span jwe, struct jwe_parts *p)
{
	struct span part[PARTS_MAX];
	struct header h;

	if (!split(jwe, part, 5))
		return ST_MALFORMED;
	TRY(read_header(part[0], &h));
	TRY(read_agreement(&h.fields, p));
	if (!json_header_is(&h.fields, "enc", "A256GCM"))
		return ST_UNSUPPORTED;
	/* Both algorithms agree on the content key itself. */
	if (part[1].len != 0)
		return ST_MALFORMED;
	TRY(decode_exactly(part[2], p->iv, sizeof(p->iv)));
	TRY(decode_exactly(part[4], p->tag, sizeof(p->tag)));
	p->aad = part[0];
	p->ciphertext = part[3];
	return ST_OK;
}

/* See compact.h. */
enum status
jws_parts_read(struct span jws, const char *typ, struct span kid,
    struct jws_parts *p)
{
	struct span part[PARTS_MAX];
	struct header h;

	if (!split(jws, part, 3))
		return ST_MALFORMED;
	TRY(read_header(part[0], &h));
	if (!json_header_is(&h.fields, "alg", "ES256") ||
	    !json_header_is(&h.fields, "typ", typ) ||
	    !span_equal(json_header_string(&h.fields, "kid"), kid))
		return ST_UNSUPPORTED;
	TRY(decode_exactly(part[2], p->signature, sizeof(p->signature)));
	p->signing_input = span_slice(jws, 0,
	    part[0].len + 1 + part[1].len);
	p->payload = part[1];
	return ST_OK;
}
