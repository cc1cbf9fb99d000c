/* wipe.h -- overwrites secrets in a way the compiler may not remove. */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stddef.h>

/* Zeroes `len` bytes at `ptr`; NULL with 0 is allowed. */
void wipe(void *ptr, size_t len);

#endif
