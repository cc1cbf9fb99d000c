#include "crypto/sha_blocks.h"

#include <string.h>

#include "crypto/digest.h"
#include "tap.h"

static uint8_t data[4096];

static bool
agree(const uint8_t *blocks, size_t count)
{
	uint32_t a[8] = { 1, 2, 3, 4, 0xfffffff5, 6, 7, 8 }, b[8];
	uint32_t c[5] = { 0x80000001, 2, 3, 4, 0xfffffff5 }, d[5];

	memcpy(b, a, sizeof(b));
	memcpy(d, c, sizeof(d));
	sha256_blocks(a, blocks, count);
	sha256_blocks_portable(b, blocks, count);
	sha1_blocks(c, blocks, count);
	sha1_blocks_portable(d, blocks, count);
	return memcmp(a, b, sizeof(a)) == 0 && memcmp(c, d, sizeof(c)) == 0;
}

static void
test_both_ways_agree(void)
{
	bool same = true;

	for (size_t count = 0; count <= 20; count++)
		for (size_t from = 0; from < 16; from++)
			same &= agree(data + from, count);
	ok(same, "any state, 0 to 20 blocks, any alignment");
}

static void
test_every_bit_of_a_block(void)
{
	bool same = true;

	for (size_t bit = 0; bit < 64 * 8; bit++) {
		uint8_t block[64] = { 0 };

		block[bit / 8] = (uint8_t)(1 << bit % 8);
		same &= agree(block, 1);
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

static void
test_every_length_of_sha1(void)
{
	bool same = true;

	for (size_t len = 0; len < 300; len++) {
		uint8_t ours[20], theirs[20];
		br_sha1_context c;

		br_sha1_init(&c);
		br_sha1_update(&c, data, len);
		br_sha1_out(&c, theirs);
		sha1((struct span){ data, len }, ours);
		same &= memcmp(ours, theirs, sizeof(ours)) == 0;
	}
	ok(same, "SHA-1 of 0 to 299 bytes, as BearSSL");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 131 + i / 256 * 17);
	test_both_ways_agree();
	test_every_bit_of_a_block();
	test_every_cut_of_a_message();
	test_every_length_of_sha1();
	return done_testing();
}
