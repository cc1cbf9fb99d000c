#include "slots/gpt.h"

#include <linux/blkpg.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slots/crc32.h"

/* UEFI 2.10, tables 5.5 (header) and 5.6 (entry); all little endian. */
enum {
	HEADER_REVISION = 8, HEADER_SIZE = 12, HEADER_CRC = 16, HEADER_SELF = 24,
	HEADER_OTHER = 32, HEADER_FIRST = 40, HEADER_LAST = 48,
	HEADER_ENTRIES_AT = 72, HEADER_ENTRIES = 80, HEADER_ENTRY_SIZE = 84,
	HEADER_ENTRIES_CRC = 88,
	ENTRY_TYPE = 0, ENTRY_FIRST = 32, ENTRY_LAST = 40, ENTRY_NAME = 56,
	ENTRIES = 128, ENTRY_BYTES = 128, TYPE_BYTES = 16, NAME_UNITS = 36,
	HEADER_BYTES = 92,
	ENTRIES_SECTORS = GPT_ENTRIES_BYTES / GPT_SECTOR,
	SIDE_SECTORS = 1 + ENTRIES_SECTORS,
	SECTORS_LEAST = 4 * GPT_ALIGN
};

static const char signature[] = "EFI PART";

/* One header with its entries, at either side of the disk. */
struct side {
	uint8_t *header, *entries;
	uint64_t self, other, entries_at;
};

static uint64_t
get(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

static void
put(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static struct side
first_side(struct gpt *g)
{
	return (struct side){ g->first, g->first + GPT_SECTOR, 1,
	    g->sectors - 1, 2 };
}

static struct side
last_side(struct gpt *g)
{
	return (struct side){ g->last + GPT_ENTRIES_BYTES, g->last,
	    g->sectors - 1, 1, g->sectors - SIDE_SECTORS };
}

/* With the field itself taken as zero. */
static uint32_t
header_crc(const uint8_t *header)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32_add(0, (struct span){ header, HEADER_CRC });

	crc = crc32_add(crc, (struct span){ zero, sizeof(zero) });
	return crc32_add(crc, (struct span){ header + HEADER_CRC + 4,
	    HEADER_BYTES - HEADER_CRC - 4 });
}

static bool
is_valid(const struct side *s)
{
	const uint8_t *h = s->header;

	return memcmp(h, signature, sizeof(signature) - 1) == 0 &&
	    get(h + HEADER_SIZE, 4) == HEADER_BYTES &&
	    get(h + HEADER_CRC, 4) == header_crc(h) &&
	    get(h + HEADER_SELF, 8) == s->self &&
	    get(h + HEADER_ENTRIES_AT, 8) == s->entries_at &&
	    get(h + HEADER_ENTRIES, 4) == ENTRIES &&
	    get(h + HEADER_ENTRY_SIZE, 4) == ENTRY_BYTES &&
	    get(h + HEADER_ENTRIES_CRC, 4) == crc32_add(0,
	    (struct span){ s->entries, GPT_ENTRIES_BYTES });
}

static void
seal(const struct side *s, uint64_t sectors)
{
	uint8_t *h = s->header;

	put(h + HEADER_SELF, 8, s->self);
	put(h + HEADER_OTHER, 8, s->other);
	put(h + HEADER_LAST, 8, sectors - SIDE_SECTORS - 1);
	put(h + HEADER_ENTRIES_AT, 8, s->entries_at);
	put(h + HEADER_ENTRIES_CRC, 4, crc32_add(0,
	    (struct span){ s->entries, GPT_ENTRIES_BYTES }));
	put(h + HEADER_CRC, 4, header_crc(h));
}

static void
copy_side(const struct side *from, const struct side *to)
{
	memcpy(to->header, from->header, GPT_SECTOR);
	memcpy(to->entries, from->entries, GPT_ENTRIES_BYTES);
}

static bool
is_used(const uint8_t *entry)
{
	static const uint8_t none[TYPE_BYTES];

	return memcmp(entry + ENTRY_TYPE, none, sizeof(none)) != 0;
}

/* Names are UTF-16, zero padded; ours are ASCII. */
static bool
has_name(const uint8_t *entry, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < NAME_UNITS; i++)
		if (get(entry + ENTRY_NAME + 2 * i, 2) !=
		    (i < len ? (uint64_t)(unsigned char)name[i] : 0))
			return false;
	return len <= NAME_UNITS;
}

static uint8_t *
find_entry(uint8_t *entries, const char *name, unsigned *number)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		uint8_t *entry = entries + i * ENTRY_BYTES;

		*number = i + 1;
		if (is_used(entry) && has_name(entry, name))
			return entry;
	}
	return NULL;
}

static bool
is_last(const uint8_t *entries, const uint8_t *entry)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		const uint8_t *e = entries + i * ENTRY_BYTES;

		if (e != entry && is_used(e) && get(e + ENTRY_LAST, 8) >=
		    get(entry + ENTRY_FIRST, 8))
			return false;
	}
	return true;
}

/* The end is exclusive here, inclusive on the disk; never shrinks. */
static enum status
grow_entry(uint8_t *entry, uint64_t sectors, struct gpt_partition *out)
{
	uint64_t usable = sectors - SIDE_SECTORS;
	uint64_t end = usable - usable % GPT_ALIGN;
	uint64_t was = get(entry + ENTRY_LAST, 8) + 1;

	if (was > usable || get(entry + ENTRY_FIRST, 8) >= was)
		return ST_UNSUPPORTED;
	if (end > was)
		put(entry + ENTRY_LAST, 8, end - 1);
	out->at = get(entry + ENTRY_FIRST, 8);
	out->sectors = get(entry + ENTRY_LAST, 8) + 1 - out->at;
	return ST_OK;
}

/* See gpt.h. */
enum status
gpt_grow(struct gpt *g, const char *name, struct gpt_partition *out)
{
	struct side first, last;
	uint8_t *entry;

	if (g->sectors < SECTORS_LEAST)
		return ST_UNSUPPORTED;
	first = first_side(g);
	last = last_side(g);
	if (!is_valid(&first)) {
		if (!is_valid(&last))
			return ST_CORRUPT;
		copy_side(&last, &first);
	}
	entry = find_entry(first.entries, name, &out->number);
	if (entry == NULL)
		return ST_NOT_FOUND;
	if (!is_last(first.entries, entry))
		return ST_UNSUPPORTED;
	TRY(grow_entry(entry, g->sectors, out));
	copy_side(&first, &last);
	seal(&first, g->sectors);
	seal(&last, g->sectors);
	return ST_OK;
}

/* --- on a disk --------------------------------------------------------------- */

static off_t
last_at(const struct gpt *g)
{
	return (off_t)((g->sectors - SIDE_SECTORS) * GPT_SECTOR);
}

static enum status
size_of(int fd, uint64_t *sectors)
{
	uint64_t bytes;
	int sector = GPT_SECTOR;
	struct stat info;

	if (fstat(fd, &info) != 0)
		return ST_IO;
	bytes = (uint64_t)info.st_size;
	if (S_ISBLK(info.st_mode) && (ioctl(fd, (int)BLKGETSIZE64, &bytes) != 0 ||
	    ioctl(fd, (int)BLKSSZGET, &sector) != 0))
		return ST_IO;
	*sectors = bytes / GPT_SECTOR;
	return sector == GPT_SECTOR && *sectors >= SECTORS_LEAST ? ST_OK
	    : ST_UNSUPPORTED;
}

/* See gpt.h. */
enum status
gpt_load(int fd, struct gpt *g)
{
	TRY(size_of(fd, &g->sectors));
	if (pread(fd, g->first, GPT_SIDE_BYTES, GPT_SECTOR) !=
	    GPT_SIDE_BYTES || pread(fd, g->last, GPT_SIDE_BYTES, last_at(g)) !=
	    GPT_SIDE_BYTES)
		return ST_IO;
	return ST_OK;
}

static enum status
write_side(int fd, const uint8_t *bytes, const uint8_t *were, off_t at)
{
	if (memcmp(bytes, were, GPT_SIDE_BYTES) == 0)
		return ST_OK;
	if (pwrite(fd, bytes, GPT_SIDE_BYTES, at) != GPT_SIDE_BYTES)
		return ST_IO;
	return fsync(fd) == 0 ? ST_OK : ST_IO;
}

/* See gpt.h. */
enum status
gpt_store(int fd, const struct gpt *g, const struct gpt *was)
{
	TRY(write_side(fd, g->last, was->last, last_at(g)));
	return write_side(fd, g->first, was->first, GPT_SECTOR);
}

/* See gpt.h. */
enum status
gpt_tell_kernel(int fd, const struct gpt_partition *p)
{
	struct blkpg_partition part = {
		.start = (long long)(p->at * GPT_SECTOR),
		.length = (long long)(p->sectors * GPT_SECTOR),
		.pno = (int)p->number
	};
	struct blkpg_ioctl_arg ask = {
		.op = BLKPG_RESIZE_PARTITION, .datalen = sizeof(part),
		.data = &part
	};

	return ioctl(fd, BLKPG, &ask) == 0 ? ST_OK : ST_IO;
}
