/* card.h -- three files in memory in the place of partitions. */
#ifndef UPDATE_CARD_H
#define UPDATE_CARD_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "update/medium.h"

static inline int
card_file(uint64_t bytes)
{
	int fd = memfd_create("card", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0)
		abort();
	return fd;
}

/* Slot a runs and is healthy; slot b has `old` at the start of both. */
static inline struct medium
card_make(uint64_t boot_room, uint64_t root_room, struct span old)
{
	struct medium m = { { card_file(boot_room), card_file(root_room) },
	    card_file(8192) };
	struct control c = { 0 };

	control_mark_good(&c, 1);
	control_mark_good(&c, 0);
	if (control_store(m.control, &c) != ST_OK ||
	    medium_write(m.image[0], old, 0) != ST_OK ||
	    medium_write(m.image[1], old, 0) != ST_OK)
		abort();
	return m;
}

static inline void
card_drop(const struct medium *m)
{
	close(m->image[0]);
	close(m->image[1]);
	close(m->control);
}

static inline struct control
card_control(const struct medium *m)
{
	struct control c;
	unsigned copy;

	if (control_load(m->control, &c, &copy) != ST_OK)
		abort();
	return c;
}

#endif
