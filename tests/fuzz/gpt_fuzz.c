/*
 * A partition table: eight bytes for the disk's length, a byte for the side
 * that is damaged, and then pairs of place and byte on top of a table as our
 * images have it, its sums put right.  What is grown stays on the disk, and
 * grows no more the second time.
 */
#include <stdint.h>
#include <stdlib.h>

#include "slots/crc32.h"
#include "slots/gpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD = 9, NAME = 56, DATA_AT = 233472, DATA_END = 364543 };

static void
put(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void
seal(struct gpt *g)
{
	struct span entries = { g->first + GPT_SECTOR, GPT_ENTRIES_BYTES };

	put(g->first + 88, 4, crc32_add(0, entries));
	put(g->first + 16, 4, 0);
	put(g->first + 16, 4, crc32_add(0, (struct span){ g->first, 92 }));
}

static void
make(struct gpt *g)
{
	uint8_t *entry = g->first + GPT_SECTOR;

	memset(g->first, 0, sizeof(g->first));
	memset(g->last, 0, sizeof(g->last));
	memcpy(g->first, "EFI PART", 8);
	put(g->first + 12, 4, 92);
	put(g->first + 24, 8, 1);
	put(g->first + 72, 8, 2);
	put(g->first + 80, 4, 128);
	put(g->first + 84, 4, 128);
	memset(entry, 1, 32);
	put(entry + 32, 8, DATA_AT);
	put(entry + 40, 8, DATA_END);
	for (unsigned i = 0; i < 4; i++)
		entry[NAME + 2 * i] = (uint8_t)"data"[i];
}

static void
check(struct gpt *g)
{
	struct gpt_partition p, again;
	static struct gpt before;

	if (gpt_grow(g, "data", &p) != ST_OK)
		return;
	if (p.sectors == 0 || p.at >= g->sectors ||
	    p.sectors > g->sectors - p.at)
		abort();
	before = *g;
	if (gpt_grow(g, "data", &again) != ST_OK ||
	    memcmp(&before, g, sizeof(before)) != 0 ||
	    again.sectors != p.sectors)
		abort();
	memset(g->first, 0, sizeof(g->first));
	if (gpt_grow(g, "data", &again) != ST_OK ||
	    memcmp(&before, g, sizeof(before)) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gpt g;

	if (len < HEAD)
		return 0;
	make(&g);
	g.sectors = 0;
	for (unsigned i = 0; i < 8; i++)
		g.sectors |= (uint64_t)data[i] << (8 * i);
	for (size_t i = HEAD; i + 2 < len; i += 3)
		g.first[(data[i] | (size_t)data[i + 1] << 8) %
		    sizeof(g.first)] = data[i + 2];
	if (data[8] != 1)
		seal(&g);
	check(&g);
	return 0;
}
