/*
 * uri.h -- percent-encoding (RFC 3986 section 2.1), as AWS Signature Version 4
 * and OpenStack Swift read it.  Pure.
 */
#ifndef WIRE_URI_H
#define WIRE_URI_H

#include "base/span.h"

/*
 * Appends `in`, everything but A-Z a-z 0-9 - . _ ~ as %XX in upper case; a "/"
 * stays where `keep_slash` says so.  ST_OK, or ST_NO_SPACE with `out` as it
 * was.
 */
MUST_CHECK enum status
uri_encode(struct span in, bool keep_slash, struct buf *out);

#endif
