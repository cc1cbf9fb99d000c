/* firmware/sdk/patches/bearssl: what each patch changes, seen from outside. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <bearssl.h>

#include "tap.h"

/*
 * An EC private key (RFC 5915) whose octet string has `xlen` bytes, 0xA5 each:
 * SEQUENCE { INTEGER 1, OCTET STRING, [0] { OID prime256v1 } }.
 */
static size_t
make_key(uint8_t *der, size_t xlen)
{
	static const uint8_t curve[] = { 0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86,
	    0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
	size_t inner = 3 + 4 + xlen + sizeof(curve);
	uint8_t *p = der;

	*p++ = 0x30;
	*p++ = 0x82;
	*p++ = (uint8_t)(inner >> 8);
	*p++ = (uint8_t)inner;
	memcpy(p, "\x02\x01\x01\x04\x82", 5);
	p += 5;
	*p++ = (uint8_t)(xlen >> 8);
	*p++ = (uint8_t)xlen;
	memset(p, 0xA5, xlen);
	p += xlen;
	memcpy(p, curve, sizeof(curve));
	return (size_t)(p - der) + sizeof(curve);
}

/* The decoder with a fence behind it, as a caller's stack would be. */
static struct {
	br_skey_decoder_context decoder;
	uint8_t fence[64];
} guarded;

static bool
fence_stands(void)
{
	for (size_t i = 0; i < sizeof(guarded.fence); i++)
		if (guarded.fence[i] != 0x11)
			return false;
	return true;
}

static int
decode(size_t xlen)
{
	static uint8_t der[2048];
	size_t len = make_key(der, xlen);

	memset(guarded.fence, 0x11, sizeof(guarded.fence));
	br_skey_decoder_init(&guarded.decoder);
	br_skey_decoder_push(&guarded.decoder, der, len);
	return br_skey_decoder_last_error(&guarded.decoder);
}

static void
test_decoder(void)
{
	size_t room = sizeof(guarded.decoder.key_data);

	ok(decode(32) == 0 && br_skey_decoder_key_type(&guarded.decoder) ==
	    BR_KEYTYPE_EC, "a key of 32 bytes is decoded");
	ok(decode(room) == 0 && fence_stands(),
	    "a key as long as the buffer stays in it");
	ok(decode(room + 1) != 0, "one byte more is refused");
	ok(decode(room + 24) != 0, "24 bytes more are refused");
	ok(fence_stands(), "nothing is written behind the decoder");
}

static void
test_seeding(void)
{
	const char *name = NULL;
	br_prng_seeder seed = br_prng_seeder_system(&name);
	br_hmac_drbg_context one, two;
	uint8_t a[16], b[16];
	struct rlimit none = { 0, 0 };

	ok(name != NULL && strcmp(name, "getrandom") == 0,
	    "the system's seeder is getrandom(2)");
	ok(setrlimit(RLIMIT_NOFILE, &none) == 0, "no file can be opened now");
	br_hmac_drbg_init(&one, &br_sha256_vtable, NULL, 0);
	br_hmac_drbg_init(&two, &br_sha256_vtable, NULL, 0);
	ok(seed != NULL && seed(&one.vtable) && seed(&two.vtable),
	    "seeding needs no file");
	br_hmac_drbg_generate(&one, a, sizeof(a));
	br_hmac_drbg_generate(&two, b, sizeof(b));
	ok(memcmp(a, b, sizeof(a)) != 0, "two generators differ");
}

int
main(void)
{
	test_decoder();
	test_seeding();
	return done_testing();
}
