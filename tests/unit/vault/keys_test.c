#include "vault/keys.h"

#include "crypto/digest.h"
#include "tap.h"

static struct secret_32
filled(uint8_t byte)
{
	struct secret_32 s;

	memset(s.byte, byte, sizeof(s.byte));
	return s;
}

static void
test_subkeys(void)
{
	struct secret_32 root = filled(1);
	struct keys keys, again;
	uint8_t want[32], zeroes[32] = { 0 };
	bool differ = true;

	keys_derive(&keys, &root);
	keys_derive(&again, &root);
	ok(memcmp(&keys, &again, sizeof(keys)) == 0, "the same root, the same");
	hkdf_sha256((struct span){ root.byte, 32 },
	    (struct span){ zeroes, 32 }, span_of("guichet/1/db"), want, 32);
	ok(memcmp(want, keys.key[KEY_DATABASE].byte, 32) == 0,
	    "HKDF with the stated salt and info");
	for (size_t i = 0; i < KEY_COUNT; i++) {
		for (size_t j = 0; j < i; j++)
			differ = differ && memcmp(&keys.key[i], &keys.key[j],
			    32) != 0;
	}
	ok(differ, "no two are alike");
	keys_wipe(&keys);
	ok(memcmp(keys.key[0].byte, zeroes, 32) == 0, "wiped");
}

static void
test_mac(void)
{
	struct secret_32 root = filled(1);
	struct keys keys;
	uint8_t a[32], b[32];

	keys_derive(&keys, &root);
	keys_mac(&keys, KEY_HASH, "ab", span_of("c"), a);
	keys_mac(&keys, KEY_HASH, "a", span_of("bc"), b);
	ok(memcmp(a, b, 32) != 0, "label and bytes do not run together");
	keys_mac(&keys, KEY_THROTTLE, "ab", span_of("c"), b);
	ok(memcmp(a, b, 32) != 0, "nor do two keys");
}

static void
test_wrapping(void)
{
	struct secret_32 under = filled(2), key = filled(3), out = filled(0);
	struct secret_32 other = filled(4);
	uint8_t wrapped[KEYS_WRAPPED_BYTES];
	struct span w = { wrapped, sizeof(wrapped) };

	keys_wrap(&under, "window", 7, &key, wrapped);
	ok(keys_unwrap(&under, "window", 7, w, &out) == ST_OK
	    && memcmp(out.byte, key.byte, 32) == 0, "there and back");
	out = filled(0);
	ok(keys_unwrap(&under, "window", 8, w, &out) == ST_FORGED,
	    "not of another day");
	ok(keys_unwrap(&under, "bucket", 7, w, &out) == ST_FORGED,
	    "not for another purpose");
	ok(keys_unwrap(&other, "window", 7, w, &out) == ST_FORGED,
	    "not under another key");
	ok(keys_unwrap(&under, "window", 7, span_slice(w, 0, 59), &out)
	    == ST_FORGED, "not cut off");
	wrapped[30] ^= 1;
	ok(keys_unwrap(&under, "window", 7, w, &out) == ST_FORGED
	    && out.byte[0] == 0, "not with a bit changed; out is untouched");
}

int
main(void)
{
	test_subkeys();
	test_mac();
	test_wrapping();
	return done_testing();
}
