#include "jose/concat_kdf.h"

#include "crypto/p256.h"
#include "jose_keys.h"
#include "tap.h"

/* RFC 7518 appendix C: Alice's ephemeral private key, Bob's public key. */
static void
test_appendix_c(void)
{
	static const uint8_t z[32] = { 158, 86, 217, 29, 129, 113, 53, 211,
		114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218,
		128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196 };
	struct secret_32 alice =
	    private_of("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
	struct p256_public bob = public_of(
	    "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
	    "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck");
	struct parties who = { span_of("Alice"), span_of("Bob") };
	struct secret_32 shared, key;
	uint8_t expected[16];

	(void)unb64("VqqN6vgjbSBcIijNcacQGg", expected, sizeof(expected));
	ok(p256_ecdh(&alice, &bob, &shared) == ST_OK &&
	    memcmp(shared.byte, z, sizeof(z)) == 0, "Z");
	concat_kdf(&shared, "A128GCM", who, 128, &key);
	ok(memcmp(key.byte, expected, sizeof(expected)) == 0, "derived key");
}

static void
test_everything_is_in_the_hash(void)
{
	const struct secret_32 z = { { 1 } };
	struct parties who = { span_of("ab"), span_of("c") };
	struct parties moved = { span_of("a"), span_of("bc") };
	struct secret_32 one, other;

	concat_kdf(&z, "A256GCM", who, 256, &one);
	concat_kdf(&z, "A256GCM", moved, 256, &other);
	ok(memcmp(&one, &other, sizeof(one)) != 0, "parties are kept apart");
	concat_kdf(&z, "A128GCM", who, 256, &other);
	ok(memcmp(&one, &other, sizeof(one)) != 0, "the algorithm counts");
	concat_kdf(&z, "A256GCM", who, 128, &other);
	ok(memcmp(&one, &other, sizeof(one)) != 0, "the length counts");
}

int
main(void)
{
	test_appendix_c();
	test_everything_is_in_the_hash();
	return done_testing();
}
