#include "os/locked.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"

static size_t
page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Whole pages that hold `size` bytes. */
static size_t
pages_for(size_t size)
{
	size_t page = page_bytes();

	return (size + page - 1) / page * page;
}

static void
refuse(const char *what, size_t size)
{
	log_line(LOG_ERROR, "cannot %s %zu bytes of memory for secrets: %s; "
	    "raise the limit on locked memory (ulimit -l)", what, size,
	    strerror(errno));
	exit(71);
}

/* See locked.h. */
void *
locked_new(size_t size)
{
	size_t page = page_bytes(), len = pages_for(size);
	uint8_t *all = mmap(NULL, len + 2 * page, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		refuse("map", size);
	if (mprotect(all + page, len, PROT_READ | PROT_WRITE) != 0)
		refuse("open", size);
	if (mlock(all + page, len) != 0)
		refuse("lock", size);
	if (madvise(all + page, len, MADV_DONTDUMP) != 0)
		refuse("keep out of core dumps", size);
	return all + page;
}

/* See locked.h. */
void
locked_free(void *ptr, size_t size)
{
	size_t page = page_bytes(), len = pages_for(size);

	if (ptr == NULL)
		return;
	wipe(ptr, len);
	munmap((uint8_t *)ptr - page, len + 2 * page);
}
