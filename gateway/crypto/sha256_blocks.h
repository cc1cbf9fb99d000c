/*
 * sha256_blocks.h -- the compression function of SHA-256 (FIPS 180-4 6.2.2).
 *
 * Uses the SHA instructions of x86-64 and ARMv8 where the processor has
 * them, otherwise BearSSL's code.  Both take the same time for any data.
 * For digest.c only: everybody else hashes with that.
 */
#ifndef CRYPTO_SHA256_BLOCKS_H
#define CRYPTO_SHA256_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK_BYTES = 64 };

/* Takes `count` blocks at `data` into `state`. */
void sha256_blocks(uint32_t state[static 8], const uint8_t *data,
    size_t count);

/* The same by BearSSL alone, so that tests can compare. */
void sha256_blocks_portable(uint32_t state[static 8], const uint8_t *data,
    size_t count);

#endif
