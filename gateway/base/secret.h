/*
 * secret.h -- secrets of a fixed size, so that the size is in the type.
 *
 * Every one is wiped at its owner's `out:`; a buffer near secrets that need
 * not be says so with the comment "not secret".
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdint.h>

struct secret_32 {
	uint8_t byte[32];
};

#endif
