#include "crypto/p256.h"

#include "tap.h"
#include "unhex.h"

#define ORDER "ffffffff00000000ffffffffffffffff" \
    "bce6faada7179e84f3b9cac2fc632551"
#define PRIME "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
/* The y of a point with x = 5. */
#define POINT_5 "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"
#define BASE_X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define BASE_Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

static struct secret_32
scalar(const char *hex)
{
	struct secret_32 d;

	(void)unhex(hex, d.byte, sizeof(d.byte));
	return d;
}

static struct p256_public
point(const char *x, const char *y)
{
	struct p256_public p = { { 4 } };

	(void)unhex(x, p.point + 1, 32);
	(void)unhex(y, p.point + 33, 32);
	return p;
}

static bool
same_point(const struct p256_public *a, const struct p256_public *b)
{
	return memcmp(a->point, b->point, sizeof(a->point)) == 0;
}

static enum status
check(const char *x, const char *y)
{
	struct p256_public p = point(x, y), out;

	return p256_check((struct span){ p.point, sizeof(p.point) }, &out);
}

/* NIST CAVS, "ECC CDH Primitive", curve P-256, counts 0 and 1. */
static const struct {
	const char *x, *y, *d, *own_x, *own_y, *shared;
} agreements[] = {
	{ "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287",
	  "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
	  "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
	  "ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230",
	  "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141",
	  "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b" },
	{ "809f04289c64348c01515eb03d5ce7ac1a8cb9498f5caa50197e58d43a86a7ae",
	  "b29d84e811197f25eba8f5194092cb6ff440e26d4421011372461f579271cda3",
	  "38f65d6dce47676044d58ce5139582d568f64bb16098d179dbab07741dd5caf5",
	  "119f2f047902782ab0c9e27a54aff5eb9b964829ca99c06b02ddba95b0a3f6d0",
	  "8f52b726664cac366fc98ac7a012b2682cbd962e5acb544671d41b9445704d1d",
	  "057d636096cb80b67a8c038c890e887d1adfa4195e9b3ce241c8a778c59cda67" },
};

static void
test_agreement(void)
{
	for (size_t i = 0; i < COUNT(agreements); i++) {
		struct secret_32 d = scalar(agreements[i].d), shared;
		struct p256_public peer = point(agreements[i].x,
		    agreements[i].y);
		struct p256_public own, expected = point(agreements[i].own_x,
		    agreements[i].own_y);

		ok(p256_public_of(&d, &own) == ST_OK &&
		    same_point(&own, &expected), "public half, count %zu", i);
		ok(p256_ecdh(&d, &peer, &shared) == ST_OK &&
		    is_hex((struct span){ shared.byte, 32 },
		    agreements[i].shared), "shared secret, count %zu", i);
	}
}

static void
test_private_keys(void)
{
	static const char *const none[] = { ZERO, ORDER,
	    "ffffffff00000000ffffffffffffffff"
	    "bce6faada7179e84f3b9cac2fc632552",
	    "ffffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffff" };
	struct p256_public out, base = point(BASE_X, BASE_Y);
	struct secret_32 d, shared;

	for (size_t i = 0; i < COUNT(none); i++) {
		d = scalar(none[i]);
		ok(p256_public_of(&d, &out) == ST_INVALID &&
		    p256_ecdh(&d, &base, &shared) == ST_INVALID &&
		    !p256_is_private(&d), "no private key: case %zu", i);
	}
	d = scalar("ffffffff00000000ffffffffffffffff"
	    "bce6faada7179e84f3b9cac2fc632550");
	ok(p256_public_of(&d, &out) == ST_OK &&
	    memcmp(out.point, base.point, 33) == 0 &&
	    memcmp(out.point + 33, base.point + 33, 32) != 0,
	    "n - 1 is one: minus the base point");
}

static void
test_points(void)
{
	struct p256_public p = point(BASE_X, BASE_Y), out;
	bool short_refused = true;

	ok(check(BASE_X, BASE_Y) == ST_OK, "the base point is on the curve");
	ok(check(BASE_X, BASE_X) == ST_INVALID, "a point that is not");
	ok(check(ZERO, ZERO) == ST_INVALID, "zero, zero");
	ok(check(BASE_Y, BASE_X) == ST_INVALID, "x and y swapped");
	/* y^2 = b has a solution, so (0, y) is a point; (p, y) is another
	 * spelling of it. */
	ok(check(ZERO, "66485c780e2f83d72433bd5d84a06bb6"
	    "541c2af31dae871728bf856a174f93f4") == ST_OK, "x = 0");
	ok(check(PRIME, "66485c780e2f83d72433bd5d84a06bb6"
	    "541c2af31dae871728bf856a174f93f4") == ST_INVALID,
	    "x = p is no coordinate");
	ok(check("0000000000000000000000000000000000000000000000000000000000"
	    "000005", POINT_5) == ST_OK &&
	    check("ffffffff00000001000000000000000000000001000000000000000000"
	    "000004", POINT_5) == ST_INVALID, "nor is x = p + 5");
	for (size_t len = 0; len < sizeof(p.point); len++)
		short_refused &= p256_check((struct span){ p.point, len },
		    &out) == ST_INVALID;
	ok(short_refused, "a shorter encoding is refused at any length");
	p.point[0] = 2;
	ok(p256_check((struct span){ p.point, 33 }, &out) == ST_INVALID,
	    "a compressed point is refused");
	ok(p256_check((struct span){ p.point, 65 }, &out) == ST_INVALID,
	    "and another first byte");
}

static void
test_agreement_off_the_curve(void)
{
	struct p256_public p = point(BASE_X, BASE_Y);
	struct secret_32 d = scalar(agreements[0].d), shared;
	bool refused = true;

	for (size_t bit = 0; bit < 65 * 8; bit++) {
		p.point[bit / 8] ^= (uint8_t)(1 << bit % 8);
		refused &= p256_ecdh(&d, &p, &shared) == ST_INVALID;
		p.point[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ok(refused, "a point with one wrong bit never meets our key");
}

/* RFC 6979 appendix A.2.5, SHA-256. */
static const struct {
	const char *message, *signature;
} signatures[] = {
	{ "sample",
	  "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	  "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
	{ "test",
	  "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
	  "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083" },
};
#define SIGNER "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define SIGNER_X "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
#define SIGNER_Y "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

static void
test_signatures(void)
{
	struct secret_32 d = scalar(SIGNER);
	struct p256_public key = point(SIGNER_X, SIGNER_Y);

	for (size_t i = 0; i < COUNT(signatures); i++) {
		struct span message = span_of(signatures[i].message);
		uint8_t made[64];

		p256_sign(&d, message, made);
		ok(is_hex((struct span){ made, 64 }, signatures[i].signature),
		    "signs \"%s\" as RFC 6979", signatures[i].message);
		ok(p256_verify(&key, message, (struct span){ made, 64 }) ==
		    ST_OK, "and verifies it");
	}
}

static enum status
verify(const char *r, const char *s)
{
	struct p256_public key = point(SIGNER_X, SIGNER_Y);
	uint8_t signature[64];

	(void)unhex(r, signature, 32);
	(void)unhex(s, signature + 32, 32);
	return p256_verify(&key, span_of("sample"),
	    (struct span){ signature, 64 });
}

static void
test_forged_signatures(void)
{
	struct secret_32 d = scalar(SIGNER);
	struct p256_public key = point(SIGNER_X, SIGNER_Y), off;
	struct span message = span_of("sample");
	static const char r[] =
	    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
	static const char s[] =
	    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
	uint8_t good[64];
	bool refused = true;

	ok(verify(r, s) == ST_OK, "r and s in range");
	ok(verify(ZERO, s) == ST_FORGED && verify(r, ZERO) == ST_FORGED &&
	    verify(ZERO, ZERO) == ST_FORGED, "r or s zero");
	ok(verify(ORDER, s) == ST_FORGED && verify(r, ORDER) == ST_FORGED,
	    "r or s = n");
	p256_sign(&d, message, good);
	ok(p256_verify(&key, message, (struct span){ good, 63 }) ==
	    ST_FORGED, "a truncated signature");
	ok(p256_verify(&key, span_of("Sample"), (struct span){ good, 64 }) ==
	    ST_FORGED, "another message");
	off = key;
	off.point[64] ^= 1;
	ok(p256_verify(&off, message, (struct span){ good, 64 }) == ST_FORGED,
	    "a key off the curve");
	for (size_t byte = 0; byte < 64; byte++) {
		good[byte] ^= 0x10;
		refused &= p256_verify(&key, message,
		    (struct span){ good, 64 }) == ST_FORGED;
		good[byte] ^= 0x10;
	}
	ok(refused, "a wrong bit in any byte");
}

/* Made by openssl dgst -sha256 -sign: r and s with 33 bytes each, s with 31. */
static const char der_key[] =
    "04cce53e702d91c49ecd023296130fbba9797485e57f7fb40c9030e6d9d2453b5acf"
    "943ada53f8b3ce7cd709e8e54fb1aebd82ad3d0bc88a3e4f44764741f52bd8";
static const char *const der_good[] = {
	"304602210087c880d0315a6796e6cf7d11f3407fd9647ca463baa50d7661e55ff109"
	"31377e022100994d115e4db0f7cc9bba366fdb0984c582d2ad15d9f68bad24055d40"
	"051f920e",
	"3044022100c27d8c9d5be112289dcb55d2b0b19cac85e2e02e2443ca7cc87ac82e7d"
	"c2a67f021f15b985e9430fa15ee7554c34836e4e77301421ab635115617518df8272"
	"5844",
};
static const char *const der_forged[] = {
	"",
	"30",
	"3000",
	"3006020100020100",
	"3006020101020101",
	"3044022100c27d8c9d5be112289dcb55d2b0b19cac85e2e02e2443ca7cc87ac82e7d"
	"c2a67f",
};

static enum status
verify_der(const char *hex, const char *message)
{
	struct p256_public key;
	uint8_t store[80];

	(void)unhex(der_key, key.point, sizeof(key.point));
	return p256_verify_der(&key, span_of(message),
	    unhex(hex, store, sizeof(store)));
}

static void
test_der(void)
{
	struct p256_public key;
	uint8_t store[80];
	struct span good = unhex(der_good[0], store, sizeof(store));
	bool refused = true;

	for (size_t i = 0; i < COUNT(der_good); i++)
		ok(verify_der(der_good[i], "an update") == ST_OK,
		    "DER, signature %zu", i);
	ok(verify_der(der_good[0], "an Update") == ST_FORGED,
	    "DER of another message");
	for (size_t i = 0; i < COUNT(der_forged); i++)
		ok(verify_der(der_forged[i], "an update") == ST_FORGED,
		    "DER that is none, %zu", i);
	(void)unhex(der_key, key.point, sizeof(key.point));
	for (size_t len = 0; len < good.len; len++)
		refused &= p256_verify_der(&key, span_of("an update"),
		    span_slice(good, 0, len)) == ST_FORGED;
	ok(refused, "DER cut at any byte");
	for (size_t byte = 0; byte < good.len; byte++) {
		store[byte] ^= 1;
		refused &= p256_verify_der(&key, span_of("an update"), good)
		    == ST_FORGED;
		store[byte] ^= 1;
	}
	ok(refused, "DER with a wrong bit in any byte");
}

static void
test_generated_pairs(void)
{
	struct secret_32 a, b, ab, ba;
	struct p256_public of_a, of_b, again;

	p256_generate(&a, &of_a);
	p256_generate(&b, &of_b);
	ok(memcmp(&a, &b, sizeof(a)) != 0, "two pairs differ");
	ok(p256_public_of(&a, &again) == ST_OK && same_point(&again, &of_a),
	    "the halves belong together");
	ok(p256_ecdh(&a, &of_b, &ab) == ST_OK &&
	    p256_ecdh(&b, &of_a, &ba) == ST_OK &&
	    memcmp(&ab, &ba, sizeof(ab)) == 0, "both sides agree");
}

int
main(void)
{
	test_agreement();
	test_private_keys();
	test_points();
	test_agreement_off_the_curve();
	test_signatures();
	test_forged_signatures();
	test_der();
	test_generated_pairs();
	return done_testing();
}
