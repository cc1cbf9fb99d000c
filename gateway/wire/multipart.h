/*
 * multipart.h -- the parts of a multipart body (RFC 2046 section 5.1; as
 * forms send them, RFC 7578).
 *
 * Strict: CR LF, every part whole, the closing delimiter present.  Parts are
 * bytes as they are: a Content-Transfer-Encoding other than binary, 8bit and
 * 7bit is refused.
 */
#ifndef WIRE_MULTIPART_H
#define WIRE_MULTIPART_H

#include "base/span.h"

enum { MULTIPART_PARTS_MAX = 4, MULTIPART_BOUNDARY_MAX = 70 };

struct multipart_part {
	struct span type;	/* Content-Type without parameters, or empty */
	struct span bytes;
};

/*
 * The boundary in a Content-Type of multipart/form-data or
 * multipart/related, quoted or not.
 * ST_OK; ST_UNSUPPORTED: another type; ST_MALFORMED: no boundary, or not one.
 */
MUST_CHECK enum status
multipart_boundary(struct span content_type, struct span *boundary);

/*
 * The parts of `body`, which they borrow from.
 *
 *   ST_OK
 *   ST_MALFORMED    not such a body
 *   ST_TOO_BIG      more than MULTIPART_PARTS_MAX
 *   ST_UNSUPPORTED  a transfer encoding
 */
MUST_CHECK enum status
multipart_read(struct span body, struct span boundary,
    struct multipart_part parts[static MULTIPART_PARTS_MAX], size_t *n);

/* True where `type` (parameters or not) is this media type, in lower case. */
bool multipart_type_is(struct span type, const char *wanted);

#endif
