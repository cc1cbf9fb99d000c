/*
 * headers.h -- the headers that every response carries, whatever it says.
 *
 * Never: Set-Cookie, Server.
 */
#ifndef PICKUP_HEADERS_H
#define PICKUP_HEADERS_H

#include "pickup/routes.h"

enum { PICKUP_HEADERS_MAX = 24 };

struct header_set {
	struct http_header row[PICKUP_HEADERS_MAX];
	size_t n;
};

/* The policy of the page; borrowed for ever.  Once, at start. */
void headers_set_page_policy(const char *policy);

/* What is fixed for responses of `plane`; `is_page`: the page itself, with
 * its script, and not a refusal in its place. */
void headers_start(struct header_set *set, enum route_plane plane, bool is_page);

/*
 * Appends that set to a head that http_head_write() has just ended, and ends
 * it again.  The text is made once and copied: it is the same thousand bytes
 * in every response.  ST_OK or ST_NO_SPACE.
 */
MUST_CHECK enum status
headers_append_fixed(enum route_plane plane, bool is_page, struct buf *head);

/* Adds one; more than PICKUP_HEADERS_MAX is a bug and ends the process. */
void headers_add(struct header_set *set, const char *name, struct span value);

/* "Sun, 06 Nov 1994 08:49:37 GMT" of `now_s` (RFC 9110 5.6.7). */
void headers_date(uint64_t now_s, char out[static 30]);

#endif
