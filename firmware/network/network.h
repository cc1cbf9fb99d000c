/*
 * network.h -- the box's two ports in two networks that cannot meet: each
 * alone in a network namespace of its own, with its address and its route.
 * The caller, PID 1, stays in a namespace that keeps no port.
 *
 *     init's namespace         no port: guichetd, vault, updater, service
 *     /run/netns/lab  "lab"    intake, pickup, desk; they listen
 *     /run/netns/wan  "wan"    courier; it connects out
 *
 * (guichet-dhcp is in none of both: it has one UDP socket of the second.)
 * Nothing is forwarded, in either of them; there is no packet filter that
 * could be wrong.  A port that is not there is waited for, and then looked
 * for again and again: the other one works without it.
 *
 * Never: reads a byte that came from a network.  What DHCP says comes from
 * guichet-dhcp, as one message of fixed size (network/lease.h), and is
 * checked here again.
 */
#ifndef NETWORK_NETWORK_H
#define NETWORK_NETWORK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/span.h"
#include "config/interface.h"
#include "network/lease.h"

enum network_side { NETWORK_LAB, NETWORK_WAN, NETWORK_SIDES };

/* What messages and ports are called: "lab", "wan". */
extern const char *const network_names[NETWORK_SIDES];

/* One port, as board and configuration say. */
struct network_port_plan {
	const char *netns;	/* made there, as iproute2 does it */
	const char *place;	/* stands in the real path of its device */
	struct interface address;	/* of the lab port: never dhcp */
	uint32_t    router;	/* host order; 0: none */
};

/* All strings are borrowed for as long as the network is. */
struct network_plan {
	struct network_port_plan port[NETWORK_SIDES];
	const char *sys;	/* /sys/class/net */
	const char *keep;	/* folder that lasts, for the hardware
				   addresses of ports that have none of their
				   own; NULL: a new one at each start */
	const char *resolv;	/* the lease's name servers: a file that is
				   rewritten in place, never replaced */
	const char *dhcp;	/* guichet-dhcp */
	const char *empty;	/* an empty folder, its root */
	unsigned    wait_ms;	/* for ports that come late, at the start */
};

enum { NETWORK_TEXT_MAX = 161 };	/* BOX_LINE_MAX */

/* What became of one port. */
struct network_port {
	int  netns;		/* the namespace; -1: none yet */
	int  route;		/* an rtnetlink socket inside of it */
	int  index;		/* of the port there; 0: it is not there */
	bool has_carrier;	/* a cable, and somebody at its other end */
	enum status trouble;	/* with it, the last time; ST_OK: none */
};

/* Fields are this library's. */
struct network {
	struct network_plan plan;
	int   home;		/* the caller's namespace */
	struct network_port port[NETWORK_SIDES];
	uint64_t look_at_ms;	/* for ports, again */
	/* guichet-dhcp, where the plan says dhcp */
	pid_t    dhcp_pid;	/* 0: none runs */
	int      dhcp_fd;	/* -1: none */
	bool     has_heard;	/* once in this second: enough */
	uint64_t dhcp_at_ms;	/* to be started */
	unsigned dhcp_deaths;	/* in a row */
	bool     has_lease;
	struct lease lease;
	uint64_t lease_ends_ms;
	const char *refused;	/* why the last lease was not taken; or NULL */
};

/* The plan of an appliance: everything but places, addresses, routers. */
void network_plan_box(struct network_plan *plan);

/*
 * Makes the namespaces, gives them their rules (network/rules.c), writes an
 * empty plan->resolv, moves, names and configures the ports, starts
 * guichet-dhcp.  Blocks for plan->wait_ms while a port is missing.
 * Once, by root, before any thread; *n stays where it is.
 *
 * Times are milliseconds of CLOCK_BOOTTIME.
 *
 *   ST_OK  also where a port is missing: network_text() says so
 *   ST_IO  with errno: no namespaces, or not their rules: nothing may serve
 */
MUST_CHECK enum status
network_start(struct network *n, const struct network_plan *plan,
    uint64_t now_ms);

/* To be polled for reading; -1: nothing to poll.  Ask before each poll: one
 * message a second is heard, so that nobody keeps PID 1 busy. */
int network_fd(const struct network *n);

/* network_fd() is readable, or closed. */
void network_on_readable(struct network *n, uint64_t now_ms);

/* A child was reaped.  True: it was guichet-dhcp, which is started again
 * later. */
bool network_on_exit(struct network *n, pid_t pid, uint64_t now_ms);

/* At least once a second: ports that came or went, a lease that ended,
 * guichet-dhcp that is due. */
void network_tick(struct network *n, uint64_t now_ms);

/*
 * What it is like now, for `network =` of config/box.h; returns `out`:
 *     lab 192.168.1.2/24; wan dhcp 10.0.3.15/24
 *     lab is missing; wan dhcp, no lease
 *     lab 192.168.1.2/24; wan none
 */
const char *network_text(const struct network *n,
    char out[static NETWORK_TEXT_MAX]);

#endif
