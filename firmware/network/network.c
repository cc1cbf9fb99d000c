#include "network/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "network/netns.h"
#include "network/ports.h"
#include "network/uplink.h"

enum {
	WAIT_STEP_MS = 50,
	LOOK_EVERY_MS = 1000,
	WAIT_MS = 5000,		/* a USB port's driver takes 2 to 3 s */
	PART_MAX = 80
};

const char *const network_names[NETWORK_SIDES] = { "lab", "wan" };

/* See network.h. */
void
network_plan_box(struct network_plan *plan)
{
	*plan = (struct network_plan){
		.port = {
			[NETWORK_LAB] = { .netns = "/run/netns/lab" },
			[NETWORK_WAN] = { .netns = "/run/netns/wan" },
		},
		.sys = "/sys/class/net",
		.keep = NULL,
		.resolv = "/run/resolv.conf",
		.dhcp = "/bin/guichet-dhcp",
		.empty = "/tmp",
		.wait_ms = WAIT_MS,
	};
}

/* --- start -------------------------------------------------------------------------- */

static bool
is_missing(const struct network *n)
{
	return n->port[NETWORK_LAB].index == 0 ||
	    n->port[NETWORK_WAN].index == 0;
}

/* What it did not work for is in port.trouble and in the log. */
static void
bring_missing(struct network *n)
{
	for (unsigned s = 0; s < NETWORK_SIDES; s++)
		if (n->port[s].index == 0 &&
		    ports_bring(n, (enum network_side)s) == ST_OK)
			(void)ports_look(n, (enum network_side)s);
}

static void
wait_for_ports(struct network *n)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_MS * 1000000L };

	bring_missing(n);
	for (unsigned waited = 0; is_missing(n) && waited < n->plan.wait_ms;
	    waited += WAIT_STEP_MS) {
		nanosleep(&step, NULL);
		bring_missing(n);
	}
}

/* See network.h. */
enum status
network_start(struct network *n, const struct network_plan *plan,
    uint64_t now_ms)
{
	*n = (struct network){ .plan = *plan };
	for (unsigned s = 0; s < NETWORK_SIDES; s++)
		n->port[s] = (struct network_port){ -1, -1, 0, false,
		    ST_NOT_FOUND };
	TRY(netns_home(&n->home));
	for (unsigned s = 0; s < NETWORK_SIDES; s++)
		TRY(ports_prepare(n, (enum network_side)s));
	TRY(uplink_init(n));
	wait_for_ports(n);
	n->look_at_ms = now_ms + LOOK_EVERY_MS;
	uplink_tick(n, now_ms);
	return ST_OK;
}

/* --- as long as it runs --------------------------------------------------------------- */

/* See network.h. */
int
network_fd(const struct network *n)
{
	return n->has_heard ? -1 : n->dhcp_fd;
}

/* See network.h. */
void
network_on_readable(struct network *n, uint64_t now_ms)
{
	if (network_fd(n) < 0)
		return;
	n->has_heard = true;
	uplink_on_readable(n, now_ms);
}

/* See network.h. */
bool
network_on_exit(struct network *n, pid_t pid, uint64_t now_ms)
{
	return uplink_on_exit(n, pid, now_ms);
}

static void
look(struct network *n)
{
	for (unsigned s = 0; s < NETWORK_SIDES; s++) {
		enum ports_news news = n->port[s].index == 0 ? PORTS_SAME
		    : ports_look(n, (enum network_side)s);

		if (s == NETWORK_WAN && news == PORTS_GONE)
			uplink_gone(n);
		if (s == NETWORK_WAN && news == PORTS_PLUGGED)
			uplink_plugged(n);
	}
	bring_missing(n);
}

/* See network.h. */
void
network_tick(struct network *n, uint64_t now_ms)
{
	if (now_ms >= n->look_at_ms) {
		n->look_at_ms = now_ms + LOOK_EVERY_MS;
		n->has_heard = false;
		look(n);
	}
	uplink_tick(n, now_ms);
}

/* --- words ------------------------------------------------------------------------------ */

static const char *
print_address(uint32_t address, unsigned prefix, char *out, size_t max)
{
	struct in_addr a = { htonl(address) };
	char text[INET_ADDRSTRLEN];

	snprintf(out, max, "%s/%u", inet_ntop(AF_INET, &a, text, sizeof(text)),
	    prefix);
	return out;
}

static void
describe(const struct network *n, enum network_side side, char *out)
{
	const struct interface *given = &n->plan.port[side].address;
	const struct network_port *p = &n->port[side];
	const char *name = network_names[side];
	char address[INET_ADDRSTRLEN + 4];

	if (p->index == 0)
		snprintf(out, PART_MAX, "%s is missing", name);
	else if (p->trouble != ST_OK)
		snprintf(out, PART_MAX, "%s cannot be set up", name);
	else if (given->kind == INTERFACE_NONE)
		snprintf(out, PART_MAX, "%s none", name);
	else if (given->kind == INTERFACE_STATIC)
		snprintf(out, PART_MAX, "%s %s", name, print_address(
		    given->address, given->prefix, address, sizeof(address)));
	else if (n->has_lease)
		snprintf(out, PART_MAX, "%s dhcp %s", name, print_address(
		    n->lease.address, n->lease.prefix, address,
		    sizeof(address)));
	else
		snprintf(out, PART_MAX, "%s dhcp, no lease%s%s", name,
		    n->refused != NULL ? ": " : "",
		    n->refused != NULL ? n->refused : "");
}

/* See network.h. */
const char *
network_text(const struct network *n, char out[static NETWORK_TEXT_MAX])
{
	char lab[PART_MAX], wan[PART_MAX];

	describe(n, NETWORK_LAB, lab);
	describe(n, NETWORK_WAN, wan);
	snprintf(out, NETWORK_TEXT_MAX, "%s; %s", lab, wan);
	return out;
}
