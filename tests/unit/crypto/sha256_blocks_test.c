#include "crypto/sha256_blocks.h"

#include <string.h>

#include "crypto/digest.h"
#include "tap.h"

static uint8_t data[4096];

static void
test_both_ways_agree(void)
{
	bool same = true;

	for (size_t count = 0; count <= 20; count++)
		for (size_t from = 0; from < 16; from++) {
			uint32_t a[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, b[8];

			memcpy(b, a, sizeof(b));
			sha256_blocks(a, data + from, count);
			sha256_blocks_portable(b, data + from, count);
			same &= memcmp(a, b, sizeof(a)) == 0;
		}
	ok(same, "any state, 0 to 20 blocks, any alignment");
}

static void
test_every_bit_of_a_block(void)
{
	bool same = true;

	for (size_t bit = 0; bit < 64 * 8; bit++) {
		uint32_t a[8] = { 0 }, b[8] = { 0 };
		uint8_t block[64] = { 0 };

		block[bit / 8] = (uint8_t)(1 << bit % 8);
		sha256_blocks(a, block, 1);
		sha256_blocks_portable(b, block, 1);
		same &= memcmp(a, b, sizeof(a)) == 0;
	}
	ok(same, "one bit set, each in turn");
}

/* The seams between what is held back and whole blocks. */
static void
test_every_cut_of_a_message(void)
{
	bool same = true;

	for (size_t len = 0; len < 300; len++) {
		uint8_t whole[32], parts[32];
		br_sha256_context c;

		br_sha256_init(&c);
		br_sha256_update(&c, data, len);
		br_sha256_out(&c, whole);
		for (size_t cut = 0; cut <= len; cut += 7) {
			struct sha256 h;

			sha256_start(&h);
			sha256_add(&h, (struct span){ data, cut });
			sha256_add(&h, (struct span){ data + cut, len - cut });
			sha256_finish(&h, parts);
			same &= memcmp(whole, parts, sizeof(whole)) == 0;
		}
	}
	ok(same, "0 to 299 bytes in two parts, as BearSSL in one");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 131 + i / 256 * 17);
	test_both_ways_agree();
	test_every_bit_of_a_block();
	test_every_cut_of_a_message();
	return done_testing();
}
