/*
 * locked.h -- memory for secrets: never swapped, never in a core dump, with
 * an unreadable page on either side.
 *
 * Allocate before sandbox_enter(): the limit on locked bytes is the policy's.
 */
#ifndef OS_LOCKED_H
#define OS_LOCKED_H

#include <stddef.h>

/* `size` zeroed bytes; dies where the kernel refuses, since that is at start
 * and the operator can raise the limit. */
void *locked_new(size_t size);

/* Wipes and gives back; `size` as it was asked for; NULL is allowed. */
void locked_free(void *ptr, size_t size);

#endif
