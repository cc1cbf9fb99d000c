/*
 * interface.h -- what an appliance's two network ports are given:
 * "192.168.1.2/24", "dhcp" or "none"; a router: "192.168.1.1" or "none".
 * IPv4 only.  Pure.
 */
#ifndef CONFIG_INTERFACE_H
#define CONFIG_INTERFACE_H

#include "base/span.h"

enum interface_kind { INTERFACE_NONE, INTERFACE_STATIC, INTERFACE_DHCP };

/* Addresses in host order: 0xc0a80102 is 192.168.1.2. */
struct interface {
	enum interface_kind kind;
	uint32_t address;	/* a host's: neither network nor broadcast */
	unsigned prefix;	/* 8 to 30 */
};

/* ST_OK; ST_INVALID for anything else, for multicast, loopback and 0.0.0.0/8,
 * and for the address of the network itself or its broadcast. */
MUST_CHECK enum status
interface_parse(struct span text, struct interface *out);

/* "none" is 0.  ST_OK, or ST_INVALID. */
MUST_CHECK enum status
gateway_parse(struct span text, uint32_t *out);

#endif
