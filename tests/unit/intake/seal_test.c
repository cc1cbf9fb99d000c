#include "intake/seal.h"

#include <stdlib.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "jose/jwe.h"
#include "reports.h"
#include "tap.h"

static struct region plain;

static bool
is_zero(const void *ptr, size_t len)
{
	const uint8_t *p = ptr;

	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* What the patient's browser does, in its order. */
static void
test_card_opens_it(void)
{
	static uint8_t storage[1024 * 1024], envelope[SEAL_ENVELOPE_MAX];
	struct sealed s = { .size = 0 };
	struct secret_32 d, key;
	struct p256_public card;
	struct buf env = buf_over(envelope, sizeof(envelope));
	struct buf secret = buf_over(storage, sizeof(storage)), payload;
	struct buf raw = buf_over(&key, sizeof(key));
	uint8_t hash[32];

	p256_generate(&d, &card);
	ok(seal_report(report_sample(SAMPLE_CHEMISTRY), &report_identity,
	    &plain, &s) == ST_OK, "sealed");
	sha256((struct span){ s.region.ptr, s.size }, hash);
	ok(memcmp(hash, s.sha256, 32) == 0, "sha256 is of the JWE");
	ok(seal_envelope(&s, (struct span){ card.point, 65 },
	    span_of("test-box"), span_of("ABCDEFGH12"),
	    span_of("bbbbbbbbbbbbbbbbbbbbbb"), span_of("a.claim.x"), &env) ==
	    ST_OK, "envelope made");
	ok(is_zero(&s.key, sizeof(s.key)), "the content key is wiped");
	ok(jwe_open_ecdh(&d, span_of("test-box"),
	    span_of("ABCDEFGH12|bbbbbbbbbbbbbbbbbbbbbb"), buf_span(&env),
	    &secret) == ST_OK, "the card opens the envelope");
	ok(memcmp(storage, "{\"key\":\"", 8) == 0 && memcmp(storage + 8 + 43,
	    "\",\"claim\":\"a.claim.x\"}", 22) == 0, "key and claim");
	ok(base64url_decode((struct span){ storage + 8, 43 }, &raw) == ST_OK,
	    "43 symbols of key");
	payload = buf_over(storage, sizeof(storage));
	ok(jwe_open_dir(&key, (struct span){ s.region.ptr, s.size },
	    &payload) == ST_OK, "which opens the object");
	ok(payload.len % FHIR_PAD_BYTES == 0 &&
	    memcmp(storage, "{\"resourceType\":\"Bundle\"", 24) == 0,
	    "a padded Bundle");
	seal_clear(&s);
}

static void
test_plaintext_is_gone(void)
{
	struct sealed s = { .size = 0 };

	ok(seal_report(report_sample(SAMPLE_HOSTILE), &report_identity, &plain,
	    &s) == ST_OK && is_zero(plain.ptr, plain.size),
	    "after sealing");
	seal_clear(&s);
	ok(is_zero(&s.key, sizeof(s.key)), "the key after clearing");
}

static void
test_each_time_another_key(void)
{
	struct sealed a = { .size = 0 }, b = { .size = 0 };

	ok(seal_report(report_sample(SAMPLE_DOCUMENT), &report_identity,
	    &plain, &a) == ST_OK && seal_report(report_sample(SAMPLE_DOCUMENT),
	    &report_identity, &plain, &b) == ST_OK, "twice the same report");
	ok(memcmp(&a.key, &b.key, 32) != 0 && memcmp(a.name, b.name, 32) != 0 &&
	    a.size == b.size && memcmp(a.sha256, b.sha256, 32) != 0,
	    "other key, name and bytes; the same size");
	seal_clear(&a);
	seal_clear(&b);
}

static void
test_refusals(void)
{
	struct sealed s = { .size = 0 };
	struct report r = *report_sample(SAMPLE_DOCUMENT);
	struct document big = { .bytes = { (const uint8_t *)"x",
	    SEAL_PAYLOAD_MAX } };
	uint8_t envelope[SEAL_ENVELOPE_MAX], off_curve[65] = { 4 };
	struct buf out = buf_over(envelope, sizeof(envelope));

	ok(seal_check(&r) == ST_OK, "a document can be sealed");
	r.documents = &big;
	ok(seal_check(&r) == ST_TOO_BIG && seal_report(&r, &report_identity,
	    &plain, &s) == ST_TOO_BIG, "one of 64 MiB cannot");
	r.n_documents = 0;
	ok(seal_check(&r) == ST_INVALID && seal_report(&r, &report_identity,
	    &plain, &s) == ST_INVALID, "nothing cannot");
	s.key.byte[0] = 1;
	ok(seal_envelope(&s, (struct span){ off_curve, 65 }, span_of("b"),
	    span_of("ABCDEFGH12"), span_of("bbbbbbbbbbbbbbbbbbbbbb"),
	    span_of("c"), &out) == ST_INVALID && out.len == 0 &&
	    is_zero(&s.key, sizeof(s.key)),
	    "a key off the curve: no envelope, content key wiped");
}

static void
test_region(void)
{
	struct region r = { 0 };
	uint8_t *before;

	ok(region_reserve(&r, 1) == ST_OK && r.size >= 1, "a byte");
	before = r.ptr;
	ok(region_reserve(&r, r.size) == ST_OK && r.ptr == before,
	    "large enough already: stays");
	ok(region_reserve(&r, 64 * 1024 * 1024) == ST_OK, "64 MiB");
	memset(r.ptr, 1, 2 * 1024 * 1024);
	region_clear(&r, 2 * 1024 * 1024);
	ok(is_zero(r.ptr, 2 * 1024 * 1024), "cleared");
	ok(region_reserve(&r, SIZE_MAX / 4) == ST_NO_SPACE && r.ptr != NULL,
	    "more than there is: as it was");
	region_release(&r, 0);
	region_release(&r, 0);
	ok(r.ptr == NULL && r.size == 0, "released, twice");
}

int
main(void)
{
	test_card_opens_it();
	test_plaintext_is_gone();
	test_each_time_another_key();
	test_refusals();
	test_region();
	region_release(&plain, 0);
	return done_testing();
}
