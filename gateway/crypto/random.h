/* random.h -- bytes from the kernel's generator, or none at all. */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

/* Fills `out` from getrandom(2); dies if the kernel refuses. */
void random_bytes(void *out, size_t len);

#endif
