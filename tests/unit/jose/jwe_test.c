#include "jose/jwe.h"

#include "crypto/aead.h"
#include "jose/concat_kdf.h"
#include "jose_keys.h"
#include "tap.h"

static const struct secret_32 key = { { 1, 2, 3 } };
static uint8_t store[4096], text[4096];
static struct secret_32 d;
static struct p256_public recipient;

static enum status
open_dir(struct span jwe)
{
	struct buf b = buf_over(text, sizeof(text));
	enum status st = jwe_open_dir(&key, jwe, &b);

	return st != ST_OK && b.len != 0 ? ST_COUNT : st;
}

static enum status
open_ecdh(struct span jwe)
{
	struct buf b = buf_over(text, sizeof(text));
	enum status st = jwe_open_ecdh(&d, span_of("box"), span_of("a|b"),
	    jwe, &b);

	return st != ST_OK && b.len != 0 ? ST_COUNT : st;
}

static void
must(enum status st)
{
	if (st != ST_OK)
		abort();
}

/* A JWE of "{}" in `store` with this header and encrypted key, and the
 * right tag for the key `with`. */
static struct span
craft(const struct secret_32 *with, const char *header, const char *ek)
{
	struct buf b = buf_over(store, sizeof(store));
	uint8_t iv[12] = { 7 }, tag[16], data[2] = { '{', '}' };

	must(base64url_encode(span_of(header), &b));
	aead_seal(with, iv, buf_span(&b), data, sizeof(data), tag);
	must(buf_append_text(&b, "."));
	must(buf_append_text(&b, ek));
	must(buf_append_text(&b, "."));
	must(base64url_encode((struct span){ iv, sizeof(iv) }, &b));
	must(buf_append_text(&b, "."));
	must(base64url_encode((struct span){ data, sizeof(data) }, &b));
	must(buf_append_text(&b, "."));
	must(base64url_encode((struct span){ tag, sizeof(tag) }, &b));
	return buf_span(&b);
}

static void
test_dir_returns_at_every_length(void)
{
	bool counted = true, same = true, exact = true;

	for (size_t len = 0; len < 70; len++) {
		uint8_t plain[70], back[70];
		struct buf p = buf_over(plain, sizeof(plain));
		struct buf b = buf_over(store, jwe_dir_length(len, "c/t"));
		struct buf o = buf_over(back, len);

		memset(plain, 'x', p.len = len);
		exact &= jwe_seal_dir(&key, "c/t", &p, &b) == ST_OK;
		counted &= b.len == b.max;
		memset(plain, 'x', len);
		same &= jwe_open_dir(&key, buf_span(&b), &o) == ST_OK &&
		    span_equal(buf_span(&o), (struct span){ plain, len });
	}
	ok(exact && counted, "jwe_dir_length() says what it takes");
	ok(same, "0 to 69 bytes come back");
}

static void
test_dir_header_and_space(void)
{
	static const char header[] = "{\"alg\":\"dir\",\"enc\":\"A256GCM\","
	    "\"cty\":\"application/fhir+json\"}";
	uint8_t plain[] = "plain", head[128];
	struct buf p = buf_over(plain, 5), h = buf_over(head, sizeof(head));
	struct buf b = buf_over(store,
	    jwe_dir_length(5, "application/fhir+json") - 1);

	p.len = 5;
	must(base64url_encode(span_of(header), &h));
	ok(jwe_seal_dir(&key, "application/fhir+json", &p, &b) ==
	    ST_NO_SPACE && b.len == 0 && memcmp(plain, "plain", 5) == 0,
	    "one byte short: nothing happened");
	b.max++;
	ok(jwe_seal_dir(&key, "application/fhir+json", &p, &b) == ST_OK &&
	    span_equal(span_slice(buf_span(&b), 0, h.len), buf_span(&h)) &&
	    memcmp(store + h.len, "..", 2) == 0,
	    "header as formats/bundle.md says, no encrypted key");
	ok(memcmp(plain, "plain", 5) != 0, "the plaintext is gone");
	p = buf_over(plain, 4);
	ok(jwe_open_dir(&key, buf_span(&b), &p) == ST_NO_SPACE && p.len == 0,
	    "no space to open");
}

#define DIR "\"alg\":\"dir\",\"enc\":\"A256GCM\""

static void
test_dir_headers(void)
{
	static const char *const unsupported[] = {
		"{\"alg\":\"none\",\"enc\":\"A256GCM\"}",
		"{\"alg\":\"A256KW\",\"enc\":\"A256GCM\"}",
		"{\"alg\":\"DIR\",\"enc\":\"A256GCM\"}",
		"{\"enc\":\"A256GCM\"}", "{\"alg\":\"dir\"}",
		"{\"alg\":\"dir\",\"enc\":\"A128GCM\"}",
		"{\"alg\":\"dir\",\"enc\":\"A256CBC-HS512\"}",
		"{" DIR ",\"zip\":\"DEF\"}", "{" DIR ",\"crit\":[\"x\"],\"x\":1}",
		"{" DIR ",\"crit\":[]}", "{" DIR ",\"jwk\":{}}",
		"{" DIR ",\"jku\":\"x\"}", "{" DIR ",\"x5u\":\"x\"}",
		"{" DIR ",\"x5c\":[]}", "{" DIR ",\"b64\":false}",
	};
	static const char *const malformed[] = {
		"{" DIR ",\"enc\":\"A256GCM\"}", "{" DIR ",\"alg\":\"none\"}",
		"{" DIR, "", "7",
	};

	ok(open_dir(craft(&key, "{" DIR "}", "")) == ST_OK, "dir");
	ok(open_dir(craft(&key, "{" DIR ",\"kid\":\"k\",\"n\":0}", "")) ==
	    ST_OK, "parameters that mean nothing are ignored");
	for (size_t i = 0; i < COUNT(unsupported); i++)
		ok(open_dir(craft(&key, unsupported[i], "")) ==
		    ST_UNSUPPORTED, "unsupported: %s", unsupported[i]);
	for (size_t i = 0; i < COUNT(malformed); i++)
		ok(open_dir(craft(&key, malformed[i], "")) == ST_MALFORMED,
		    "malformed: %zu", i);
	ok(open_dir(craft(&key, "{" DIR "}", "AA")) == ST_MALFORMED,
	    "an encrypted key where there is none");
	ok(open_ecdh(craft(&key, "{" DIR "}", "")) == ST_UNSUPPORTED,
	    "dir is not ECDH-ES");
}

static void
test_parts(void)
{
	struct span good = craft(&key, "{" DIR "}", "");
	struct secret_32 other = key;
	bool prefixes = true, refused = true;
	struct buf p = buf_over(text, sizeof(text));

	for (size_t len = 0; len < good.len; len++)
		prefixes &= open_dir(span_slice(good, 0, len)) ==
		    ST_MALFORMED;
	ok(prefixes, "cut anywhere, a truncated tag too: malformed");
	for (size_t i = 0; i < good.len; i++) {
		uint8_t right = store[i];

		store[i] = right == 'A' ? 'Q' : 'A';
		refused &= open_dir(good) != ST_OK;
		store[i] = '.';
		refused &= right == '.' || open_dir(good) != ST_OK;
		store[i] = right;
	}
	ok(refused, "one other symbol anywhere is refused");
	other.byte[31] ^= 1;
	ok(jwe_open_dir(&other, good, &p) == ST_FORGED, "another key");
	store[good.len] = '.';
	ok(open_dir((struct span){ store, good.len + 1 }) == ST_MALFORMED,
	    "a sixth part");
	/* Two symbols hold a byte's 8 bits: the last has 4 loose ones. */
	store[good.len - 1] = (uint8_t)(store[good.len - 1] + 1);
	ok(open_dir(good) == ST_MALFORMED, "another spelling of the tag");
}

static void
test_long_header(void)
{
	char header[1200] = "{" DIR ",\"kid\":\"";

	memset(header + strlen(header), 'k', 1020 - strlen(header));
	strcat(header, "\"}");
	ok(open_dir(craft(&key, header, "")) == ST_OK, "1022 bytes of header");
	header[strlen(header) - 2] = 0;
	strcat(header, "kkk\"}");
	ok(open_dir(craft(&key, header, "")) == ST_UNSUPPORTED, "1025");
}

static void
test_ecdh(void)
{
	struct buf b = buf_over(store, sizeof(store)), again;
	struct span jwe;

	must(jwe_seal_ecdh(&recipient, span_of("box"), span_of("a|b"),
	    span_of("{\"key\":1}"), &b));
	jwe = buf_span(&b);
	ok(open_ecdh(jwe) == ST_OK && memcmp(text, "{\"key\":1}", 9) == 0,
	    "comes back");
	again = buf_over(text, b.len - 1);
	ok(jwe_seal_ecdh(&recipient, span_of("box"), span_of("a|b"),
	    span_of("{\"key\":1}"), &again) == ST_NO_SPACE && again.len == 0,
	    "one byte short");
	again.max++;
	ok(jwe_seal_ecdh(&recipient, span_of("box"), span_of("a|b"),
	    span_of("{\"key\":1}"), &again) == ST_OK &&
	    !span_equal(buf_span(&again), jwe), "fits exactly, and differs");
	ok(open_dir(jwe) == ST_UNSUPPORTED, "ECDH-ES is not dir");
}

static enum status
open_as(const struct secret_32 *who, const char *apu, const char *apv,
    struct span jwe)
{
	struct buf b = buf_over(text, sizeof(text));

	return jwe_open_ecdh(who, span_of(apu), span_of(apv), jwe, &b);
}

static void
test_ecdh_parties(void)
{
	struct buf b = buf_over(store, sizeof(store));
	struct p256_public off = recipient, unused;
	struct secret_32 stranger;

	must(jwe_seal_ecdh(&recipient, span_of("box"), span_of("a|b"),
	    span_of("{}"), &b));
	ok(open_as(&d, "bok", "a|b", buf_span(&b)) == ST_FORGED &&
	    open_as(&d, "box", "a|c", buf_span(&b)) == ST_FORGED &&
	    open_as(&d, "", "", buf_span(&b)) == ST_FORGED,
	    "other parties than expected");
	p256_generate(&stranger, &unused);
	ok(open_as(&stranger, "box", "a|b", buf_span(&b)) == ST_FORGED,
	    "another card's key");
	off.point[64] ^= 1;
	ok(jwe_seal_ecdh(&off, span_of("box"), span_of("a|b"), span_of("{}"),
	    &b) == ST_INVALID, "no sealing to a point off the curve");
}

#define EPK_OF(x, y, parties) "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\"," \
    "\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" x "\",\"y\":\"" y \
    "\"}" parties "}"
#define EPK(x, y) EPK_OF(x, y, ",\"apu\":\"Ym94\",\"apv\":\"YXxi\"")
#define ZEROES "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PRIME "_____wAAAAEAAAAAAAAAAAAAAAD_______________8"
/* Alice's ephemeral key of RFC 7518 appendix C. */
#define AX "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"
#define AY "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"
#define ECDH "{\"alg\":\"ECDH-ES\",\"enc\":\"A256GCM\""

static void
test_ephemeral_keys(void)
{
	static const char *const malformed[] = {
		EPK(AX, AX), EPK(AY, AX), EPK(ZEROES, ZEROES),
		EPK(PRIME, "ZkhcDnYg-Ncqcz1dhKBrtlQawCFdGuhxcoyvhWoXT5M"),
		EPK(AX, "AA"), EPK("", ""), EPK(AX "A", AY),
		EPK("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV1", AY),
	};
	static const char *const unsupported[] = {
		ECDH "}", ECDH ",\"epk\":\"x\"}", ECDH ",\"epk\":{}}",
		ECDH ",\"epk\":{\"kty\":\"OKP\",\"crv\":\"X25519\","
		    "\"x\":\"" AX "\"}}",
		ECDH ",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" AX
		    "\",\"y\":\"" AY "\"}}",
		ECDH ",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" AX
		    "\",\"y\":\"" AY "\",\"d\":\"AA\"}}",
		"{\"alg\":\"ECDH-ES+A256KW\",\"enc\":\"A256GCM\",\"epk\":{"
		    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" AX
		    "\",\"y\":\"" AY "\"}}",
	};

	ok(open_ecdh(craft(&key, EPK(AX, AY), "")) == ST_FORGED,
	    "a point on the curve gets as far as the tag");
	for (size_t i = 0; i < COUNT(malformed); i++)
		ok(open_ecdh(craft(&key, malformed[i], "")) == ST_MALFORMED,
		    "no point of the curve: %zu", i);
	for (size_t i = 0; i < COUNT(unsupported); i++)
		ok(open_ecdh(craft(&key, unsupported[i], "")) ==
		    ST_UNSUPPORTED, "no ephemeral key of ours: %zu", i);
	ok(open_ecdh(craft(&key, ECDH ",\"epk\":{\"kty\":\"EC\",\"crv\":"
	    "\"P-256\",\"x\":\"" AX "\",\"x\":\"" AX "\",\"y\":\"" AY "\"}}",
	    "")) == ST_MALFORMED, "a name twice inside epk");
	ok(open_ecdh(craft(&key, ECDH ",\"apu\":\"Ym9\",\"epk\":{\"kty\":"
	    "\"EC\",\"crv\":\"P-256\",\"x\":\"" AX "\",\"y\":\"" AY "\"}}",
	    "")) == ST_MALFORMED, "apu with loose bits");
}

/* The right key, and a header that names others than the key is for. */
static void
test_parties_in_the_header(void)
{
	static const char *const other[] = {
		EPK_OF(AX, AY, ",\"apu\":\"Ym95\",\"apv\":\"YXxi\""),
		EPK_OF(AX, AY, ",\"apu\":\"Ym94\",\"apv\":\"YXxj\""),
		EPK_OF(AX, AY, ",\"apu\":\"Ym94\""), EPK_OF(AX, AY, ""),
	};
	struct secret_32 alice =
	    private_of("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
	struct parties who = { span_of("box"), span_of("a|b") };
	struct secret_32 shared, agreed;

	must(p256_ecdh(&alice, &recipient, &shared));
	concat_kdf(&shared, "A256GCM", who, 256, &agreed);
	ok(open_ecdh(craft(&agreed, EPK(AX, AY), "")) == ST_OK,
	    "another's envelope opens");
	for (size_t i = 0; i < COUNT(other); i++)
		ok(open_ecdh(craft(&agreed, other[i], "")) == ST_FORGED,
		    "but not if its header names others: %zu", i);
}

int
main(void)
{
	p256_generate(&d, &recipient);
	test_dir_returns_at_every_length();
	test_dir_header_and_space();
	test_dir_headers();
	test_parts();
	test_long_header();
	test_ecdh();
	test_ecdh_parties();
	test_ephemeral_keys();
	test_parties_in_the_header();
	return done_testing();
}
