/*
 * seed.h -- a site's own files, put on the card beside the image: an archive
 * in the "seed" partition, taken once at the first start (formats/seed.md).
 * Pure.
 *
 * POSIX ustar (IEEE 1003.1-2017, pax, "ustar Interchange Format"); GNU tar's
 * magic, too.  Only the files of seed_names are ever taken, whatever else is
 * in it.
 */
#ifndef INIT_SEED_H
#define INIT_SEED_H

#include "base/span.h"

enum { SEED_BYTES_MAX = 1024 * 1024 };

/* What may be in it. */
struct seed_name {
	const char *name;	/* of the file, there and in /data/etc */
	size_t      most;	/* bytes */
	const char *with;	/* the file it is useless without; or NULL */
};

enum { SEED_FILES = 7 };

extern const struct seed_name seed_names[SEED_FILES];

struct seed {
	struct span file[SEED_FILES];	/* by seed_names; ptr NULL: not in it;
					   borrows from the archive */
	unsigned    n;		/* files in it */
	unsigned    skipped;	/* that are not ours to take */
};

/*
 * All of `archive`, or nothing.
 *   ST_OK         out->n files
 *   ST_NOT_FOUND  no archive begins there
 *   ST_MALFORMED  it breaks the format, ends early, has a file twice
 *   ST_TOO_BIG    a file is longer than it may be
 *   ST_INVALID    a file comes without the one it needs, or is empty
 */
MUST_CHECK enum status seed_read(struct span archive, struct seed *out);

#endif
