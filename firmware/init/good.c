/* machine_mark_good(): the slot that runs is healthy. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "init/commit.h"
#include "init/files.h"
#include "init/machine.h"

enum { CHUNK_BYTES = 64 * 1024, HEAD_BYTES = 4096 };

/* U-Boot would have made a new one, had it found both copies damaged. */
static const struct control fresh = {
	.slot = { { 14, CONTROL_TRIES_FULL, false, false },
	    { 14, CONTROL_TRIES_FULL, false, false } }
};

/*
 * Since the boot loader wrote the block, somebody put the other slot first:
 * the updater, told to go back.  That stays so.  There is no lock: each writes
 * 32 bytes that are valid by themselves, and the updater begins an update only
 * where it finds the tries full.
 */
static bool
is_other_armed(const struct machine *m, const struct control *now)
{
	unsigned other = 1 - m->slot;
	const struct control_slot *s = &now->slot[other];
	const struct control_slot *was = &m->booted.slot[other];

	return m->has_booted && s->tries > 0 &&
	    s->priority > now->slot[m->slot].priority &&
	    (s->tries != was->tries || s->priority != was->priority);
}

/* Full tries; and, where `close_other`, never the other slot.  ST_EXISTS: the
 * other slot was armed meanwhile. */
static enum status
store_control(const struct machine *m, bool close_other)
{
	int fd = open(m->control.path, O_RDWR | O_CLOEXEC);
	struct control control;
	unsigned copy;
	enum status st;

	if (fd < 0)
		return ST_IO;
	st = control_load(fd, &control, &copy);
	if (st == ST_CORRUPT)
		control = fresh;
	if (st == ST_OK && is_other_armed(m, &control))
		st = ST_EXISTS;
	if (st == ST_OK || st == ST_CORRUPT) {
		control_mark_good(&control, m->slot);
		if (close_other)
			control_close(&control, 1 - m->slot);
		st = control_store(fd, &control);
	}
	close(fd);
	return st;
}

static bool
same_bytes(const struct machine *m, int a, int b)
{
	static uint8_t left[CHUNK_BYTES], right[CHUNK_BYTES];
	ssize_t n;

	do {
		n = read(a, left, sizeof(left));
		if (n < 0 || read(b, right, sizeof(right)) != n ||
		    memcmp(left, right, (size_t)n) != 0)
			return false;
		watchdog_kick(&m->watchdog);
	} while (n > 0);
	return true;
}

/* Do both slots hold one image, as the factory leaves them? */
static bool
is_same_image(const struct machine *m)
{
	int a = open(m->boot[0].path, O_RDONLY | O_CLOEXEC);
	int b = open(m->boot[1].path, O_RDONLY | O_CLOEXEC);
	bool same = a >= 0 && b >= 0 && same_bytes(m, a, b);

	if (a >= 0)
		close(a);
	if (b >= 0)
		close(b);
	return same;
}

/* Without its header the boot loader knows no image there; nothing is
 * written where it is gone already. */
static enum status
destroy_head(const char *path)
{
	static const uint8_t zero[HEAD_BYTES];
	uint8_t there[HEAD_BYTES];
	int fd = open(path, O_RDWR | O_CLOEXEC);
	enum status st = ST_OK;

	if (fd < 0)
		return ST_IO;
	if (pread(fd, there, sizeof(there), 0) != (ssize_t)sizeof(there))
		st = ST_IO;
	else if (memcmp(there, zero, sizeof(zero)) != 0 &&
	    (pwrite(fd, zero, sizeof(zero), 0) != (ssize_t)sizeof(zero) ||
	    fsync(fd) != 0))
		st = ST_IO;
	close(fd);
	return st;
}

/* The boot loader first, then what it must not find, then the memory of it:
 * cut anywhere, all of it is done again. */
static enum status
close_other(const struct machine *m)
{
	TRY(store_control(m, true));
	TRY(destroy_head(m->boot[1 - m->slot].path));
	log_line(LOG_NOTICE, "slot %c is closed: its release is below the "
	    "floor %llu", m->slot == 0 ? 'b' : 'a',
	    (unsigned long long)m->release.floor);
	return ST_OK;
}

/* See machine.h. */
void
machine_mark_good(struct machine *m)
{
	const struct record *before = m->past.has_record ? &m->past.record
	    : NULL;
	bool same = before == NULL && is_same_image(m);
	struct record after;
	bool closing = commit_decide(before, &m->release, m->slot, same,
	    &after);
	enum status st = store_control(m, false);

	if (st == ST_OK && closing)
		st = close_other(m);
	if (st == ST_OK)
		st = past_commit(&m->past, &after);
	if (st == ST_OK)
		log_line(LOG_NOTICE, "slot %c is good", m->slot == 0 ? 'a'
		    : 'b');
	else if (st == ST_EXISTS)
		log_line(LOG_NOTICE, "slot %c was armed meanwhile: nothing is "
		    "committed", m->slot == 0 ? 'b' : 'a');
	else
		log_line(LOG_ERROR, "slot not marked good: %s",
		    status_text(st));
}
