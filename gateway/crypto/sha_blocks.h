/*
 * sha_blocks.h -- the compression functions of SHA-1 and SHA-256 (FIPS 180-4
 * sections 6.1.2 and 6.2.2).
 *
 * Uses the SHA instructions of x86-64 and ARMv8 where the processor has
 * them, otherwise BearSSL's code.  Both take the same time for any data.
 * For digest.c only: everybody else hashes with that.
 */
#ifndef CRYPTO_SHA_BLOCKS_H
#define CRYPTO_SHA_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA_BLOCK_BYTES = 64 };

/* Takes `count` blocks at `data` into `state`. */
void sha1_blocks(uint32_t state[static 5], const uint8_t *data, size_t count);
void sha256_blocks(uint32_t state[static 8], const uint8_t *data,
    size_t count);

/* The same by BearSSL alone, so that tests can compare. */
void sha1_blocks_portable(uint32_t state[static 5], const uint8_t *data,
    size_t count);
void sha256_blocks_portable(uint32_t state[static 8], const uint8_t *data,
    size_t count);

#endif
