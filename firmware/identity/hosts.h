/*
 * hosts.h -- what a certificate is for: names and addresses, as they stand on
 * the command line.  Pure.
 */
#ifndef IDENTITY_HOSTS_H
#define IDENTITY_HOSTS_H

#include "base/span.h"

enum { HOSTS_MAX = 16, HOST_TEXT_MAX = 253 };

struct host {
	const char *text;	/* borrowed */
	uint8_t address[16];	/* its first 4 bytes, or all */
	size_t  address_len;	/* 0: a name */
};

/*
 * ST_OK, or ST_INVALID: neither an IPv4 or IPv6 address nor a host's name of
 * letters, digits, hyphens and dots (RFC 1123 section 2.1).
 */
MUST_CHECK enum status host_read(const char *text, struct host *host);

#endif
