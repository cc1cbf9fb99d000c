/*
 * segment.h -- sealed objects too big for a row, appended to files.
 *
 * An object's extent is reserved when its claim is made and written while its
 * parts arrive; the row that names it is committed only after
 * segments_sync().  Whatever no row names is given back: at once where a
 * delivery fails, at the next start after a crash.
 * Files are "segment-000001", ... below the data directory.
 * Never: knows the database, or what the bytes mean.
 */
#ifndef VAULT_SEGMENT_H
#define VAULT_SEGMENT_H

#include "base/span.h"

#define SEGMENT_BYTES_MAX (UINT64_C(256) * 1024 * 1024)

enum { SEGMENT_OPEN_MAX = 8 };

struct extent {
	uint64_t segment;	/* from 1; 0: none */
	uint64_t start;		/* bytes from the file's beginning */
	uint64_t size;
};

struct segment_file {
	uint64_t id;
	int      fd;
	bool     dirty;		/* written since the last sync */
	uint64_t used;		/* a counter: the least recently used goes */
};

struct segments {
	const char *dir;	/* borrowed for ever */
	uint64_t    bytes_max;	/* rotation */
	uint64_t    active;	/* id of the one that grows; 0: none yet */
	uint64_t    end;	/* of the active one, reservations included */
	uint64_t    clock;
	bool        new_file;	/* the directory must be synced, too */
	enum status lost;	/* a sync nobody asked for failed; or ST_OK */
	struct segment_file file[SEGMENT_OPEN_MAX];
};

void segments_init(struct segments *s, const char *dir, uint64_t bytes_max);
void segments_close(struct segments *s);

/* Goes on where the database says the last one ends; cuts off what a crash
 * left behind that.  A file that is gone is made, one that is shorter stays
 * so (recovery.h): what is new goes behind `end`.  ST_OK, ST_IO, ST_DENIED. */
MUST_CHECK enum status
segments_resume(struct segments *s, uint64_t active, uint64_t end);

/* Reserves `size` bytes, in a new file where the active one is full; ST_OK,
 * ST_DISK_FULL, ST_DENIED, ST_IO. */
MUST_CHECK enum status
segments_reserve(struct segments *s, uint64_t size, struct extent *out);

/* Writes at `offset` within the extent; ST_OK, ST_DISK_FULL, ST_IO. */
MUST_CHECK enum status
segments_write(struct segments *s, const struct extent *e, uint64_t offset,
    struct span bytes);

/* Reads exactly `len` bytes at `offset`; ST_OK, ST_NOT_FOUND, ST_CORRUPT (the
 * file is too short), ST_IO. */
MUST_CHECK enum status
segments_read(struct segments *s, const struct extent *e, uint64_t offset,
    uint8_t *out, size_t len);

/* Makes all that was written durable: one fdatasync per file written to,
 * which is one.  `*syncs` counts them.  Once it has failed, whatever was
 * written since the last ST_OK may be lost, even where the next call is ST_OK
 * (the kernel tells a lost page once). */
MUST_CHECK enum status segments_sync(struct segments *s, uint64_t *syncs);

/* Punches the extent out, or overwrites it with zeroes where the file system
 * cannot; durable after segments_sync().  ST_OK also where the file is gone. */
MUST_CHECK enum status
segments_destroy(struct segments *s, const struct extent *e);

/* Takes a reservation back: its bytes are destroyed if any were written. */
void segments_release(struct segments *s, const struct extent *e);

/* Deletes a whole file that no row names any more. */
void segments_remove(struct segments *s, uint64_t id);

/* Length of file `id`; 0 where there is none. */
uint64_t segments_length(const struct segments *s, uint64_t id);

/* Bytes of disk that file `id` takes up, holes not counted. */
uint64_t segments_disk_bytes(const struct segments *s, uint64_t id);

#endif
