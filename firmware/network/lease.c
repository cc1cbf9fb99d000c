#include "network/lease.h"

#include <stdio.h>

enum { PREFIX_LEAST = 8, PREFIX_MOST = 30 };

static uint32_t
mask(uint32_t prefix)
{
	return ~(UINT32_MAX >> prefix);
}

/* One host's, and of a network that somebody could have. */
static bool
is_unicast(uint32_t address)
{
	uint32_t first = address >> 24;

	return first != 0 && first != 127 && first < 224;
}

static bool
is_host_of(uint32_t address, uint32_t network, uint32_t prefix)
{
	uint32_t host = address & ~mask(prefix);

	return is_unicast(address) &&
	    (address & mask(prefix)) == (network & mask(prefix)) &&
	    host != 0 && host != ~mask(prefix);
}

/* Two networks overlap where one has the other's first address. */
static bool
overlaps(const struct lease *lease, const struct interface *lab)
{
	uint32_t wider = lease->prefix < lab->prefix ? lease->prefix
	    : lab->prefix;

	return lab->kind == INTERFACE_STATIC &&
	    ((lease->address ^ lab->address) & mask(wider)) == 0;
}

static bool
has_good_servers(const struct lease *lease)
{
	bool ended = false;

	for (unsigned i = 0; i < LEASE_DNS_MAX; i++) {
		if (lease->dns[i] == 0)
			ended = true;
		else if (ended || !is_unicast(lease->dns[i]))
			return false;
	}
	return true;
}

static bool
is_empty(const struct lease *lease)
{
	static const struct lease none;

	return memcmp(lease, &none, sizeof(none)) == 0;
}

/* See lease.h. */
const char *
lease_refusal(const struct lease *lease, const struct interface *lab)
{
	if (lease->address == 0)
		return is_empty(lease) ? NULL : "no address, and more";
	if (lease->prefix < PREFIX_LEAST || lease->prefix > PREFIX_MOST)
		return "a network that is too large or too small";
	if (!is_host_of(lease->address, lease->address, lease->prefix))
		return "an address that is no host's";
	if (lease->router != 0 && (lease->router == lease->address ||
	    !is_host_of(lease->router, lease->address, lease->prefix)))
		return "a router outside of the network";
	if (!has_good_servers(lease))
		return "a name server that is no host";
	if (lease->seconds < LEASE_SECONDS_LEAST ||
	    lease->seconds > LEASE_SECONDS_MOST)
		return "a lease that is too short or too long";
	if (lab != NULL && overlaps(lease, lab))
		return "the network of the lab port";
	return NULL;
}

/* See lease.h. */
enum status
lease_resolv(const struct lease *lease, struct buf *out)
{
	for (unsigned i = 0; i < LEASE_DNS_MAX && lease->dns[i] != 0; i++) {
		uint32_t a = lease->dns[i];
		char line[sizeof("nameserver 255.255.255.255\n")];

		snprintf(line, sizeof(line), "nameserver %u.%u.%u.%u\n",
		    a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
		TRY(buf_append_text(out, line));
	}
	return ST_OK;
}
