/*
 * remote.h -- what the configuration says of hosts to connect to, and of the
 * hours at which patients hear from the laboratory.  Pure.
 */
#ifndef CONFIG_REMOTE_H
#define CONFIG_REMOTE_H

#include <sys/socket.h>

#include "base/span.h"

enum { REMOTE_HOST_MAX = 253, RESOLVERS_MAX = 3 };

/* Spans borrow from the text that was read. */
struct remote {
	struct span host;	/* lower case; a name, or an IPv4 address */
	uint16_t    port;
	struct span path;	/* of a URL: "" or "/..." without a last "/" */
};

/* "https://host[:port][/path]": printable ASCII without user, query, fragment
 * or empty parts of the path; the port is 443 where none is said.  ST_OK or
 * ST_INVALID. */
MUST_CHECK enum status remote_parse_url(struct span text, struct remote *out);

/* "host:port".  ST_OK or ST_INVALID. */
MUST_CHECK enum status remote_parse_server(struct span text, struct remote *out);

/* "08:00-20:00", as minutes of the day; from < until.  ST_OK or ST_INVALID. */
MUST_CHECK enum status
hours_parse(struct span text, unsigned *from_min, unsigned *until_min);

/* "local@domain" as RFC 5321 has it without quotes, at most 254 bytes of
 * printable ASCII; what could end a command or a header is refused.  ST_OK or
 * ST_INVALID. */
MUST_CHECK enum status mailbox_check(struct span text);

/* "1.1.1.1, [::1]:53" (port 53 where none is said), or "system": none.
 * ST_OK or ST_INVALID. */
MUST_CHECK enum status
resolvers_parse(struct span text, struct sockaddr_storage out[static RESOLVERS_MAX],
    size_t *n);

#endif
