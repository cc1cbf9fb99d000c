#include "slots/control.h"

#include <unistd.h>

#include "slots/crc32.h"

/*
 * Byte by byte, since C promises nothing about the order of bit-fields:
 *
 *    0  4  "_a\0\0" or "_b\0\0", the slot written down by the boot loader
 *    4  4  magic, little endian
 *    8  1  version
 *    9  1  bits 0-2 number of slots, 3-5 tries of a recovery system
 *   10  2  zero
 *   12  8  four slots: priority bits 0-3, tries 4-6, successful 7;
 *          in the next byte corrupt bit 0
 *   20  8  zero
 *   28  4  CRC-32 of the 28 bytes before, little endian
 */
enum {
	AT_SUFFIX = 0, AT_MAGIC = 4, AT_VERSION = 8, AT_COUNT = 9,
	AT_SLOTS = 12, AT_CRC = 28,
	SLOT_BYTES = 2, VERSION = 1, COUNT_MASK = 7,
	PRIORITY_MASK = 15, TRIES_SHIFT = 4, TRIES_MASK = 7, SUCCESSFUL = 0x80,
	CORRUPT = 1, COPIES = 2
};

static const uint32_t magic = UINT32_C(0x42414342);	/* "BCAB" */

static uint32_t
get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	    (uint32_t)at[3] << 24;
}

static void
put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t
crc_of(const uint8_t *bytes)
{
	return crc32_add(0, (struct span){ bytes, AT_CRC });
}

/* See control.h. */
enum status
control_decode(const uint8_t bytes[static CONTROL_BYTES], struct control *out)
{
	if (get_u32(bytes + AT_MAGIC) != magic ||
	    get_u32(bytes + AT_CRC) != crc_of(bytes) ||
	    bytes[AT_VERSION] != VERSION ||
	    (bytes[AT_COUNT] & COUNT_MASK) != CONTROL_SLOTS)
		return ST_CORRUPT;
	*out = (struct control){ .last = bytes[AT_SUFFIX + 1] == 'b' };
	for (unsigned i = 0; i < CONTROL_SLOTS; i++) {
		const uint8_t *at = bytes + AT_SLOTS + i * SLOT_BYTES;

		out->slot[i] = (struct control_slot){
			.priority = at[0] & PRIORITY_MASK,
			.tries = at[0] >> TRIES_SHIFT & TRIES_MASK,
			.successful = (at[0] & SUCCESSFUL) != 0,
			.corrupt = (at[1] & CORRUPT) != 0
		};
	}
	return ST_OK;
}

static void
put_slot(uint8_t *at, const struct control_slot *slot)
{
	at[0] = (uint8_t)((slot->priority & PRIORITY_MASK) |
	    (slot->tries & TRIES_MASK) << TRIES_SHIFT |
	    (slot->successful ? SUCCESSFUL : 0));
	at[1] = slot->corrupt ? CORRUPT : 0;
}

/* See control.h. */
void
control_encode(const struct control *c, uint8_t out[static CONTROL_BYTES])
{
	memset(out, 0, CONTROL_BYTES);
	out[AT_SUFFIX] = '_';
	out[AT_SUFFIX + 1] = c->last == 0 ? 'a' : 'b';
	put_u32(out + AT_MAGIC, magic);
	out[AT_VERSION] = VERSION;
	out[AT_COUNT] = CONTROL_SLOTS;
	for (unsigned i = 0; i < CONTROL_SLOTS; i++)
		put_slot(out + AT_SLOTS + i * SLOT_BYTES, &c->slot[i]);
	put_u32(out + AT_CRC, crc_of(out));
}

/* `slot` first, the other one anywhere below it. */
static void
put_first(struct control *c, unsigned slot, uint8_t tries)
{
	struct control_slot *other = &c->slot[1 - slot];

	c->slot[slot] = (struct control_slot){
		.priority = CONTROL_PRIORITY_MAX, .tries = tries
	};
	if (other->priority >= CONTROL_PRIORITY_MAX)
		other->priority = CONTROL_PRIORITY_MAX - 1;
	other->successful = false;
}

/* See control.h. */
void
control_mark_good(struct control *c, unsigned slot)
{
	put_first(c, slot, CONTROL_TRIES_FULL);
}

/* See control.h.  Without tries, too: U-Boot does not look whether the
 * priority is 0. */
void
control_close(struct control *c, unsigned slot)
{
	c->slot[slot] = (struct control_slot){ 0 };
}

/* See control.h. */
void
control_arm(struct control *c, unsigned slot)
{
	put_first(c, slot, CONTROL_TRIES_NEW);
}

static off_t
copy_at(unsigned copy)
{
	return CONTROL_AT + (off_t)copy * CONTROL_COPY_AT;
}

static enum status
read_copy(int fd, unsigned copy, uint8_t bytes[static CONTROL_BYTES])
{
	return pread(fd, bytes, CONTROL_BYTES, copy_at(copy)) == CONTROL_BYTES
	    ? ST_OK : ST_IO;
}

/* See control.h. */
enum status
control_load(int fd, struct control *out, unsigned *copy)
{
	uint8_t bytes[CONTROL_BYTES];

	for (unsigned i = 0; i < COPIES; i++) {
		TRY(read_copy(fd, i, bytes));
		if (control_decode(bytes, out) == ST_OK) {
			*copy = i;
			return ST_OK;
		}
	}
	return ST_CORRUPT;
}

static enum status
write_copy(int fd, unsigned copy, const uint8_t bytes[static CONTROL_BYTES])
{
	if (pwrite(fd, bytes, CONTROL_BYTES, copy_at(copy)) != CONTROL_BYTES)
		return ST_IO;
	return fsync(fd) == 0 ? ST_OK : ST_IO;
}

/* See control.h. */
enum status
control_store(int fd, const struct control *c)
{
	uint8_t wanted[CONTROL_BYTES], there[CONTROL_BYTES];

	control_encode(c, wanted);
	for (unsigned i = COPIES; i-- > 0;) {
		TRY(read_copy(fd, i, there));
		if (memcmp(there, wanted, CONTROL_BYTES) != 0)
			TRY(write_copy(fd, i, wanted));
	}
	return ST_OK;
}
