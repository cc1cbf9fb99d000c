/*
 * resolve.h -- a host's addresses: from a literal, from the hosts file as it
 * was at the start, or asked for over UDP (RFC 1035), A and AAAA.
 *
 * Every try has two questions with random ids on a socket of its own, whose
 * port the kernel chooses, connected to one server: answers from elsewhere do
 * not arrive.  Two seconds, two rounds of all servers.  Names are asked for
 * as they stand: no search list.  Nothing is remembered: who connects often
 * keeps his connection.  What DNS says is believed as far as TLS then proves
 * it.
 * Servers of /etc/resolv.conf are read again before each question from the
 * file that was opened at the start: who changes it in place (the box, for
 * each lease) is understood, who replaces it is not.
 * Never: opens a file after resolver_new(), follows a name into another one
 * it was not asked for (CNAMEs of the answer itself are followed).
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/span.h"

struct resolver;

enum { RESOLVE_ADDRESSES_MAX = 8, RESOLVE_SERVERS_MAX = 3 };

/* Before the sandbox: the first three of `servers`, or, where `n` is 0, those
 * of /etc/resolv.conf; and /etc/hosts.  Dies without memory. */
struct resolver *resolver_new(uv_loop_t *loop,
    const struct sockaddr_storage *servers, size_t n);

/* Embed; the owner's memory again at on_end or after resolve_abort(). */
struct resolve {
	void *owner;
	/* ST_OK: `n` addresses with the port, IPv4 first, valid during the
	 * call; ST_NOT_FOUND no such name, or it has no address; ST_IO no
	 * server answered as it should.  From the loop. */
	void (*on_end)(void *owner, enum status st,
	    const struct sockaddr_storage *address, size_t n);
	/* ---- */
	struct resolver *resolver;
	struct resolve *next;
	struct resolve_try *now;	/* NULL: ended, or waits for its turn */
	char     host[256];
	uint16_t port;			/* host order */
	uint8_t  tries;			/* so far; each another server */
	bool     is_ended;
	enum status outcome;		/* once is_ended */
	uint16_t id[2];			/* of the questions for A and AAAA */
	bool     has[2];		/* answered */
	bool     is_refused;		/* one of them without sense */
	struct sockaddr_storage address[RESOLVE_ADDRESSES_MAX];
	size_t   n;
};

/* `host` is copied: a name or an IP address. */
void resolve_begin(struct resolve *r, struct resolver *resolver,
    const char *host, uint16_t port);
/* on_end is not called any more. */
void resolve_abort(struct resolve *r);

#endif
