/*
 * update_powerloss -- an update loses power, or gets errors from its card, at
 * every operation in turn; afterwards the same must hold, by the rule by which
 * the boot loader chooses:
 *
 *   - the boot-control block can be read,
 *   - a slot with tries left is complete: the old release or the new one,
 *   - the running slot has the tries it had,
 *   - a boot partition that begins as an image is one, with its root,
 *   - what was reported as armed boots.
 *
 * What was not synced is lost, kept, or torn and reordered by chance.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "containers.h"
#include "disk.h"
#include "tap.h"
#include "update/apply.h"
#include "update/slot.h"

enum {
	BOOT_ROOM = 1200 * 1024, ROOT_ROOM = 1300 * 1024, CONTROL_ROOM = 8192,
	/* More than one sync each, and no multiple of a sector. */
	BOOT_BYTES = APPLY_SYNC_BYTES + 70001,
	ROOT_BYTES = APPLY_SYNC_BYTES + 130007,
	SENT_BYTES = 32768, SEEDS = 6, TARGET = 1
};

struct images {
	uint8_t boot[BOOT_ROOM], root[ROOT_ROOM];
};

static struct images before, after, found;
static uint8_t header[CONTAINER_HEADER_BYTES];
static struct trust box;
static struct apply apply;
static char work_dir[48], restored_dir[64];

/* --- the card -------------------------------------------------------------- */

static int
open_in(const char *dir, const char *name, int flags)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags, 0600);
	if (fd < 0)
		abort();
	return fd;
}

static struct medium
open_card(const char *dir, int flags)
{
	return (struct medium){ .image = { open_in(dir, "boot", flags),
	    open_in(dir, "root", flags) },
	    .control = open_in(dir, "control", flags) };
}

static void
close_card(const struct medium *m)
{
	close(m->image[0]);
	close(m->image[1]);
	close(m->control);
}

static void
must(enum status st)
{
	if (st != ST_OK)
		abort();
}

/* A card as the factory left it, all of it durable; slot a runs and is
 * healthy. */
static struct medium
make_card(void)
{
	struct medium m = open_card(work_dir, O_RDWR | O_CREAT | O_TRUNC);
	static const uint8_t empty[CONTROL_ROOM];
	struct control c = { 0 };
	int dir = open(work_dir, O_RDONLY | O_DIRECTORY);

	control_mark_good(&c, TARGET);
	control_mark_good(&c, 1 - TARGET);
	must(medium_write(m.image[0], (struct span){ before.boot, BOOT_ROOM },
	    0));
	must(medium_write(m.image[1], (struct span){ before.root, ROOT_ROOM },
	    0));
	must(medium_write(m.control, (struct span){ empty, CONTROL_ROOM }, 0));
	must(control_store(m.control, &c));
	must(medium_sync(m.image[0]));
	must(medium_sync(m.image[1]));
	if (fsync(dir) != 0)
		abort();
	close(dir);
	return m;
}

/* --- the update -------------------------------------------------------------- */

static enum refusal
send_all(struct span bytes)
{
	enum refusal why = REFUSAL_NONE;

	for (size_t at = 0; at < bytes.len && why == REFUSAL_NONE;
	    at += SENT_BYTES)
		why = apply_take(&apply, span_slice(bytes, at, SENT_BYTES));
	return why;
}

static enum refusal
update(const struct medium *m)
{
	enum refusal why;

	apply_begin(&apply, &box, m, 0);
	why = send_all((struct span){ header, sizeof(header) });
	if (why == REFUSAL_NONE)
		why = send_all((struct span){ after.boot, BOOT_BYTES });
	if (why == REFUSAL_NONE)
		why = send_all((struct span){ after.root, ROOT_BYTES });
	if (why == REFUSAL_NONE)
		why = apply_end(&apply);
	while (why == REFUSAL_NONE && apply.phase == APPLY_CHECK)
		why = apply_check(&apply);
	return why != REFUSAL_NONE ? why : apply_arm(&apply);
}

/* --- what the boot loader finds ------------------------------------------------ */

static bool
is_complete(void)
{
	bool old = memcmp(&found, &before, sizeof(found)) == 0;

	return old || (memcmp(found.boot, after.boot, BOOT_BYTES) == 0 &&
	    memcmp(found.root, after.root, ROOT_BYTES) == 0);
}

/* NULL, or what is wrong on the card in `dir`. */
static const char *
judge(const char *dir, bool is_armed)
{
	struct medium m = open_card(dir, O_RDONLY);
	const struct control_slot *running, *target;
	struct control c;
	unsigned copy;
	enum status st = control_load(m.control, &c, &copy);
	bool complete, looks;

	must(medium_read(m.image[0], found.boot, BOOT_ROOM, 0));
	must(medium_read(m.image[1], found.root, ROOT_ROOM, 0));
	looks = medium_has_image(&m);
	close_card(&m);
	if (st != ST_OK)
		return "the boot-control block cannot be read";
	running = &c.slot[1 - TARGET];
	target = &c.slot[TARGET];
	complete = is_complete();
	if (target->tries > 0 && target->priority > 0 && !complete)
		return "a torn slot has tries";
	if (looks && !complete)
		return "a torn boot partition begins as an image";
	if (running->tries != CONTROL_TRIES_FULL || running->priority + 1 <
	    CONTROL_PRIORITY_MAX)
		return "the running slot lost what it had";
	if (is_armed && (target->priority <= running->priority ||
	    target->tries != CONTROL_TRIES_NEW))
		return "armed, but not next";
	return NULL;
}

/* Every moment from operation `from` on; the first that is wrong. */
static unsigned
cut_everywhere(unsigned from, bool is_armed, const char **why)
{
	unsigned last = disk_operations();

	for (unsigned at = from; at <= last; at++) {
		for (unsigned seed = 0; seed < SEEDS + 2; seed++) {
			enum disk_rest rest = seed == 0 ? DISK_NONE
			    : seed == 1 ? DISK_ALL : DISK_SOME;

			disk_restore(restored_dir, at, rest,
			    seed * 1000 + at);
			*why = judge(restored_dir, is_armed && at == last);
			if (*why != NULL)
				return at;
		}
	}
	return 0;
}

static void
test_power(void)
{
	struct disk_fault none = { 0 };
	const char *why = NULL;
	struct medium m;
	unsigned from, at;

	disk_start(work_dir, true, none);
	m = make_card();
	from = disk_operations();
	ok(update(&m) == REFUSAL_NONE, "the update is taken");
	disk_stop();
	close_card(&m);
	ok(disk_operations() - from > 80, "%u operations",
	    disk_operations() - from);
	at = cut_everywhere(from, true, &why);
	ok(at == 0, "power cut before each of them: operation %u: %s", at,
	    why == NULL ? "good" : why);
}

static void
test_rollback(void)
{
	struct disk_fault none = { 0 };
	const char *why = NULL;
	enum slot_state was;
	struct medium m;
	unsigned from, at;

	disk_start(work_dir, true, none);
	m = make_card();
	from = disk_operations();
	ok(slot_go_back(&box, &m, &was) == REFUSAL_NONE && was == SLOT_READY,
	    "a rollback");
	disk_stop();
	close_card(&m);
	at = cut_everywhere(from, true, &why);
	ok(at == 0, "power cut in it: operation %u: %s", at,
	    why == NULL ? "good" : why);
}

/* An error at operation `number` of the update, then the power goes. */
static const char *
fail_at(unsigned number, struct disk_fault fault, bool *reached)
{
	const char *why = NULL;
	enum refusal refusal;
	struct medium m;

	disk_start(work_dir, false, (struct disk_fault){ .syncs = fault.syncs
	    });
	m = make_card();
	fault.at = disk_operations() + number;
	close_card(&m);
	disk_start(work_dir, true, fault);
	m = make_card();
	refusal = update(&m);
	disk_stop();
	close_card(&m);
	*reached = refusal != REFUSAL_NONE;
	if (*reached && refusal != REFUSAL_MEDIUM)
		return "another refusal";
	for (unsigned seed = 0; seed < 3 && why == NULL; seed++) {
		disk_restore(restored_dir, disk_operations(), seed == 0
		    ? DISK_NONE : seed == 1 ? DISK_ALL : DISK_SOME, number);
		why = judge(restored_dir, !*reached);
	}
	return why;
}

static void
test_errors(struct disk_fault fault, const char *name)
{
	bool reached = true;
	const char *why = NULL;
	unsigned number = 1;

	for (; reached && why == NULL; number++)
		why = fail_at(number, fault, &reached);
	ok(why == NULL && number > 10, "%s at each of %u operations: %s", name,
	    number, why == NULL ? "good" : why);
}

static void
make_images(void)
{
	struct made made = { "qemu-virt", "1.1.0", 5, 1,
	    { after.boot, BOOT_BYTES }, { after.root, ROOT_BYTES } };

	container_fill(before.boot, BOOT_ROOM, 1);
	container_fill(before.root, ROOT_ROOM, 2);
	container_fill(after.boot, BOOT_ROOM, 3);
	container_fill(after.root, ROOT_ROOM, 4);
	box = container_box(BOOT_ROOM, ROOT_ROOM);
	container_write(header, &made);
	container_sign(header);
}

int
main(void)
{
	char command[160];

	/* In memory where there is such a place: what a sync is worth is
	 * disk.c's to say. */
	snprintf(work_dir, sizeof(work_dir), "%s/guichet-update-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(work_dir) == NULL)
		abort();
	snprintf(restored_dir, sizeof(restored_dir), "%s.cut", work_dir);
	make_images();
	test_power();
	test_rollback();
	test_errors((struct disk_fault){ .error = EIO }, "an error");
	test_errors((struct disk_fault){ .error = EIO, .stays = true },
	    "a card that dies");
	test_errors((struct disk_fault){ .error = EIO, .syncs = true },
	    "a sync that fails");
	snprintf(command, sizeof(command), "rm -rf %s %s", work_dir,
	    restored_dir);
	return done_testing() | system(command);
}
