#include "crypto/digest.h"

#include "tap.h"
#include "unhex.h"

static struct span
bytes_of(const struct secret_32 *s)
{
	return (struct span){ s->byte, sizeof(s->byte) };
}

static bool
sha256_is(struct span in, const char *hex)
{
	uint8_t out[32];

	sha256(in, out);
	return is_hex((struct span){ out, sizeof(out) }, hex);
}

static bool
sha1_is(const char *in, const char *hex)
{
	uint8_t out[20];

	sha1(span_of(in), out);
	return is_hex((struct span){ out, sizeof(out) }, hex);
}

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

/* The examples of FIPS 180. */
static void
test_sha(void)
{
	static uint8_t million[1000000];

	memset(million, 'a', sizeof(million));
	ok(sha256_is(span_of("abc"), "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad"), "SHA-256, one block");
	ok(sha256_is(span_of(TWO_BLOCKS), "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1"), "SHA-256, two blocks");
	ok(sha256_is((struct span){ NULL, 0 },
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855"), "SHA-256 of nothing");
	ok(sha256_is((struct span){ million, sizeof(million) },
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0"), "SHA-256, a million a");
	ok(sha1_is("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
	    "SHA-1, one block");
	ok(sha1_is(TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
	    "SHA-1, two blocks");
}

static void
hash_fields(const char *first, const char *second, uint8_t out[static 32])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add_field(&h, span_of(first));
	sha256_add_field(&h, span_of(second));
	sha256_finish(&h, out);
}

static void
test_fields(void)
{
	uint8_t one[32], other[32], flat[32];

	hash_fields("ab", "c", one);
	hash_fields("a", "bc", other);
	sha256((struct span){ (const uint8_t *)
	    "\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\1c", 19 }, flat);
	ok(memcmp(one, other, 32) != 0, "fields are kept apart");
	ok(memcmp(one, flat, 32) == 0, "by eight bytes of length each");
}

static bool
hmac_is(const char *key_hex, const char *data_hex, const char *hex)
{
	uint8_t key[256], data[256], out[32];

	hmac_sha256(unhex(key_hex, key, sizeof(key)),
	    unhex(data_hex, data, sizeof(data)), out);
	return is_hex((struct span){ out, strlen(hex) / 2 }, hex);
}

#define AA10 "aaaaaaaaaaaaaaaaaaaa"
#define AA20 AA10 AA10
#define AA131 AA20 AA20 AA20 AA20 AA20 AA20 AA10 "aa"

/* RFC 4231 section 4. */
static void
test_hmac(void)
{
	ok(hmac_is("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	    "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7"), "HMAC, case 1");
	ok(hmac_is("4a656665", "7768617420646f2079612077616e7420"
	    "666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843"), "case 2, a short key");
	ok(hmac_is(AA20, "dddddddddddddddddddddddddddddddddddddddddddddddddd"
	    "dddddddddddddddddddddddddddddddddddddddddddddddddd",
	    "773ea91e36800e46854db8ebd09181a7"
	    "2959098b3ef8c122d9635514ced565fe"), "case 3");
	ok(hmac_is("0102030405060708090a0b0c0d0e0f10111213141516171819",
	    "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	    "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
	    "82558a389a443c0ea4cc819899f2083a"
	    "85f0faa3e578f8077a2e3ff46729665b"), "case 4");
	ok(hmac_is("0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
	    "546573742057697468205472756e636174696f6e",
	    "a3b6167473100ee06e0c796c2955552b"), "case 5, truncated");
	ok(hmac_is(AA131, "54657374205573696e67204c6172676572205468616e2042"
	    "6c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54"), "case 6, a long key");
}

static bool
hkdf_is(const char *const in[static 3], const char *hex)
{
	uint8_t ikm[128], salt[128], info[128], out[128];
	size_t len = strlen(hex) / 2;

	hkdf_sha256(unhex(in[0], ikm, sizeof(ikm)),
	    unhex(in[1], salt, sizeof(salt)),
	    unhex(in[2], info, sizeof(info)), out, len);
	return is_hex((struct span){ out, len }, hex);
}

/* RFC 5869 appendix A. */
static void
test_hkdf(void)
{
	static const char *const one[] = {
		"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		"000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9" };
	static const char *const two[] = {
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
		"1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b"
		"3c3d3e3f404142434445464748494a4b4c4d4e4f",
		"606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d"
		"7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b"
		"9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		"b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccd"
		"cecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaeb"
		"ecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" };
	static const char *const three[] = {
		"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "" };

	ok(hkdf_is(one, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db0"
	    "2d56ecc4c5bf34007208d5b887185865"), "HKDF, case 1");
	ok(hkdf_is(two, "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050"
	    "cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793"
	    "a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"), "case 2");
	ok(hkdf_is(three, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3"
	    "454e5f3c738d2d9d201395faa4b61a96c8"), "case 3, no salt, no info");
}

static bool
pbkdf2_is(struct span password, struct span salt, uint32_t rounds,
    const char *hex)
{
	struct secret_32 out;

	pbkdf2_sha256(password, salt, rounds, &out);
	return is_hex(bytes_of(&out), hex);
}

#define P13 "ppppppppppppp"
#define SALT5 "saltsaltsaltsaltsalt"

/* RFC 7914 section 11 (its first 32 bytes); the others from Python's
 * hashlib.pbkdf2_hmac. */
static void
test_pbkdf2(void)
{
	ok(pbkdf2_is(span_of("passwd"), span_of("salt"), 1,
	    "55ac046e56e3089fec1691c22544b605"
	    "f94185216dde0465e68b9d57c20dacbc"), "RFC 7914, 1 round");
	ok(pbkdf2_is(span_of("Password"), span_of("NaCl"), 80000,
	    "4ddcd8f60b98be21830cee5ef22701f9"
	    "641a4418d04c0414aeff08876b34ab56"), "RFC 7914, 80000 rounds");
	ok(pbkdf2_is((struct span){ (const uint8_t *)"pass\0word", 9 },
	    (struct span){ (const uint8_t *)"sa\0lt", 5 }, 4096,
	    "89b69d0516f829893c696226650a8687"
	    "8c029ac13ee276509d5ae58b6466a724"),
	    "zero bytes in password and salt");
	ok(pbkdf2_is(span_of(P13 P13 P13 P13 P13),
	    span_of(SALT5 SALT5 SALT5 SALT5), 3,
	    "5f31303e6566996e143e608e6dc731fd"
	    "e18740e49d549ac98f35f20d761d5d2d"),
	    "a password longer than a block");
	ok(pbkdf2_is(span_of("guichet"), span_of("salt"), 600000,
	    "50cb93fd7bc51848c624ec2bbca1ad4a"
	    "ee1a0d923b6a85bbf2177dead6078133"),
	    "600000 rounds");
}

int
main(void)
{
	test_sha();
	test_fields();
	test_hmac();
	test_hkdf();
	test_pbkdf2();
	return done_testing();
}
