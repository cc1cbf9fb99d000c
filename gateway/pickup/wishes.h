/*
 * wishes.h -- the two JSON bodies that clients send (jansson, duplicate
 * names refused), and what is allowed in them.  Pure.
 */
#ifndef PICKUP_WISHES_H
#define PICKUP_WISHES_H

#include "base/span.h"

enum {
	PASSCODE_BYTES_MIN = 4, PASSCODE_BYTES_MAX = 64,
	SHARE_TTL_MIN_S = 60, SHARE_TTL_MAX_S = 30 * 24 * 3600,
	SHARE_USES_MAX = 1000,
	RECIPIENT_BYTES_MAX = 256
};

/* POST .../shares: {"bid","kind","passcode","ttl_s","max_uses"}. */
struct share_wish {
	uint8_t  bundle[22];
	char     kind;			/* 'U' or 'P' */
	bool     has_passcode;		/* exactly with 'P' */
	uint8_t  passcode_hash[32];
	uint64_t ttl_s;
	uint64_t max_uses;		/* 0: no limit */
};

/* POST /s/{alias}: {"recipient","passcode","embeddedLengthMax"}. */
struct manifest_wish {
	bool     has_passcode;
	uint8_t  passcode_hash[32];
	bool     has_embedded_max;
	uint64_t embedded_max;		/* bytes */
};

/* Once, before the first: whatever jansson frees is wiped. */
void wishes_prepare(void);

/* ST_OK, ST_MALFORMED (not JSON, a name twice), ST_INVALID (a value). */
MUST_CHECK enum status share_wish_read(struct span json, struct share_wish *wish);
MUST_CHECK enum status
manifest_wish_read(struct span json, struct manifest_wish *wish);

/* SHA-256("guichet/1/passcode" | 0 | passcode): what the vault is told; it
 * keys that with a secret of its own and the alias before it stores it. */
void passcode_hash(struct span passcode, uint8_t hash[static 32]);

#endif
