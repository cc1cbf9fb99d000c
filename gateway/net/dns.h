/*
 * dns.h -- questions for addresses, and what an answer says (RFC 1035
 * section 4, RFC 3596).  Pure; musl's parser underneath.
 *
 * Never: believes an answer to another question, reads more than the answer
 * section, follows more than 8 CNAMEs.
 */
#ifndef NET_DNS_H
#define NET_DNS_H

#include <netinet/in.h>

#include "base/span.h"

/* Without EDNS (RFC 6891) nobody may send more than 512 bytes; some do. */
enum { DNS_MESSAGE_MAX = 1232 };

enum dns_kind { DNS_A, DNS_AAAA };

/* Builds the question into `out`.  ST_OK; ST_INVALID: no name that DNS could
 * have. */
MUST_CHECK enum status
dns_ask(const char *host, enum dns_kind kind, uint16_t id, struct buf *out);

/* The id of a message; 0 of what is too short to be one. */
uint16_t dns_id(struct span message);

/*
 * Reads up to `max` addresses (4 or 16 bytes each, in the order given).
 *
 *   ST_OK        `*n` addresses of `host`, perhaps none
 *   ST_NOT_FOUND there is no such name
 *   ST_IO        the server could not or would not say
 *   ST_TOO_BIG   the answer did not fit a datagram, and holds no address
 *   ST_MALFORMED not an answer, or to another question: somebody else's
 */
MUST_CHECK enum status
dns_read(struct span message, const char *host, enum dns_kind kind,
    struct in6_addr *address, size_t max, size_t *n);

#endif
