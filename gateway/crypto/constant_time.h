/* constant_time.h -- comparing secrets. */
#ifndef CRYPTO_CONSTANT_TIME_H
#define CRYPTO_CONSTANT_TIME_H

#include <stdbool.h>
#include <stddef.h>

/* True if the `len` bytes are equal, in time that depends on `len` only. */
bool constant_time_equal(const void *a, const void *b, size_t len);

#endif
