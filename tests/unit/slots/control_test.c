#include "slots/control.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "slots/crc32.h"
#include "tap.h"
#include "torn.h"

/* U-Boot's view of the 32 bytes (include/android_bootloader_message.h), as
 * its compiler lays the bits out on both of our targets. */
struct uboot_slot {
	uint8_t priority : 4, tries : 3, successful : 1;
	uint8_t corrupt : 1, reserved : 7;
} __attribute__((packed));

struct uboot_control {
	char     suffix[4];
	uint32_t magic;
	uint8_t  version;
	uint8_t  slots : 3, recovery : 3;
	uint8_t  reserved0[2];
	struct uboot_slot slot[4];
	uint8_t  reserved1[8];
	uint32_t crc;
} __attribute__((packed));

_Static_assert(sizeof(struct uboot_control) == CONTROL_BYTES, "32 bytes");

/* --- the disk -------------------------------------------------------------- */

enum { PARTITION = 8192 };

static int
partition(void)
{
	int fd = memfd_create("control", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PARTITION) != 0)
		abort();
	writes_left = TORN_NEVER;
	return fd;
}

/* What the factory writes. */
static struct control
fresh(void)
{
	return (struct control){ .slot = { { 15, 7, false, false },
	    { 14, 7, false, false } } };
}

static bool
same(const struct control *a, const struct control *b)
{
	uint8_t x[CONTROL_BYTES], y[CONTROL_BYTES];

	control_encode(a, x);
	control_encode(b, y);
	return memcmp(x, y, sizeof(x)) == 0;
}

/* --- the layout ------------------------------------------------------------ */

static void
test_crc(void)
{
	ok(crc32_add(0, span_of("123456789")) == 0xcbf43926,
	    "the CRC-32 of 802.3, by its check value");
	ok(crc32_add(crc32_add(0, span_of("1234")), span_of("56789")) ==
	    0xcbf43926, "also in pieces");
}

static void
test_uboot_reads_it(void)
{
	struct control c = { .slot = { { 15, 3, false, true },
	    { 9, 6, true, false } }, .last = 1 };
	struct uboot_control u;

	control_encode(&c, (uint8_t *)&u);
	ok(memcmp(u.suffix, "_b\0\0", 4) == 0, "suffix");
	ok(u.magic == 0x42414342 && u.version == 1 && u.slots == 2,
	    "magic, version and number of slots");
	ok(u.slot[0].priority == 15 && u.slot[0].tries == 3 &&
	    u.slot[0].successful == 0 && u.slot[0].corrupt == 1,
	    "slot a where U-Boot reads it");
	ok(u.slot[1].priority == 9 && u.slot[1].tries == 6 &&
	    u.slot[1].successful == 1 && u.slot[1].corrupt == 0,
	    "slot b where U-Boot reads it");
	ok(u.slot[2].priority == 0 && u.slot[2].tries == 0 &&
	    u.slot[3].tries == 0, "there is no third slot");
	ok(u.crc == crc32_add(0, (struct span){ (uint8_t *)&u, 28 }),
	    "CRC over the 28 bytes before it");
}

/* The bytes of ab_control_default() in U-Boot 2025.01. */
static void
test_we_read_uboot(void)
{
	struct uboot_control u = { .suffix = "_a", .magic = 0x42414342,
	    .version = 1, .slots = 2,
	    .slot = { { 15, 7, 0, 0, 0 }, { 15, 7, 0, 0, 0 } } };
	struct control c;

	u.crc = crc32_add(0, (struct span){ (uint8_t *)&u, 28 });
	ok(control_decode((uint8_t *)&u, &c) == ST_OK && c.last == 0 &&
	    c.slot[0].priority == 15 && c.slot[0].tries == 7 &&
	    c.slot[1].priority == 15 && c.slot[1].tries == 7,
	    "U-Boot's own default is read");
}

static void
test_damage_is_seen(void)
{
	struct control c = fresh(), out;
	uint8_t bytes[CONTROL_BYTES];
	unsigned taken = 0;

	for (unsigned bit = 0; bit < CONTROL_BYTES * 8; bit++) {
		control_encode(&c, bytes);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		taken += control_decode(bytes, &out) == ST_OK;
	}
	ok(taken == 0, "no single wrong bit is taken");
	memset(bytes, 0, sizeof(bytes));
	ok(control_decode(bytes, &out) == ST_CORRUPT, "nor zeroes");
}

static void
test_other_formats(void)
{
	static const struct { unsigned at; uint8_t value; const char *what; }
	wrong[] = { { 4, 0, "magic" }, { 8, 2, "version" },
	    { 9, 4, "four slots" }, { 9, 0, "no slots" } };
	struct control c = fresh(), out;
	uint8_t bytes[CONTROL_BYTES];

	for (size_t i = 0; i < COUNT(wrong); i++) {
		uint32_t crc;

		control_encode(&c, bytes);
		bytes[wrong[i].at] = wrong[i].value;
		crc = crc32_add(0, (struct span){ bytes, 28 });
		memcpy(bytes + 28, &crc, sizeof(crc));
		ok(control_decode(bytes, &out) == ST_CORRUPT,
		    "with a right CRC, but %s: not taken", wrong[i].what);
	}
}

/* --- the decisions --------------------------------------------------------- */

static void
test_decisions(void)
{
	struct control c = fresh();

	control_close(&c, 1);
	ok(c.slot[1].priority == 0 && c.slot[1].tries == 0 &&
	    c.slot[0].tries == 7, "a closed slot has no tries left");
	control_arm(&c, 1);
	ok(c.slot[1].priority == 15 && c.slot[1].tries == 3 &&
	    c.slot[0].priority == 14 && c.slot[0].tries == 7,
	    "an armed one is first, with three tries");
	c.slot[1].tries = 2;
	control_mark_good(&c, 1);
	ok(c.slot[1].priority == 15 && c.slot[1].tries == 7 &&
	    !c.slot[1].successful && c.slot[0].priority == 14,
	    "a healthy one has all tries and is never 'successful'");
	c.slot[0] = (struct control_slot){ 15, 7, true, false };
	c.slot[1].corrupt = true;
	control_mark_good(&c, 1);
	ok(c.slot[0].priority == 14 && !c.slot[0].successful &&
	    !c.slot[1].corrupt, "whatever was there before");
	control_close(&c, 0);
	control_mark_good(&c, 1);
	ok(c.slot[0].priority == 0 && c.slot[0].tries == 0,
	    "a closed slot stays closed");
}

/* --- both copies ----------------------------------------------------------- */

static void
test_copies(void)
{
	struct control c = fresh(), out;
	unsigned copy = 9;
	int fd = partition();

	ok(control_load(fd, &out, &copy) == ST_CORRUPT, "nothing there");
	ok(control_store(fd, &c) == ST_OK &&
	    control_load(fd, &out, &copy) == ST_OK && copy == 0 &&
	    same(&c, &out), "stored and loaded");
	syscall(SYS_pwrite64, fd, "x", 1, CONTROL_AT + 13);
	ok(control_load(fd, &out, &copy) == ST_OK && copy == 1 &&
	    same(&c, &out), "the copy stands in");
	ok(control_store(fd, &c) == ST_OK &&
	    control_load(fd, &out, &copy) == ST_OK && copy == 0,
	    "and repairs the first");
	writes_left = 0;
	ok(control_store(fd, &c) == ST_OK && writes_left == 0,
	    "what is there already is not written again");
	close(fd);
	ok(control_load(fd, &out, &copy) == ST_IO &&
	    control_store(fd, &c) == ST_IO, "the kernel refuses");
}

/* One store that is cut at write `cut`; true where it was not reached. */
static bool
cut_once(int cut, const struct control *old, const struct control *new)
{
	struct control out = { 0 };
	unsigned copy;
	int fd = partition();
	enum status st;

	if (control_store(fd, old) != ST_OK)
		abort();
	writes_left = cut;
	st = control_store(fd, new);
	ok(control_load(fd, &out, &copy) == ST_OK &&
	    same(&out, st == ST_OK || cut > 0 ? new : old),
	    "power cut in write %d: the block is whole", cut);
	writes_left = TORN_NEVER;
	ok(control_store(fd, new) == ST_OK &&
	    control_load(fd, &out, &copy) == ST_OK && copy == 0 &&
	    same(&out, new), "and can be written again");
	close(fd);
	return st == ST_OK;
}

static void
test_power_cuts(void)
{
	struct control old = fresh(), new = fresh();
	int cut = 0;

	control_arm(&new, 1);
	while (!cut_once(cut, &old, &new))
		cut++;
	ok(cut == 2, "a store is two writes");
}

int
main(void)
{
	torn_bytes = CONTROL_BYTES / 2;
	test_crc();
	test_uboot_reads_it();
	test_we_read_uboot();
	test_damage_is_seen();
	test_other_formats();
	test_decisions();
	test_copies();
	test_power_cuts();
	return done_testing();
}
