#include "desk/heap.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

/* See heap.h. */
void
__wrap_free(void *p)
{
	if (p != NULL)
		wipe(p, malloc_usable_size(p));
	__real_free(p);
}

/* The allocator's own might move the bytes and leave them behind. */
void *
__wrap_realloc(void *p, size_t size)
{
	size_t had = p != NULL ? malloc_usable_size(p) : 0;
	void *bigger = malloc(size);

	if (bigger == NULL)
		return NULL;
	if (p != NULL)
		memcpy(bigger, p, had < size ? had : size);
	__wrap_free(p);
	return bigger;
}
