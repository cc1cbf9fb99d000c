#include "network/uplink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "network/netns.h"
#include "network/rtnl.h"
#include "network/rules.h"
#include "os/passing.h"
#include "os/spawn.h"

enum {
	CLIENT_PORT = 68,	/* RFC 2131 section 4.1 */
	RESOLV_BYTES = 96,	/* three lines; filled up with empty ones */
	SECOND_MS = 1000,
	DELAY_MOST = 6,		/* doublings of a second: 64 s */
	GRACE_MS = 2000		/* for the client's own word that it is over */
};

/* --- name servers ----------------------------------------------------------------- */

/* In place and always as long: who has the file open reads the new servers
 * in one go (net/resolve.h). */
static enum status
write_resolv(const struct network *n)
{
	uint8_t text[RESOLV_BYTES];
	struct buf out = buf_over(text, sizeof(text));
	ssize_t written;
	int fd;

	TRY(lease_resolv(&n->lease, &out));
	memset(text + out.len, '\n', sizeof(text) - out.len);
	fd = open(n->plan.resolv, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (fd < 0)
		return ST_IO;
	written = pwrite(fd, text, sizeof(text), 0);
	close(fd);
	return written == (ssize_t)sizeof(text) ? ST_OK : ST_IO;
}

static void
tell_servers(const struct network *n)
{
	if (write_resolv(n) != ST_OK)
		log_line(LOG_ERROR, "network: wan: %s: %s", n->plan.resolv,
		    strerror(errno));
}

/* See uplink.h. */
enum status
uplink_init(struct network *n)
{
	n->dhcp_pid = 0;
	n->dhcp_fd = -1;
	n->dhcp_at_ms = 0;
	n->dhcp_deaths = 0;
	n->has_lease = false;
	n->lease = (struct lease){ 0 };
	n->refused = NULL;
	return write_resolv(n);
}

/* --- a lease ---------------------------------------------------------------------- */

static void
set_reverse_path(const struct network *n, bool is_strict)
{
	enum status st = netns_enter(n->port[NETWORK_WAN].netns);

	if (st == ST_OK) {
		st = rules_reverse_path(network_names[NETWORK_WAN], is_strict);
		netns_leave(n->home);
	}
	if (st != ST_OK)
		log_line(LOG_ERROR, "network: wan: reverse path: %s",
		    strerror(errno));
}

/* The record of it, after the port has it no more. */
static void
drop_lease(struct network *n)
{
	n->has_lease = false;
	n->lease = (struct lease){ 0 };
	tell_servers(n);
}

static void
end_lease(struct network *n, const char *why)
{
	const struct network_port *p = &n->port[NETWORK_WAN];

	if (!n->has_lease)
		return;
	log_line(LOG_WARNING, "network: wan: the address is given up: %s", why);
	if (rtnl_remove_address(p->route, p->index, n->lease.address,
	    n->lease.prefix) == ST_IO)
		log_line(LOG_ERROR, "network: wan: the address stays: %s",
		    strerror(errno));
	set_reverse_path(n, false);
	drop_lease(n);
}

/* The kernel takes the routes away with the address they are for. */
static enum status
put_lease(const struct network *n, const struct lease *next)
{
	const struct network_port *p = &n->port[NETWORK_WAN];
	bool is_same = n->has_lease && n->lease.address == next->address &&
	    n->lease.prefix == next->prefix;
	enum status st;

	if (n->has_lease && !is_same)
		TRY(rtnl_remove_address(p->route, p->index, n->lease.address,
		    n->lease.prefix));
	if (!is_same)
		TRY(rtnl_add_address(p->route, p->index, next->address,
		    next->prefix));
	if (next->router != 0)
		return rtnl_set_router(p->route, p->index, next->router);
	st = is_same ? rtnl_remove_router(p->route, p->index) : ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static void
say_lease(const struct lease *lease)
{
	struct in_addr a = { htonl(lease->address) };
	char text[INET_ADDRSTRLEN];

	log_line(LOG_NOTICE, "network: wan: %s/%u for %u s",
	    inet_ntop(AF_INET, &a, text, sizeof(text)), lease->prefix,
	    lease->seconds);
}

static void
take_lease(struct network *n, const struct lease *next, uint64_t now_ms)
{
	bool is_new = !n->has_lease || n->lease.address != next->address ||
	    n->lease.prefix != next->prefix;
	bool has_servers = n->has_lease &&
	    memcmp(n->lease.dns, next->dns, sizeof(next->dns)) == 0;

	if (put_lease(n, next) != ST_OK) {
		log_line(LOG_ERROR, "network: wan: the lease cannot be set "
		    "up: %s", strerror(errno));
		n->has_lease = true;	/* whatever of it is there, goes */
		n->lease = *next;
		end_lease(n, "it is not whole");
		n->refused = "the kernel refused it";
		return;
	}
	n->refused = NULL;
	n->dhcp_deaths = 0;
	n->has_lease = true;
	n->lease = *next;
	n->lease_ends_ms = now_ms + (uint64_t)next->seconds * SECOND_MS;
	set_reverse_path(n, true);
	if (!has_servers)
		tell_servers(n);
	if (is_new)
		say_lease(next);
}

static void
take_message(struct network *n, const struct lease *next, uint64_t now_ms)
{
	const struct interface *lab = &n->plan.port[NETWORK_LAB].address;
	const char *why = lease_refusal(next, lab);

	if (why == NULL && next->address != 0) {
		take_lease(n, next, now_ms);
		return;
	}
	if (why != NULL && why != n->refused)
		log_line(LOG_ERROR, "network: wan: a lease is not taken: %s",
		    why);
	n->refused = why;
	end_lease(n, why == NULL ? "guichet-dhcp says so" : why);
}

/* --- the client --------------------------------------------------------------------- */

static int
open_udp(const char *port)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
	    .sin_port = htons(CLIENT_PORT) };
	int on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, port,
	    (socklen_t)strlen(port)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) == 0 &&
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0)
		return fd;
	close(fd);
	return -1;
}

static enum status
start_client(struct network *n)
{
	struct spawn what = { .program = n->plan.dhcp,
	    .directory = n->plan.empty, .n_fds = 2 };
	int pair[2], udp = -1;
	enum status st;

	TRY(netns_enter(n->port[NETWORK_WAN].netns));
	udp = open_udp(network_names[NETWORK_WAN]);
	netns_leave(n->home);
	if (udp < 0)
		return ST_IO;
	st = passing_pair(pair);
	if (st != ST_OK) {
		close(udp);
		return st;
	}
	what.fd[0] = pair[1];
	what.fd[1] = udp;
	st = spawn(&what, &n->dhcp_pid);
	close(udp);
	close(pair[1]);
	if (st != ST_OK) {
		close(pair[0]);
		n->dhcp_pid = 0;
		return st;
	}
	n->dhcp_fd = pair[0];
	/* PID 1 waits in its loop and nowhere else. */
	return fcntl(n->dhcp_fd, F_SETFL, O_NONBLOCK) == 0 ? ST_OK : ST_IO;
}

static void
retry_later(struct network *n, uint64_t now_ms)
{
	n->dhcp_at_ms = now_ms + ((uint64_t)SECOND_MS << n->dhcp_deaths);
	if (n->dhcp_deaths < DELAY_MOST)
		n->dhcp_deaths++;
}

/* The address stays: its lease has not ended. */
static void
start(struct network *n, uint64_t now_ms)
{
	set_reverse_path(n, false);
	if (start_client(n) == ST_OK)
		return;
	log_line(LOG_ERROR, "network: wan: guichet-dhcp cannot be started: %s",
	    strerror(errno));
	retry_later(n, now_ms);
}

static void
stop_hearing(struct network *n)
{
	if (n->dhcp_fd >= 0)
		close(n->dhcp_fd);
	n->dhcp_fd = -1;
}

/* What it was about to say is not heard; it is reaped as always. */
static void
stop(struct network *n)
{
	stop_hearing(n);
	if (n->dhcp_pid > 0)
		kill(n->dhcp_pid, SIGKILL);
}

/* See uplink.h. */
void
uplink_tick(struct network *n, uint64_t now_ms)
{
	const struct network_port *p = &n->port[NETWORK_WAN];

	if (n->plan.port[NETWORK_WAN].address.kind != INTERFACE_DHCP)
		return;
	if (n->has_lease && now_ms >= n->lease_ends_ms + GRACE_MS)
		end_lease(n, "its time is over");
	if (p->index != 0 && p->has_carrier && p->trouble == ST_OK &&
	    n->dhcp_pid == 0 && now_ms >= n->dhcp_at_ms)
		start(n, now_ms);
}

/* See uplink.h. */
void
uplink_gone(struct network *n)
{
	stop(n);
	if (n->has_lease)
		drop_lease(n);
}

/* See uplink.h. */
void
uplink_plugged(struct network *n)
{
	stop(n);
	n->dhcp_deaths = 0;
	n->dhcp_at_ms = 0;
}

/* See uplink.h. */
void
uplink_on_readable(struct network *n, uint64_t now_ms)
{
	struct lease next;
	struct buf in = buf_over(&next, sizeof(next));
	int fd = -1;
	enum status st = passing_receive(n->dhcp_fd, &in, &fd);

	if (fd >= 0)
		close(fd);	/* nobody asked for one */
	if (st == ST_MORE)
		return;
	if (st != ST_OK || in.len != sizeof(next)) {
		if (st != ST_IO)
			log_line(LOG_ERROR, "network: wan: guichet-dhcp does "
			    "not say what it should");
		stop(n);
		return;
	}
	take_message(n, &next, now_ms);
}

/* See uplink.h. */
bool
uplink_on_exit(struct network *n, pid_t pid, uint64_t now_ms)
{
	if (n->dhcp_pid == 0 || pid != n->dhcp_pid)
		return false;
	stop_hearing(n);
	n->dhcp_pid = 0;
	retry_later(n, now_ms);
	log_line(LOG_WARNING, "network: wan: guichet-dhcp ended; again in "
	    "%llu s", (unsigned long long)(n->dhcp_at_ms - now_ms) / SECOND_MS);
	return true;
}
