#include "crypto/p256.h"

#include <bearssl.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/digest.h"
#include "crypto/random.h"

/*
 * BearSSL 0.6 has two constant-time P-256: 31-bit and 15-bit limbs.  The
 * first is several times faster on every processor we build for.
 */
static const br_ec_impl *const curve = &br_ec_p256_m31;

/* The order n of the base point (SP 800-186 section 3.2.1.3). */
static const uint8_t order[32] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
	0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

/* a < limit, big-endian, in constant time: the borrow of a - limit. */
static bool
is_below(const uint8_t *a, const uint8_t *limit)
{
	uint32_t borrow = 0;

	for (size_t i = 32; i-- > 0;)
		borrow = ((uint32_t)a[i] - limit[i] - borrow) >> 31;
	return borrow == 1;
}

/* 0 < a < n, in constant time. */
static bool
is_scalar(const uint8_t *a)
{
	uint32_t any = 0;

	for (size_t i = 0; i < 32; i++)
		any |= a[i];
	return is_below(a, order) & (any != 0);
}

/* point = d * point; false where `point` is none: BearSSL looks at the first
 * byte, at x and y < p, and at the curve's equation. */
static bool
multiply(struct p256_public *point, const uint8_t *d, size_t d_len)
{
	return curve->mul(point->point, sizeof(point->point), d, d_len,
	    BR_EC_secp256r1) == 1;
}

/* See p256.h. */
bool
p256_is_private(const struct secret_32 *d)
{
	return is_scalar(d->byte);
}

/* See p256.h. */
enum status
p256_public_of(const struct secret_32 *d, struct p256_public *public_key)
{
	if (!is_scalar(d->byte))
		return ST_INVALID;
	curve->mulgen(public_key->point, d->byte, sizeof(d->byte),
	    BR_EC_secp256r1);
	return ST_OK;
}

/* See p256.h. */
void
p256_generate(struct secret_32 *d, struct p256_public *public_key)
{
	/* Rejected once in 2^32: n is that close to 2^256. */
	do
		random_bytes(d->byte, sizeof(d->byte));
	while (p256_public_of(d, public_key) != ST_OK);
}

/* See p256.h. */
enum status
p256_check(struct span point, struct p256_public *public_key)
{
	static const uint8_t one[1] = { 1 };
	struct p256_public copy;

	if (point.len != sizeof(copy.point))
		return ST_INVALID;
	memcpy(copy.point, point.ptr, sizeof(copy.point));
	if (!multiply(&copy, one, sizeof(one)))
		return ST_INVALID;
	memcpy(public_key->point, point.ptr, sizeof(public_key->point));
	return ST_OK;
}

/* See p256.h. */
enum status
p256_ecdh(const struct secret_32 *d, const struct p256_public *public_key,
    struct secret_32 *shared)
{
	struct p256_public product = *public_key;
	enum status st = ST_INVALID;

	if (is_scalar(d->byte) &&
	    multiply(&product, d->byte, sizeof(d->byte))) {
		memcpy(shared->byte, product.point + 1, sizeof(shared->byte));
		st = ST_OK;
	}
	wipe(&product, sizeof(product));
	return st;
}

/* See p256.h. */
void
p256_sign(const struct secret_32 *d, struct span message,
    uint8_t signature[static 64])
{
	struct secret_32 copy = *d;		/* BearSSL's pointer is not const */
	br_ec_private_key key = { BR_EC_secp256r1, copy.byte, sizeof(copy) };
	uint8_t digest[32];
	size_t len;

	sha256(message, digest);
	len = br_ecdsa_i31_sign_raw(curve, &br_sha256_vtable, digest, &key,
	    signature);
	wipe(&copy, sizeof(copy));
	if (len != 64)
		unexpected("a signing key that is none", (int)len);
}

/* See p256.h. */
enum status
p256_verify(const struct p256_public *public_key, struct span message,
    struct span signature)
{
	struct p256_public copy = *public_key;
	br_ec_public_key key = { BR_EC_secp256r1, copy.point, sizeof(copy) };
	uint8_t digest[32];

	if (signature.len != 64 || !is_scalar(signature.ptr) ||
	    !is_scalar(signature.ptr + 32))
		return ST_FORGED;
	sha256(message, digest);
	if (br_ecdsa_i31_vrfy_raw(curve, digest, sizeof(digest), &key,
	    signature.ptr, signature.len) != 1)
		return ST_FORGED;
	return ST_OK;
}

/*
 * BearSSL turns DER into r and s of one length, the longer one's: to the right
 * half of 32 bytes each.  See p256.h.
 */
enum status
p256_verify_der(const struct p256_public *public_key, struct span message,
    struct span signature)
{
	enum { HALF = 32, DER_MAX = 72 };
	uint8_t copy[2 * DER_MAX], raw[2 * HALF] = { 0 };
	size_t half;

	if (signature.len > DER_MAX)
		return ST_FORGED;
	memcpy(copy, signature.ptr, signature.len);
	half = br_ecdsa_asn1_to_raw(copy, signature.len) / 2;
	if (half == 0 || half > HALF)
		return ST_FORGED;
	memcpy(raw + HALF - half, copy, half);
	memcpy(raw + 2 * HALF - half, copy + half, half);
	return p256_verify(public_key, message,
	    (struct span){ raw, sizeof(raw) });
}
