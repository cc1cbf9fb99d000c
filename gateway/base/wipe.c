#include "base/wipe.h"

#include <string.h>

/* See wipe.h. */
void
wipe(void *ptr, size_t len)
{
	if (len == 0)
		return;
	memset(ptr, 0, len);
	/* The compiler must believe that somebody reads the zeroes. */
	__asm__ volatile("" : : "r"(ptr) : "memory");
}
