/*
 * update_keys.h -- who may sign an update: 1 to 4 lines, each a P-256 point in
 * hexadecimal, uncompressed (SEC 1, 2.3.3: 04, x, y).  Part of the verified
 * image.  The parser is pure; whether a point is on the curve is seen when a
 * signature is verified.
 */
#ifndef SUPERVISOR_UPDATE_KEYS_H
#define SUPERVISOR_UPDATE_KEYS_H

#include "base/span.h"

enum { UPDATE_KEYS_MAX = 4, UPDATE_KEY_BYTES = 65,
    UPDATE_KEYS_TEXT_MAX = UPDATE_KEYS_MAX * (2 * UPDATE_KEY_BYTES + 1) };

struct update_keys {
	size_t  len;	/* in bytes: one key after the other */
	uint8_t bytes[UPDATE_KEYS_MAX * UPDATE_KEY_BYTES];
};

/* ST_OK, or ST_INVALID for anything else: an empty line, too. */
MUST_CHECK enum status
update_keys_parse(struct span text, struct update_keys *keys);

#endif
