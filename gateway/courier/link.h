/*
 * link.h -- a TLS connection to one configured host: its name looked up, TCP
 * opened, the certificate believed, in one step.
 *
 * Events are those of net/conn.h, about the bytes inside TLS; link_open() is
 * answered like a write: CONN_WRITTEN when the handshake is over, CONN_FAILED
 * or CONN_TIMEOUT otherwise.
 * Never: connects to a host that the configuration does not name, goes on
 * without TLS (mail's STARTTLS greets in clear and says nothing there).
 */
#ifndef COURIER_LINK_H
#define COURIER_LINK_H

#include "config/remote.h"
#include "net/conn.h"
#include "net/resolve.h"
#include "net/tls_client.h"

/* Where to, and whom to believe there.  One for each host of the
 * configuration, made before the sandbox closes; borrowed for ever. */
struct endpoint {
	char     host[REMOTE_HOST_MAX + 1];
	uint16_t port;
	struct tls_client *tls;
};

struct config;

/*
 * Before the sandbox: one for `host` and `port`, for `sessions_max`
 * connections at once, believed by `pins` (config/fingerprints.h) or, where
 * that is empty, by the authorities of tls.trust, which are read once for all.
 * `is_http`: ALPN says so.  Dies (role_refuse) where that cannot work.
 */
struct endpoint *endpoint_new(const struct config *config, struct span host,
    uint16_t port, const char *pins, unsigned sessions_max, bool is_http);

struct link {
	struct conn conn;	/* on_event, owner, idle_ms: the owner's to set */
	/* ---- */
	const struct endpoint *to;
	struct resolve resolve;
	uv_loop_t *loop;
	struct sockaddr_storage address[RESOLVE_ADDRESSES_MAX];
	size_t   n_addresses, next;	/* the one to try after this */
	conn_event_fn *on_event;	/* the owner's, while conn has ours */
	void    *owner;
	uint64_t idle_ms, until_ms;	/* of all of link_open() */
	uint64_t now_s;
	uv_timer_t timer;
	unsigned open_parts;	/* 0 => CONN_CLOSED */
	uint8_t  state;
	bool     has_conn;
	bool     is_plain;	/* STARTTLS: until link_secure() */
	char     error[128];
};

/* -> WRITTEN, FAILED or TIMEOUT (idle_ms for all of it).  `now_s`: for the
 * certificates' dates.  `is_plain`: no TLS yet.  link_close() is due after
 * it, whatever happened. */
void link_open(struct link *l, uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, bool is_plain, uint64_t now_s);

/* After STARTTLS was answered: the handshake -> WRITTEN, FAILED, TIMEOUT.
 * What came in clear before it is forgotten (RFC 3207 section 4.2). */
void link_secure(struct link *l);

/* -> CLOSED. */
void link_close(struct link *l);

/* "name not found", "certificate is for another name": our own words, with
 * the host; static or in `l`. */
const char *link_error(const struct link *l);

#endif
