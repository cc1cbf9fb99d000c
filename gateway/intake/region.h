/*
 * region.h -- address space for something that may become big and holds
 * plaintext: pages come when they are written to and go when it is cleared.
 *
 * A buffer that grew by copying would leave pieces of a report all over the
 * heap; this one has one place that is wiped.
 */
#ifndef INTAKE_REGION_H
#define INTAKE_REGION_H

#include "base/span.h"

enum { REGION_KEPT_BYTES = 512 * 1024 };	/* pages that stay when cleared */

struct region {
	uint8_t *ptr;		/* NULL: nothing reserved */
	size_t   size;		/* bytes of address space */
};

/*
 * Makes `r` at least `size` bytes, page-aligned.  What was in it is gone
 * unless it was large enough already.  ST_OK, or ST_NO_SPACE with `r` as it
 * was.
 */
MUST_CHECK enum status region_reserve(struct region *r, size_t size);

/* Wipes the first `used` bytes and gives back all pages but the first few. */
void region_clear(struct region *r, size_t used);

/* Gives back everything; the first `used` bytes are wiped before. */
void region_release(struct region *r, size_t used);

#endif
