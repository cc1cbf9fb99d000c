/*
 * gpt.h -- grows the last partition to the end of its disk: the image that is
 * written to a card is smaller than the card (UEFI 2.10 section 5.3).
 *
 * gpt_grow() is pure: it is given what stands at both ends of the disk and
 * makes what should stand there.  gpt_store() writes it, the copy at the
 * disk's new end first: whatever a power cut leaves, one of both is whole,
 * which Linux takes when its command line has `gpt`, as U-Boot does.
 *
 * Takes what our own images have: sectors of 512 bytes, 128 entries of 128
 * bytes in the 32 sectors beside each header.
 */
#ifndef SLOTS_GPT_H
#define SLOTS_GPT_H

#include "base/span.h"

enum {
	GPT_SECTOR = 512,
	GPT_ENTRIES_BYTES = 128 * 128,
	GPT_SIDE_BYTES = GPT_SECTOR + GPT_ENTRIES_BYTES,
	GPT_ALIGN = 2048	/* sectors: 1 MiB */
};

struct gpt {
	uint64_t sectors;	/* of the whole disk */
	uint8_t  first[GPT_SIDE_BYTES];	/* sectors 1 to 33: header, entries */
	uint8_t  last[GPT_SIDE_BYTES];	/* the last 33: entries, header */
};

struct gpt_partition {
	unsigned number;	/* from 1 */
	uint64_t at, sectors;
};

/*
 * Makes `g` what it should be: the partition `name` reaches to the last whole
 * MiB that the disk has for it, both sides agree, the copy is at the disk's
 * end.  Where one side alone is valid, the other is made from it.
 *
 *   ST_OK           *out is that partition, as it is now in `g`
 *   ST_CORRUPT      neither side is valid
 *   ST_NOT_FOUND    no partition of that name
 *   ST_UNSUPPORTED  not our layout: other sizes, another partition behind it,
 *                   a disk that ends before it does
 */
MUST_CHECK enum status
gpt_grow(struct gpt *g, const char *name, struct gpt_partition *out);

/* Reads both sides of the disk (or image) `fd`.  ST_OK; ST_UNSUPPORTED:
 * other sectors, or too small; ST_IO. */
MUST_CHECK enum status gpt_load(int fd, struct gpt *g);

/* Writes what differs from `was`, synced, the copy first.  ST_OK or ST_IO. */
MUST_CHECK enum status
gpt_store(int fd, const struct gpt *g, const struct gpt *was);

/* Tells the kernel how long that partition of the disk `fd` is now; it may
 * be in use.  ST_OK or ST_IO with errno. */
MUST_CHECK enum status gpt_tell_kernel(int fd, const struct gpt_partition *p);

#endif
