/*
 * resolve.h -- a host's addresses: from a literal, from the hosts file as it
 * was at the start, or asked for over UDP (RFC 1035), A and AAAA.
 *
 * Questions are built and answers are read with musl's res_mkquery() and
 * ns_initparse(); random ids and ports, the question must come back, answers
 * from elsewhere are ignored.  What DNS says is believed as far as TLS then
 * proves it.
 * Never: opens a file after resolver_new(), follows a name into another one
 * it was not asked for (CNAMEs of the answer itself are followed).
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <sys/socket.h>
#include <uv.h>

#include "base/span.h"

struct resolver;

enum { RESOLVE_ADDRESSES_MAX = 8 };

/* Before the sandbox: `servers`, or, where `n` is 0, those of
 * /etc/resolv.conf; and /etc/hosts.  Dies without memory. */
struct resolver *resolver_new(uv_loop_t *loop,
    const struct sockaddr_storage *servers, size_t n);

/* Embed; the owner's memory again at on_end or after resolve_abort(). */
struct resolve {
	void *owner;
	/* ST_OK: `n` addresses with the port; ST_NOT_FOUND no such name;
	 * ST_IO no server answered.  From the loop. */
	void (*on_end)(void *owner, enum status st,
	    const struct sockaddr_storage *address, size_t n);
	/* ---- */
	struct resolver *resolver;
	struct resolve *next;
	char     host[256];
	uint16_t port;
	uint64_t started_ms;
	uint8_t  tries, server;
	uint16_t id[2];		/* of the questions for A and AAAA */
	bool     has[2], is_later;
	enum status outcome;
	struct sockaddr_storage address[RESOLVE_ADDRESSES_MAX];
	size_t   n;
};

void resolve_begin(struct resolve *r, struct resolver *resolver,
    const char *host, uint16_t port);
void resolve_abort(struct resolve *r);

#endif
