#include "jose/jwk.h"

#include "jose_keys.h"
#include "tap.h"

/* RFC 7517 appendix A.1 and A.2. */
#define X "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
#define Y "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
#define D "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"

static void
test_the_key_of_rfc_7517(void)
{
	struct p256_public key = public_of(X, Y), own;
	struct secret_32 d = private_of(D);
	uint8_t store[JWK_PRIVATE_MAX];
	struct buf b = buf_over(store, JWK_PUBLIC_MAX);

	ok(jwk_write_public(&key, &b) == ST_OK && span_is(buf_span(&b),
	    "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" X "\",\"y\":\"" Y "\"}"),
	    "public, members in the order of the thumbprint");
	b = buf_over(store, sizeof(store));
	ok(jwk_write_private(&d, &key, &b) == ST_OK && span_is(buf_span(&b),
	    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y
	    "\",\"d\":\"" D "\"}"), "private");
	ok(p256_public_of(&d, &own) == ST_OK &&
	    memcmp(own.point, key.point, 65) == 0, "d belongs to x and y");
}

/* The value that npm jose and python3-jwcrypto give for this key. */
static void
test_thumbprint(void)
{
	struct p256_public key = public_of(X, Y);
	uint8_t store[JWK_THUMBPRINT_LEN];
	struct buf b = buf_over(store, sizeof(store));

	ok(jwk_thumbprint(&key, &b) == ST_OK && span_is(buf_span(&b),
	    "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"), "thumbprint");
	b = buf_over(store, JWK_THUMBPRINT_LEN - 1);
	ok(jwk_thumbprint(&key, &b) == ST_NO_SPACE, "one symbol short");
}

static void
test_space(void)
{
	struct p256_public key = public_of(X, Y);
	struct secret_32 d = private_of(D);
	uint8_t store[JWK_PRIVATE_MAX];
	struct buf b = buf_over(store, 120);

	ok(jwk_write_public(&key, &b) == ST_NO_SPACE, "public, no space");
	b = buf_over(store, 160);
	ok(jwk_write_private(&d, &key, &b) == ST_NO_SPACE,
	    "private, no space");
}

int
main(void)
{
	test_the_key_of_rfc_7517();
	test_thumbprint();
	test_space();
	return done_testing();
}
