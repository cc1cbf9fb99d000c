#include "crypto/aead.h"

#include <bearssl.h>

#include "tap.h"
#include "unhex.h"

struct vector {
	const char *name, *key, *iv, *aad, *plain, *cipher, *tag;
};

#define KEY16 "feffe9928665731c6d6a8f9467308308"
#define PLAIN60 "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a" \
    "318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define CIPHER60 "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd25" \
    "55d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

/* The AES-256 cases of "The Galois/Counter Mode of Operation", appendix B,
 * which NIST SP 800-38D took over: 13, 14, 15 and 16. */
static const struct vector vectors[] = {
	{ "13, nothing",
	  "00000000000000000000000000000000"
	  "00000000000000000000000000000000", "000000000000000000000000", "",
	  "", "", "530f8afbc74536b9a963b4f1c4cb738b" },
	{ "14, one block",
	  "00000000000000000000000000000000"
	  "00000000000000000000000000000000", "000000000000000000000000", "",
	  "00000000000000000000000000000000",
	  "cea7403d4d606b6e074ec5d3baf39d18",
	  "d0d1c8a799996bf0265b98b5d48ab919" },
	{ "15, four blocks", KEY16 KEY16, "cafebabefacedbaddecaf888", "",
	  PLAIN60 "1aafd255", CIPHER60 "898015ad",
	  "b094dac5d93471bdec1a502270e3cc6c" },
	{ "16, associated data", KEY16 KEY16, "cafebabefacedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2", PLAIN60, CIPHER60,
	  "76fc6ece0f4e1768cddf8853bb2d551b" },
};

static struct secret_32
key_of(const char *hex)
{
	struct secret_32 key;

	(void)unhex(hex, key.byte, sizeof(key.byte));
	return key;
}

static void
test_vector(const struct vector *v)
{
	struct secret_32 key = key_of(v->key);
	uint8_t iv[12], aad_bytes[64], data[64], tag[16];
	struct span aad = unhex(v->aad, aad_bytes, sizeof(aad_bytes));
	size_t len = unhex(v->plain, data, sizeof(data)).len;

	(void)unhex(v->iv, iv, sizeof(iv));
	aead_seal(&key, iv, aad, data, len, tag);
	ok(is_hex((struct span){ data, len }, v->cipher) &&
	    is_hex((struct span){ tag, 16 }, v->tag), "seals case %s", v->name);
	ok(aead_open(&key, iv, aad, data, len, tag) == ST_OK &&
	    is_hex((struct span){ data, len }, v->plain), "opens it");
}

/* Each bit of ciphertext, tag, iv, associated data and key counts. */
static void
test_every_bit_counts(void)
{
	enum { KEY = 0, IV = 32, AAD = 44, DATA = 51, TAG = 71, ALL = 87 };
	struct secret_32 key = key_of(KEY16 KEY16);
	uint8_t good[ALL] = { 0 }, bad[ALL];
	bool refused = true, wiped = true;

	memcpy(good, key.byte, 32);
	aead_seal(&key, good + IV, (struct span){ good + AAD, DATA - AAD },
	    good + DATA, TAG - DATA, good + TAG);
	for (size_t bit = 0; bit < ALL * 8; bit++) {
		memcpy(bad, good, ALL);
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		memcpy(key.byte, bad, 32);
		refused &= aead_open(&key, bad + IV,
		    (struct span){ bad + AAD, DATA - AAD }, bad + DATA,
		    TAG - DATA, bad + TAG) == ST_FORGED;
		for (size_t i = DATA; i < TAG; i++)
			wiped &= bad[i] == 0;
	}
	ok(refused, "one wrong bit anywhere is refused");
	ok(wiped, "and leaves no plaintext behind");
}

/* Longer than a piece of the source, by BearSSL's portable code. */
static void
test_long_data_against_portable_code(void)
{
	static uint8_t ours[40007], theirs[40007];
	struct secret_32 key = key_of(KEY16 KEY16);
	uint8_t iv[12] = { 1, 2, 3 }, our_tag[16], their_tag[16];
	br_aes_ct64_ctr_keys aes;
	br_gcm_context gcm;

	for (size_t i = 0; i < sizeof(ours); i++)
		ours[i] = theirs[i] = (uint8_t)(i * 7 + i / 256);
	aead_seal(&key, iv, span_of("aad"), ours, sizeof(ours), our_tag);
	br_aes_ct64_ctr_init(&aes, key.byte, 32);
	br_gcm_init(&gcm, &aes.vtable, br_ghash_ctmul64);
	br_gcm_reset(&gcm, iv, sizeof(iv));
	br_gcm_aad_inject(&gcm, "aad", 3);
	br_gcm_flip(&gcm);
	br_gcm_run(&gcm, 1, theirs, sizeof(theirs));
	br_gcm_get_tag(&gcm, their_tag);
	ok(memcmp(ours, theirs, sizeof(ours)) == 0, "the same ciphertext");
	ok(memcmp(our_tag, their_tag, 16) == 0, "the same tag");
}

static void
test_wrap(void)
{
	struct secret_32 key = key_of(KEY16 KEY16);
	uint8_t store[64], other[64], plain[64];
	struct buf w = buf_over(store, sizeof(store));
	struct buf o = buf_over(other, sizeof(other));
	struct buf p = buf_over(plain, sizeof(plain));

	ok(aead_wrap(&key, span_of("a"), span_of("key"), &w) == ST_OK &&
	    w.len == 12 + 3 + 16, "iv, ciphertext, tag");
	ok(aead_wrap(&key, span_of("a"), span_of("key"), &o) == ST_OK &&
	    memcmp(store, other, 12) != 0, "a fresh iv each time");
	ok(aead_unwrap(&key, span_of("a"), buf_span(&w), &p) == ST_OK &&
	    span_is(buf_span(&p), "key"), "comes back");
	ok(aead_unwrap(&key, span_of("b"), buf_span(&w), &p) == ST_FORGED &&
	    p.len == 3, "not for another owner");
	ok(aead_unwrap(&key, span_of("a"), (struct span){ store, 27 }, &p) ==
	    ST_MALFORMED, "shorter than iv and tag");
	ok(aead_unwrap(&key, span_of("a"), (struct span){ store, 30 }, &p) ==
	    ST_FORGED, "a truncated tag");
}

static void
test_wrap_of_nothing_and_space(void)
{
	struct secret_32 key = key_of(KEY16 KEY16);
	uint8_t store[31], plain[2];
	struct buf w = buf_over(store, 28), p = buf_over(plain, 2);
	const struct span none = { NULL, 0 };

	ok(aead_wrap(&key, none, none, &w) == ST_OK && w.len == 28 &&
	    aead_unwrap(&key, none, buf_span(&w), &p) == ST_OK && p.len == 0,
	    "nothing wraps and unwraps");
	ok(aead_wrap(&key, none, none, &w) == ST_NO_SPACE && w.len == 28,
	    "no space to wrap");
	w = buf_over(store, 30);
	ok(aead_wrap(&key, none, span_of("key"), &w) == ST_NO_SPACE &&
	    w.len == 0, "one byte short");
	w = buf_over(store, 31);
	ok(aead_wrap(&key, none, span_of("key"), &w) == ST_OK &&
	    aead_unwrap(&key, none, buf_span(&w), &p) == ST_NO_SPACE,
	    "no space to unwrap");
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(vectors); i++)
		test_vector(&vectors[i]);
	test_every_bit_counts();
	test_long_data_against_portable_code();
	test_wrap();
	test_wrap_of_nothing_and_space();
	return done_testing();
}
