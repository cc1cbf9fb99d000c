#include "intake/region.h"

#include <sys/mman.h>

#include "base/wipe.h"

enum { ROUND_BYTES = 256 * 1024 };

/* See region.h. */
enum status
region_reserve(struct region *r, size_t size)
{
	struct region bigger;

	if (size <= r->size)
		return ST_OK;
	bigger.size = (size + ROUND_BYTES - 1) / ROUND_BYTES * ROUND_BYTES;
	bigger.ptr = mmap(NULL, bigger.size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bigger.ptr == MAP_FAILED)
		return ST_NO_SPACE;
	region_release(r, 0);
	*r = bigger;
	return ST_OK;
}

/* See region.h. */
void
region_clear(struct region *r, size_t used)
{
	wipe(r->ptr, used);
	if (used > REGION_KEPT_BYTES)
		madvise(r->ptr + REGION_KEPT_BYTES,
		    r->size - REGION_KEPT_BYTES, MADV_DONTNEED);
}

/* See region.h. */
void
region_release(struct region *r, size_t used)
{
	if (r->ptr == NULL)
		return;
	wipe(r->ptr, used);
	munmap(r->ptr, r->size);
	*r = (struct region){ 0 };
}
