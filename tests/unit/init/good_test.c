#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "init/files.h"
#include "init/machine.h"
#include "tap.h"

/* Files stand for the partitions. */
static char folder[] = "/tmp/guichet-good-XXXXXX";
static struct machine m;

enum { IMAGE_BYTES = 100 * 1024, HEAD = 4096 };

static void
fill(const struct partition *p, int byte, size_t len)
{
	static uint8_t bytes[IMAGE_BYTES];
	int fd = open(p->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	memset(bytes, byte, len);
	if (fd < 0 || syscall(SYS_write, fd, bytes, len) != (long)len)
		abort();
	close(fd);
}

static uint8_t
head_of(unsigned slot)
{
	uint8_t byte = 0xff;
	int fd = open(m.boot[slot].path, O_RDONLY);

	if (fd < 0 || pread(fd, &byte, 1, HEAD - 1) != 1)
		abort();
	close(fd);
	return byte;
}

static struct control
control(void)
{
	struct control c = { 0 };
	unsigned copy;
	int fd = open(m.control.path, O_RDONLY);

	if (fd < 0 || control_load(fd, &c, &copy) != ST_OK)
		c.slot[0].tries = c.slot[1].tries = 99;
	close(fd);
	return c;
}

/* A box with release 1 in a, which was healthy, and `number` in b, which
 * runs and of which one try is left. */
static void
make(uint64_t number, uint64_t floor)
{
	static const struct record in_a = { .slot = 0, .floor = 1,
	    .release = { 1, 1 }, .version = { "1.0.0", "1.0.0" } };
	static const struct control armed = { .slot = { { 14, 7, 0, 0 },
	    { 15, 1, 0, 0 } }, .last = 1 };
	int fd;

	cut_at = CUT_NEVER;
	fill(&m.boot[0], 'a', IMAGE_BYTES);
	fill(&m.boot[1], 'b', IMAGE_BYTES);
	fill(&m.control, 0, 8192);
	fd = open(m.control.path, O_RDWR);
	if (fd < 0 || control_store(fd, &armed) != ST_OK)
		abort();
	close(fd);
	m.booted = armed;
	m.has_booted = true;
	m.slot = 1;
	m.release = (struct release_facts){ .version = "1.2.0",
	    .number = number, .floor = floor };
	m.past = (struct past){ .folder = m.boot_folder };
	if (past_commit(&m.past, &in_a) != ST_OK)
		abort();
}

static void
test_update(void)
{
	struct control c;

	make(2, 1);
	machine_mark_good(&m);
	c = control();
	ok(c.slot[1].tries == 7 && c.slot[1].priority == 15 &&
	    c.slot[0].tries == 7 && c.slot[0].priority == 14,
	    "full tries; the way back stays open");
	ok(head_of(0) == 'a' && m.past.record.slot == 1 &&
	    m.past.record.release[1] == 2, "and its image whole");
}

static void
test_floor(void)
{
	struct control c;

	make(2, 2);
	machine_mark_good(&m);
	c = control();
	ok(c.slot[1].tries == 7 && c.slot[0].tries == 0 &&
	    c.slot[0].priority == 0, "a raised floor closes the other slot");
	ok(head_of(0) == 0 && head_of(1) == 'b' && m.past.record.floor == 2,
	    "and takes its header");
}

static void
put_control(const struct control *c)
{
	int fd = open(m.control.path, O_RDWR);

	if (fd < 0 || control_store(fd, c) != ST_OK)
		abort();
	close(fd);
}

/* `guichet update rollback`, a moment before the first check succeeds. */
static void
test_rolled_back_meanwhile(void)
{
	struct control c;

	make(2, 2);
	c = control();
	control_arm(&c, 0);
	put_control(&c);
	machine_mark_good(&m);
	c = control();
	ok(c.slot[0].priority == 15 && c.slot[0].tries == CONTROL_TRIES_NEW &&
	    c.slot[1].priority == 14, "what was armed meanwhile stays so");
	ok(head_of(0) == 'a' && m.past.record.floor == 1 &&
	    m.past.record.slot == 0, "nothing is committed");
}

/* The boot loader found slot a first, with tries, and refused its image. */
static void
test_refused(void)
{
	struct control c = { .slot = { { 15, 2, 0, 0 }, { 14, 7, 0, 0 } } };

	make(2, 1);
	put_control(&c);
	m.booted = c;
	machine_mark_good(&m);
	c = control();
	ok(c.slot[1].priority == 15 && c.slot[0].priority == 14,
	    "an order from before this start does not bind");
}

static void
test_damaged_control(void)
{
	struct control c;

	make(2, 1);
	fill(&m.control, 'x', 8192);
	machine_mark_good(&m);
	c = control();
	ok(c.slot[1].tries == 7 && c.slot[1].priority == 15 &&
	    c.slot[0].tries == 7, "both copies damaged: made anew");
}

static void
test_first(void)
{
	make(1, 1);
	m.past.has_record = false;
	fill(&m.boot[0], 'b', IMAGE_BYTES);
	machine_mark_good(&m);
	ok(head_of(0) == 'b' && m.past.record.release[0] == 1,
	    "nothing remembered, both images the same: both stay");
	make(1, 1);
	m.past.has_record = false;
	machine_mark_good(&m);
	ok(head_of(0) == 0 && control().slot[0].tries == 0,
	    "another image than ours: it is closed");
}

/* Cut anywhere: what runs can be booted again, and the next healthy start
 * ends what this one began. */
static void
test_power_cuts(void)
{
	int at;

	for (at = 0;; at++) {
		struct control c;
		bool done;

		make(2, 2);
		cut_at = at;
		machine_mark_good(&m);
		done = cut_at >= 0;
		cut_at = CUT_NEVER;
		c = control();
		ok(c.slot[1].tries >= 1 && c.slot[1].tries <= 7 &&
		    head_of(1) == 'b', "power cut at call %d: b boots", at);
		ok(head_of(0) == 'a' || c.slot[0].tries == 0,
		    "a slot without a header is closed");
		m.past = (struct past){ .folder = m.boot_folder };
		past_read(&m.past, m.boot_folder, "/nothing", false);
		machine_mark_good(&m);
		ok(head_of(0) == 0 && control().slot[0].tries == 0 &&
		    m.past.record.floor == 2, "the next start ends it");
		if (done)
			break;
	}
	ok(at >= 14, "%d calls", at);
}

static void
name(struct partition *p, const char *file)
{
	snprintf(p->path, sizeof(p->path), "%s/%s", folder, file);
}

int
main(void)
{
	char line[128];

	if (mkdtemp(folder) == NULL || files_folder(AT_FDCWD, folder, 0700,
	    &m.boot_folder) != ST_OK)
		abort();
	m.watchdog.fd = -1;
	name(&m.boot[0], "boot_a");
	name(&m.boot[1], "boot_b");
	name(&m.control, "control");
	test_update();
	test_floor();
	test_rolled_back_meanwhile();
	test_refused();
	test_damaged_control();
	test_first();
	test_power_cuts();
	snprintf(line, sizeof(line), "rm -r %s", folder);
	return system(line) != 0 || done_testing();
}
