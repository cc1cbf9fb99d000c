/* dialect_swift.h -- what both log-ins of Swift lead to. */
#ifndef COURIER_DIALECT_SWIFT_H
#define COURIER_DIALECT_SWIFT_H

#include "courier/dialect.h"

/* dialect.request and dialect.body, given a token and a storage URL. */
MUST_CHECK enum status
swift_request(const struct config *config, struct span secret,
    const struct store_login *login, const struct store_wish *wish,
    uint64_t now_s, struct http_out *out);
MUST_CHECK enum status
swift_body(const struct config *config, enum store_verb verb, struct buf *out);

/* Keeps what a log-in brought.  ST_OK; ST_MALFORMED where either is missing
 * or not what it should be: https:// alone, printable ASCII. */
MUST_CHECK enum status
swift_log_in(struct store_login *login, struct span token, struct span url);

#endif
