/*
 * vectors_test.c -- the worked example of docs/formats, which Python made
 * (tests/interop/make_vectors.py), against our code.  Run from the top
 * folder of the source tree.
 */
#include <jansson.h>

#include "base/base64.h"
#include "card/derive.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "jose/jwe.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "tap.h"
#include "unhex.h"

static json_t *vectors;
static uint8_t store[4096], more[4096];

static const char *
vector(const char *name)
{
	const char *text = json_string_value(json_object_get(vectors, name));

	if (text == NULL) {
		printf("Bail out! vectors.json has no %s\n", name);
		exit(1);
	}
	return text;
}

static struct symbols
symbols_of(const char *name)
{
	struct symbols s = { .len = strlen(vector(name)) };

	memcpy(s.text, vector(name), s.len);
	return s;
}

static struct secret_32
secret_of(const char *name)
{
	struct secret_32 s;

	(void)unhex(vector(name), s.byte, sizeof(s.byte));
	return s;
}

static bool
is_vector(const struct secret_32 *s, const char *name)
{
	return is_hex((struct span){ s->byte, 32 }, vector(name));
}

static void
test_symbols(void)
{
	static const char *const names[] = { "number", "code", "day" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct symbols s = symbols_of(names[i]), read;
		struct buf b = buf_over(store, SYMBOLS_PRINTED_MAX);
		char printed[32];

		snprintf(printed, sizeof(printed), "%s_printed", names[i]);
		ok(symbols_print(&s, &b) == ST_OK &&
		    span_is(buf_span(&b), vector(printed)), "%s", printed);
		ok(symbols_parse(buf_span(&b), s.len, &read) == ST_OK &&
		    memcmp(read.text, s.text, s.len) == 0, "and reads back");
	}
}

static void
test_derivation(void)
{
	struct symbols number = symbols_of("number");
	struct symbols code = symbols_of("code"), day = symbols_of("day");
	const struct symbols no_day = { .len = 0 };
	struct card_keys local, drop;
	uint8_t hash[32];

	card_derive(vector("box"), &number, &code, &no_day, CARD_ROUNDS,
	    &local);
	ok(is_vector(&local.auth, "auth"), "auth");
	ok(is_vector(&local.kek, "kek"), "kek");
	ok(is_vector(&local.loc, "loc"), "loc");
	card_derive(vector("box"), &number, &code, &day, CARD_ROUNDS, &drop);
	ok(is_vector(&drop.auth, "drop_auth") &&
	    is_vector(&drop.kek, "drop_kek") &&
	    is_vector(&drop.loc, "drop_loc"), "the drop variant");
	sha256((struct span){ local.auth.byte, 32 }, hash);
	ok(is_hex((struct span){ hash, 32 }, vector("token_hash")),
	    "token_hash");
}

static void
test_blob(const char *name, const char *kind, const char *plain)
{
	struct secret_32 kek = secret_of("kek");
	uint8_t aad_bytes[128];
	struct buf aad = buf_over(aad_bytes, sizeof(aad_bytes));
	struct buf raw = buf_over(store, sizeof(store));
	struct buf out = buf_over(more, sizeof(more));

	ok(buf_append(&aad, kind, strlen(kind) + 1) == ST_OK &&
	    buf_append(&aad, vector("box"), strlen(vector("box")) + 1) ==
	    ST_OK && buf_append_text(&aad, vector("number")) == ST_OK &&
	    base64url_decode(span_of(vector(name)), &raw) == ST_OK &&
	    aead_unwrap(&kek, buf_span(&aad), buf_span(&raw), &out) ==
	    ST_OK && span_is(buf_span(&out), vector(plain)), "%s", name);
}

static void
test_keys(void)
{
	struct secret_32 card_d = secret_of("card_d");
	struct secret_32 box_d = secret_of("box_d");
	struct p256_public card_key, box_key;
	struct buf b = buf_over(store, sizeof(store));

	ok(p256_public_of(&card_d, &card_key) == ST_OK &&
	    jwk_write_private(&card_d, &card_key, &b) == ST_OK &&
	    span_is(buf_span(&b), vector("sk_plain")), "sk_plain");
	b.len = 0;
	ok(p256_public_of(&box_d, &box_key) == ST_OK &&
	    jwk_write_public(&box_key, &b) == ST_OK &&
	    span_is(buf_span(&b), vector("box_key")), "box_key");
	b.len = 0;
	ok(jwk_thumbprint(&box_key, &b) == ST_OK &&
	    span_is(buf_span(&b), vector("box_kid")), "box_kid");
}

static void
test_claim(void)
{
	struct secret_32 box_d = secret_of("box_d");
	struct p256_public box_key;
	struct buf jws = buf_over(store, sizeof(store));
	struct buf out = buf_over(more, sizeof(more));

	ok(jws_sign(&box_d, "guichet-claim+jws",
	    span_of(vector("claim_payload")), &jws) == ST_OK &&
	    span_is(buf_span(&jws), vector("claim")), "claim, byte for byte");
	ok(p256_public_of(&box_d, &box_key) == ST_OK && jws_verify(&box_key,
	    "guichet-claim+jws", span_of(vector("claim")), &out) == ST_OK &&
	    span_is(buf_span(&out), vector("claim_payload")),
	    "claim_payload");
}

static void
test_bundle(void)
{
	struct secret_32 key, card_d = secret_of("card_d");
	struct buf k = buf_over(key.byte, sizeof(key.byte));
	struct buf out = buf_over(store, sizeof(store));

	ok(jwe_open_ecdh(&card_d, span_of(vector("apu")),
	    span_of(vector("apv")), span_of(vector("envelope")), &out) ==
	    ST_OK && span_is(buf_span(&out), vector("envelope_plain")),
	    "envelope");
	out.len = 0;
	ok(base64url_decode(span_of(vector("content_key")), &k) == ST_OK &&
	    jwe_open_dir(&key, span_of(vector("data")), &out) == ST_OK &&
	    span_is(buf_span(&out), vector("payload")), "data");
	out.len = 0;
	ok(base64url_encode(span_of(vector("data_header")), &out) == ST_OK &&
	    strncmp(vector("data"), (const char *)store, out.len) == 0,
	    "data_header");
	ok(jwe_dir_length(strlen(vector("payload")),
	    "application/fhir+json") == strlen(vector("data")),
	    "length of data");
}

int
main(void)
{
	json_error_t error;

	vectors = json_load_file("tests/interop/vectors.json",
	    JSON_REJECT_DUPLICATES, &error);
	if (vectors == NULL) {
		printf("Bail out! vectors.json: %s\n", error.text);
		return 1;
	}
	test_symbols();
	test_derivation();
	test_blob("sk", "guichet/1/sk", "sk_plain");
	test_blob("trust", "guichet/1/trust", "trust_plain");
	test_keys();
	test_claim();
	test_bundle();
	json_decref(vectors);
	return done_testing();
}
