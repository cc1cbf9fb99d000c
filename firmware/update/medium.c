#include "update/medium.h"

#include <fcntl.h>
#include <unistd.h>

/* A flattened device tree's first four bytes (Devicetree Specification 5.2). */
static const uint8_t fit_magic[4] = { 0xd0, 0x0d, 0xfe, 0xed };

/* See medium.h. */
uint64_t
medium_room(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	return end < 0 ? 0 : (uint64_t)end;
}

/* See medium.h. */
enum status
medium_write(int fd, struct span bytes, uint64_t at)
{
	while (bytes.len > 0) {
		ssize_t n = pwrite(fd, bytes.ptr, bytes.len, (off_t)at);

		if (n <= 0)
			return ST_IO;
		bytes = span_slice(bytes, (size_t)n, bytes.len);
		at += (uint64_t)n;
	}
	return ST_OK;
}

/* See medium.h. */
enum status
medium_read(int fd, void *out, size_t len, uint64_t at)
{
	uint8_t *to = out;

	while (len > 0) {
		ssize_t n = pread(fd, to, len, (off_t)at);

		if (n <= 0)
			return ST_IO;
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return ST_OK;
}

/* Clean pages only: after a sync that is all of them. */
static void
forget(int fd)
{
	/* Advice: where the kernel does not take it, what is read may come
	 * from memory, and nothing else is different. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* See medium.h. */
enum status
medium_sync(int fd)
{
	if (fsync(fd) != 0)
		return ST_IO;
	forget(fd);
	return ST_OK;
}

/*
 * After a sync that failed the kernel calls the pages clean and may show what
 * never reached the medium; control_store() would find nothing to do.
 * See medium.h.
 */
enum refusal
medium_load_control(const struct medium *m, struct control *out)
{
	unsigned copy;
	enum status st;

	forget(m->control);
	st = control_load(m->control, out, &copy);
	return st == ST_OK ? REFUSAL_NONE
	    : st == ST_CORRUPT ? REFUSAL_CONTROL : REFUSAL_MEDIUM;
}

/* See medium.h. */
enum refusal
medium_store_control(const struct medium *m, const struct control *c)
{
	uint8_t wanted[CONTROL_BYTES], found[CONTROL_BYTES];
	struct control again;
	enum refusal why;

	if (control_store(m->control, c) != ST_OK)
		return REFUSAL_MEDIUM;
	why = medium_load_control(m, &again);
	if (why != REFUSAL_NONE)
		return why;
	control_encode(c, wanted);
	control_encode(&again, found);
	return memcmp(wanted, found, sizeof(wanted)) == 0 ? REFUSAL_NONE
	    : REFUSAL_READ_BACK;
}

/* See medium.h. */
bool
medium_has_image(const struct medium *m)
{
	uint8_t found[sizeof(fit_magic)];

	forget(m->image[CONTAINER_BOOT]);
	return medium_read(m->image[CONTAINER_BOOT], found, sizeof(found), 0)
	    == ST_OK && memcmp(found, fit_magic, sizeof(found)) == 0;
}
