/* pem.h -- DER as PEM (RFC 7468 section 3): lines of 64 symbols.  Pure. */
#ifndef IDENTITY_PEM_H
#define IDENTITY_PEM_H

#include "base/span.h"

/* Appends a block of `label` ("CERTIFICATE"); ST_OK or ST_NO_SPACE.  What is
 * in between is in `out` alone: whoever writes a key wipes that. */
MUST_CHECK enum status
pem_write(const char *label, struct span der, struct buf *out);

#endif
