#include "crypto/constant_time.h"

#include <stdint.h>

/* See constant_time.h. */
bool
constant_time_equal(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;
	uint32_t differ = 0;

	for (size_t i = 0; i < len; i++) {
		differ |= (uint32_t)(x[i] ^ y[i]);
		/* Keeps the compiler from leaving the loop early. */
		__asm__ volatile("" : "+r"(differ));
	}
	return differ == 0;
}
