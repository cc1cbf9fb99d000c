#include "wire/scan.h"

/* One bit pattern in each of the eight bytes of a word. */
static const uint64_t ones = 0x0101010101010101u;
static const uint64_t tops = 0x8080808080808080u;

/* Non-zero where a byte of `word` is zero. */
static uint64_t
zero_bytes(uint64_t word)
{
	return (word - ones) & ~word & tops;
}

static uint64_t
load(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* See scan.h. */
size_t
scan_either(struct span s, uint8_t a, uint8_t b)
{
	size_t i = 0;

	for (; s.len - i >= 8; i += 8) {
		uint64_t word = load(s.ptr + i);

		if ((zero_bytes(word ^ (ones * a)) |
		    zero_bytes(word ^ (ones * b))) != 0)
			break;
	}
	while (i < s.len && s.ptr[i] != a && s.ptr[i] != b)
		i++;
	return i;
}

/* See scan.h. */
size_t
scan_non_ascii(struct span s)
{
	size_t i = 0;

	while (s.len - i >= 8 && (load(s.ptr + i) & tops) == 0)
		i += 8;
	while (i < s.len && s.ptr[i] < 0x80)
		i++;
	return i;
}
