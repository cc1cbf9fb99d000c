/*
 * fingerprints.h -- SHA-256 fingerprints of certificates, as openssl prints
 * them: hexadecimal, with or without colons, separated by commas.  Pure.
 */
#ifndef CONFIG_FINGERPRINTS_H
#define CONFIG_FINGERPRINTS_H

#include <stdbool.h>

#include "base/span.h"

enum { FINGERPRINT_BYTES = 32, FINGERPRINTS_MAX = 16 };

/* ST_OK: none, or up to FINGERPRINTS_MAX; otherwise ST_INVALID. */
MUST_CHECK enum status fingerprints_check(struct span text);

/* `text` passed fingerprints_check(). */
bool fingerprints_have(struct span text,
    const uint8_t fingerprint[static FINGERPRINT_BYTES]);

/* Writes the first FINGERPRINTS_MAX of `text`, which passed
 * fingerprints_check(); returns how many those are. */
size_t fingerprints_read(struct span text,
    uint8_t out[static FINGERPRINTS_MAX][FINGERPRINT_BYTES]);

#endif
