#include "crypto/constant_time.h"

#include <stdint.h>
#include <string.h>

#include "crypto/random.h"
#include "tap.h"

static void
test_every_bit_counts(void)
{
	uint8_t a[32], b[32];
	bool differ = true;

	random_bytes(a, sizeof(a));
	memcpy(b, a, sizeof(a));
	ok(constant_time_equal(a, b, sizeof(a)), "equal");
	for (size_t bit = 0; bit < sizeof(a) * 8; bit++) {
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		differ &= !constant_time_equal(a, b, sizeof(a));
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ok(differ, "not equal if any one bit differs");
	ok(constant_time_equal(a, b, 0), "nothing is nothing");
}

static void
test_random_bytes(void)
{
	static uint8_t a[100000], b[100000];
	unsigned seen[256] = { 0 };
	bool all = true;

	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	random_bytes(NULL, 0);
	ok(memcmp(a, b, sizeof(a)) != 0, "random bytes differ");
	for (size_t i = 0; i < sizeof(a); i++)
		seen[a[i]]++;
	/* 391 of each are expected; 200 is 9.7 standard deviations off. */
	for (size_t i = 0; i < 256; i++)
		all &= seen[i] > 200 && seen[i] < 600;
	ok(all, "and every byte is about as frequent, up to the last");
}

int
main(void)
{
	test_every_bit_counts();
	test_random_bytes();
	return done_testing();
}
