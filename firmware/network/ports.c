#include "network/ports.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "network/hardware.h"
#include "network/netns.h"
#include "network/rtnl.h"
#include "network/rules.h"

/* --- a namespace -------------------------------------------------------------- */

static enum status
fail(enum network_side side, const char *what)
{
	int error = errno;

	log_line(LOG_ERROR, "network: %s: %s: %s", network_names[side], what,
	    strerror(error));
	errno = error;
	return ST_IO;
}

/* Inside of it. */
static enum status
furnish(struct network_port *p, enum network_side side)
{
	const struct rule *which = NULL;
	int loopback;

	if (rules_apply(side == NETWORK_WAN, &which) != ST_OK)
		return fail(side, which->name);
	if (rtnl_open(&p->route) != ST_OK ||
	    rtnl_find(p->route, "lo", &loopback) != ST_OK ||
	    rtnl_up(p->route, loopback) != ST_OK)
		return fail(side, "loopback");
	return ST_OK;
}

/* See ports.h. */
enum status
ports_prepare(struct network *n, enum network_side side)
{
	struct network_port *p = &n->port[side];
	enum status st;

	if (netns_make(n->plan.port[side].netns, n->home, &p->netns) != ST_OK ||
	    netns_enter(p->netns) != ST_OK)
		return fail(side, n->plan.port[side].netns);
	st = furnish(p, side);
	netns_leave(n->home);
	return st;
}

/* --- a port --------------------------------------------------------------------- */

/* Without it the box would be somebody else at each start: to DHCP servers,
 * to switches that know their neighbours. */
static enum status
give_mac(const struct network *n, enum network_side side, int route, int index,
    const char *name)
{
	uint8_t mac[HARDWARE_MAC_BYTES];

	if (n->plan.keep == NULL || hardware_has_own_mac(n->plan.sys, name))
		return ST_OK;
	if (hardware_kept_mac(n->plan.keep, network_names[side], mac) != ST_OK)
		log_line(LOG_WARNING, "network: %s: its hardware address "
		    "cannot be kept: %s", network_names[side], strerror(errno));
	return rtnl_set_mac(route, index, mac);
}

static enum status
move_in(const struct network *n, enum network_side side, const char *name)
{
	int route, index;
	enum status st;

	TRY(rtnl_open(&route));
	st = rtnl_find(route, name, &index);
	if (st == ST_OK)
		st = rtnl_down(route, index);
	if (st == ST_OK)
		st = give_mac(n, side, route, index, name);
	if (st == ST_OK)
		st = rtnl_move(route, index, n->port[side].netns,
		    network_names[side]);
	close(route);
	return st;
}

/* Strict only where there is an address: see rules.h. */
static enum status
reverse_path(const struct network *n, enum network_side side)
{
	bool is_strict = n->plan.port[side].address.kind == INTERFACE_STATIC;
	enum status st;

	TRY(netns_enter(n->port[side].netns));
	st = rules_reverse_path(network_names[side], is_strict);
	netns_leave(n->home);
	return st;
}

static enum status
configure(const struct network *n, enum network_side side, int index)
{
	const struct network_port_plan *plan = &n->plan.port[side];
	int route = n->port[side].route;

	TRY(reverse_path(n, side));
	if (plan->address.kind == INTERFACE_NONE)
		return ST_OK;
	if (plan->address.kind == INTERFACE_STATIC)
		TRY(rtnl_add_address(route, index, plan->address.address,
		    plan->address.prefix));
	TRY(rtnl_up(route, index));
	if (plan->address.kind == INTERFACE_STATIC && plan->router != 0)
		TRY(rtnl_set_router(route, index, plan->router));
	return ST_OK;
}

static enum status
bring(struct network *n, enum network_side side)
{
	struct network_port *p = &n->port[side];
	char name[HARDWARE_NAME_MAX];
	int index;

	TRY(hardware_find(n->plan.sys, n->plan.port[side].place, name));
	TRY(move_in(n, side, name));
	TRY(rtnl_find(p->route, network_names[side], &index));
	p->index = index;
	p->has_carrier = false;	/* until looked at */
	return configure(n, side, index);
}

/* See ports.h. */
enum status
ports_bring(struct network *n, enum network_side side)
{
	struct network_port *p = &n->port[side];
	enum status before = p->trouble;

	p->trouble = bring(n, side);
	if (p->trouble == ST_OK)
		log_line(LOG_NOTICE, "network: %s: the port is there",
		    network_names[side]);
	else if (p->trouble == ST_EXISTS && p->index == 0 && before != ST_EXISTS)
		log_line(LOG_ERROR, "network: %s: more than one port is at %s",
		    network_names[side], n->plan.port[side].place);
	else if (p->trouble != ST_NOT_FOUND && p->trouble != before)
		log_line(LOG_ERROR, "network: %s: the port cannot be set up: "
		    "%s: %s", network_names[side], status_text(p->trouble),
		    strerror(errno));
	return p->trouble;
}

/* See ports.h. */
enum ports_news
ports_look(struct network *n, enum network_side side)
{
	struct network_port *p = &n->port[side];
	bool had = p->has_carrier;
	enum status st = rtnl_look(p->route, p->index, &p->has_carrier);

	if (st == ST_NOT_FOUND) {
		log_line(LOG_WARNING, "network: %s: the port is gone",
		    network_names[side]);
		p->index = 0;
		p->trouble = ST_NOT_FOUND;
		return PORTS_GONE;
	}
	if (st != ST_OK || p->has_carrier == had ||
	    n->plan.port[side].address.kind == INTERFACE_NONE)
		return PORTS_SAME;
	log_line(LOG_NOTICE, "network: %s: %s", network_names[side],
	    p->has_carrier ? "the cable is in" : "no cable");
	return p->has_carrier ? PORTS_PLUGGED : PORTS_SAME;
}
