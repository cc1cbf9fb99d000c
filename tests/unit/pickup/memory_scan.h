/* memory_scan.h -- looks for a secret in all memory that can be written. */
#ifndef UNIT_PICKUP_MEMORY_SCAN_H
#define UNIT_PICKUP_MEMORY_SCAN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES = 40 };

/* A symbol of base64url.  The secret itself is nowhere but where a test puts
 * it: the scan would find its own copy. */
static uint8_t
secret_byte(unsigned i)
{
	return (uint8_t)('A' + (i * 7 + 3) % 26);
}

/* The allocator gives a group of blocks back when all are free; then a scan
 * cannot see what was in them. */
static void
keep_heap(void)
{
	static void *kept[128];

	for (unsigned i = 0; i < 128; i++) {
		kept[i] = malloc(16 + 16 * i);
		if (kept[i] == NULL)
			abort();
	}
}

static unsigned
count_in(const volatile uint8_t *p, const volatile uint8_t *end)
{
	unsigned n = 0, i;

	for (; p + SECRET_BYTES < end; p++) {
		for (i = 0; i < SECRET_BYTES && p[i] == secret_byte(i); i++)
			;
		n += i == SECRET_BYTES;
	}
	return n;
}

/* How often the secret stands in memory. */
static unsigned
count_secrets(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512], may[5];
	unsigned long from, to;
	unsigned n = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &from, &to, may) == 3 &&
		    strncmp(may, "rw", 2) == 0)
			n += count_in((const uint8_t *)from,
			    (const uint8_t *)to);
	if (maps != NULL)
		fclose(maps);
	return n;
}

#endif
