#include "jose/jws.h"

#include "jose/jwk.h"
#include "jose_keys.h"
#include "tap.h"

/* RFC 7515 appendix A.3. */
#define X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define SIGNING_INPUT "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjE" \
    "zMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define SIGNATURE "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxL" \
    "a8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
/* npm jose's calculateJwkThumbprint of that key. */
#define KID "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
#define TYP "guichet-claim+jws"

static struct p256_public key;
static struct secret_32 d;
static uint8_t store[2048], text[1024];

static enum status
verify(struct span jws)
{
	struct buf b = buf_over(text, sizeof(text));
	enum status st = jws_verify(&key, TYP, jws, &b);

	/* A failure must not have written anything. */
	return st != ST_OK && b.len != 0 ? ST_COUNT : st;
}

/* A JWS with this header, over "{}", signed by the right key. */
static enum status
verify_header(const char *header)
{
	struct buf b = buf_over(store, sizeof(store));
	uint8_t signature[64];

	if (base64url_encode(span_of(header), &b) != ST_OK ||
	    buf_append_text(&b, ".e30") != ST_OK)
		abort();
	p256_sign(&d, buf_span(&b), signature);
	if (buf_append_text(&b, ".") != ST_OK || base64url_encode(
	    (struct span){ signature, 64 }, &b) != ST_OK)
		abort();
	return verify(buf_span(&b));
}

static void
test_the_example_of_rfc_7515(void)
{
	uint8_t signature[64];
	struct span s = unb64(SIGNATURE, signature, sizeof(signature));

	ok(p256_verify(&key, span_of(SIGNING_INPUT), s) == ST_OK,
	    "appendix A.3 verifies");
	ok(p256_verify(&key, span_of(SIGNING_INPUT "A"), s) == ST_FORGED,
	    "and nothing else does");
	ok(verify(span_of(SIGNING_INPUT "." SIGNATURE)) == ST_UNSUPPORTED,
	    "but it is no claim of ours: no typ, no kid");
}

static void
test_what_is_made(void)
{
	static const char header[] = "{\"alg\":\"ES256\",\"typ\":\"" TYP
	    "\",\"kid\":\"" KID "\"}";
	struct buf b = buf_over(store, sizeof(store));
	struct buf expected = buf_over(text, sizeof(text));
	uint8_t again[1024], kept[8];
	struct buf a = buf_over(again, sizeof(again));
	struct buf payload = buf_over(kept, sizeof(kept));

	ok(jws_sign(&d, TYP, span_of("{}"), &b) == ST_OK, "signs");
	ok(base64url_encode(span_of(header), &expected) == ST_OK &&
	    span_equal(span_slice(buf_span(&b), 0, expected.len),
	    buf_span(&expected)), "the header is as formats/bundle.md says");
	ok(jws_verify(&key, TYP, buf_span(&b), &payload) == ST_OK &&
	    span_is(buf_span(&payload), "{}"), "the payload comes back");
	ok(jws_sign_with_kid(&d, span_of(KID), TYP, span_of("{}"), &a) ==
	    ST_OK && span_equal(buf_span(&a), buf_span(&b)),
	    "with a kept thumbprint the same");
}

static void
test_signing_fails(void)
{
	struct secret_32 zero = { { 0 } };
	struct buf b = buf_over(store, 200);

	ok(jws_sign(&zero, TYP, span_of("{}"), &b) == ST_INVALID &&
	    jws_sign_with_kid(&zero, span_of("k"), TYP, span_of("{}"), &b) ==
	    ST_INVALID, "no private key");
	ok(jws_sign(&d, TYP, span_of("{}"), &b) == ST_NO_SPACE && b.len == 0,
	    "no space, and nothing left behind");
}

#define GOOD "\"alg\":\"ES256\",\"typ\":\"" TYP "\",\"kid\":\"" KID "\""

static void
test_headers(void)
{
	static const char *const unsupported[] = {
		"{\"alg\":\"none\",\"typ\":\"" TYP "\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"HS256\",\"typ\":\"" TYP "\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"es256\",\"typ\":\"" TYP "\",\"kid\":\"" KID "\"}",
		"{\"alg\":[\"ES256\"],\"typ\":\"" TYP "\",\"kid\":\"" KID "\"}",
		"{\"typ\":\"" TYP "\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"" KID "\"}",
		"{\"alg\":\"ES256\",\"typ\":\"" TYP "\",\"kid\":\"1\"}",
		"{\"alg\":\"ES256\",\"typ\":\"" TYP "\"}",
		"{" GOOD ",\"crit\":[\"exp\"],\"exp\":1}",
		"{" GOOD ",\"crit\":[\"b64\"],\"b64\":false}",
		"{" GOOD ",\"crit\":[]}", "{" GOOD ",\"b64\":true}",
		"{" GOOD ",\"jwk\":{\"kty\":\"EC\"}}",
		"{" GOOD ",\"jku\":\"https://x\"}",
		"{" GOOD ",\"x5c\":[\"AA\"]}", "{" GOOD ",\"x5u\":\"x\"}",
		"{" GOOD ",\"zip\":\"DEF\"}",
	};
	static const char *const malformed[] = {
		"{" GOOD ",\"alg\":\"ES256\"}", "{" GOOD ",\"alg\":\"none\"}",
		"{" GOOD ",\"typ\":\"JWT\"}", "{" GOOD, "null", "[]", "",
		"{" GOOD "}{}",
	};

	ok(verify_header("{" GOOD "}") == ST_OK, "the header alone is good");
	ok(verify_header("{" GOOD ",\"iat\":7,\"x\":{\"y\":[true]}}") ==
	    ST_OK, "parameters that mean nothing are ignored (RFC 7515 4)");
	for (size_t i = 0; i < COUNT(unsupported); i++)
		ok(verify_header(unsupported[i]) == ST_UNSUPPORTED,
		    "unsupported, though signed: %.60s", unsupported[i]);
	for (size_t i = 0; i < COUNT(malformed); i++)
		ok(verify_header(malformed[i]) == ST_MALFORMED,
		    "malformed, though signed: %zu", i);
}

static void
test_every_symbol_counts(void)
{
	struct buf b = buf_over(store, sizeof(store));
	bool refused = true, prefixes = true;

	ok(jws_sign(&d, TYP, span_of("{\"v\":1}"), &b) == ST_OK, "a claim");
	for (size_t i = 0; i < b.len; i += 3) {
		uint8_t right = store[i];

		store[i] = right == 'A' ? 'B' : 'A';
		refused &= verify(buf_span(&b)) != ST_OK;
		store[i] = right;
	}
	ok(refused, "one other symbol is refused");
	for (size_t len = 0; len < b.len; len++)
		prefixes &= verify((struct span){ store, len }) ==
		    ST_MALFORMED;
	ok(prefixes, "a claim cut anywhere is malformed");
}

static void
test_shapes(void)
{
	struct buf b = buf_over(store, sizeof(store));
	struct p256_public other = key;
	uint8_t small[1];
	struct buf payload = buf_over(small, sizeof(small));

	ok(jws_sign(&d, TYP, span_of("{}"), &b) == ST_OK, "a claim");
	ok(jws_verify(&key, TYP, buf_span(&b), &payload) == ST_NO_SPACE &&
	    payload.len == 0, "no space for the payload");
	ok(buf_append_text(&b, ".") == ST_OK &&
	    verify(buf_span(&b)) == ST_MALFORMED, "a fourth part");
	b.len--;
	/* 64 bytes end in two symbols of which one has 4 loose bits. */
	store[b.len - 1] = (uint8_t)(store[b.len - 1] + 1);
	ok(verify(buf_span(&b)) == ST_MALFORMED,
	    "another spelling of the same signature");
	store[b.len - 1] = (uint8_t)(store[b.len - 1] - 1);
	ok(verify(buf_span(&b)) == ST_OK, "restored");
	other.point[10] ^= 1;
	payload = buf_over(text, sizeof(text));
	ok(jws_verify(&other, TYP, buf_span(&b), &payload) ==
	    ST_UNSUPPORTED, "another key has another kid");
}

int
main(void)
{
	key = public_of(X, Y);
	d = private_of(D);
	test_the_example_of_rfc_7515();
	test_what_is_made();
	test_signing_fails();
	test_headers();
	test_every_symbol_counts();
	test_shapes();
	return done_testing();
}
