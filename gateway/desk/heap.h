/*
 * heap.h -- whatever guichet-desk frees is wiped first.
 *
 * The slip's code passes through heaps that are not ours: libqrencode copies
 * its text five times and frees the copies as they are.  The linker sends
 * every free() and realloc() of this program, also those of libraries and of
 * the C library, to the two below (--wrap, see sources.mk): no list of the
 * places that might have held a code, and none to forget with a new version.
 */
#ifndef DESK_HEAP_H
#define DESK_HEAP_H

#include <stddef.h>

/* Names that ld's --wrap=free and --wrap=realloc ask for. */
void __wrap_free(void *p);
void *__wrap_realloc(void *p, size_t size);

/* What they stand before; from the linker. */
void __real_free(void *p);

#endif
