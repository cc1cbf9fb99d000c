/*
 * seal.h -- from a report to a sealed object and its envelope (formats.md,
 * "Sealed bundle" 1, 2 and 4).
 *
 * The plaintext exists in one region, from here to the end of seal_report(),
 * and is wiped there.  Never: knows a socket or a message.
 */
#ifndef INTAKE_SEAL_H
#define INTAKE_SEAL_H

#include "base/secret.h"
#include "crypto/p256.h"
#include "fhir/bundle.h"
#include "intake/region.h"

enum { SEAL_ENVELOPE_MAX = 4096 };
/* The longest payload; the pickup page must hold it in a browser. */
#define SEAL_PAYLOAD_MAX ((size_t)64 * 1024 * 1024)

/* One object on its way out; zeroes to start with. */
struct sealed {
	struct secret_32 key;	/* content key; wiped by seal_envelope() */
	uint8_t name[32];	/* the object's, random */
	uint8_t sha256[32];	/* of the JWE */
	struct region region;	/* where the JWE is */
	size_t  size;		/* of the JWE, bytes */
};

/* Can `r` be sealed?  ST_OK, ST_INVALID or ST_TOO_BIG as below. */
MUST_CHECK enum status seal_check(const struct report *r);

/*
 * Builds the payload in `plain` (any size, reused from report to report;
 * wiped on return) and seals it into `out` under a fresh content key.
 *
 *   ST_OK
 *   ST_INVALID   the report holds nothing to show
 *   ST_TOO_BIG   the payload would be over SEAL_PAYLOAD_MAX
 *   ST_NO_SPACE  no memory
 */
MUST_CHECK enum status
seal_report(const struct report *r, const struct fhir_identity *id,
    struct region *plain, struct sealed *out);

/*
 * Appends the envelope to `card`'s key: content key and claim.  The content
 * key is wiped, whatever happens.
 * ST_OK, ST_INVALID (not a point of the curve) or ST_NO_SPACE.
 */
MUST_CHECK enum status
seal_envelope(struct sealed *s, struct span public_key, struct span box,
    struct span card, struct span bundle, struct span claim, struct buf *out);

/* Wipes the key and gives the memory back; idempotent. */
void seal_clear(struct sealed *s);

#endif
