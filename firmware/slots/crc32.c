#include "slots/crc32.h"

enum { BITS = 8 };

static const uint32_t polynomial = UINT32_C(0xedb88320);	/* reflected */

/* See crc32.h.  Bit by bit: at most 16 KiB once at start. */
uint32_t
crc32_add(uint32_t so_far, struct span bytes)
{
	uint32_t crc = ~so_far;

	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= bytes.ptr[i];
		for (int bit = 0; bit < BITS; bit++)
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	}
	return ~crc;
}
