#include "config/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static bool
parse_port(struct span text, uint16_t *port)
{
	unsigned v = 0;

	if (text.len == 0 || text.len > 5)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		v = v * 10 + (unsigned)(text.ptr[i] - '0');
	}
	if (v == 0 || v > 65535)
		return false;
	*port = htons((uint16_t)v);
	return true;
}

/* The last colon parts host and port: an IPv6 host has more of them. */
static bool
cut(struct span text, struct span *host, struct span *port)
{
	size_t colon = text.len;

	while (colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return false;
	*host = span_slice(text, 0, colon - 1);
	*port = span_slice(text, colon, text.len);
	return true;
}

static enum status
parse_v4(const char *host, uint16_t port, struct sockaddr_storage *address,
    socklen_t *len)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = port };

	if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
		return ST_INVALID;
	memset(address, 0, sizeof(*address));
	memcpy(address, &in, sizeof(in));
	*len = sizeof(in);
	return ST_OK;
}

static enum status
parse_v6(const char *host, uint16_t port, struct sockaddr_storage *address,
    socklen_t *len)
{
	struct sockaddr_in6 in = { .sin6_family = AF_INET6, .sin6_port = port };

	if (inet_pton(AF_INET6, host, &in.sin6_addr) != 1)
		return ST_INVALID;
	memset(address, 0, sizeof(*address));
	memcpy(address, &in, sizeof(in));
	*len = sizeof(in);
	return ST_OK;
}

/* See address.h. */
enum status
address_parse(struct span text, struct sockaddr_storage *address, socklen_t *len)
{
	char name[INET6_ADDRSTRLEN];
	struct span host, port_text;
	uint16_t port;
	bool is_v6;

	if (!cut(text, &host, &port_text) || !parse_port(port_text, &port))
		return ST_INVALID;
	is_v6 = host.len >= 2 && host.ptr[0] == '[' &&
	    host.ptr[host.len - 1] == ']';
	if (is_v6)
		host = span_slice(host, 1, host.len - 2);
	if (host.len == 0 || host.len >= sizeof(name) ||
	    memchr(host.ptr, 0, host.len) != NULL)
		return ST_INVALID;
	memcpy(name, host.ptr, host.len);
	name[host.len] = '\0';
	return is_v6 ? parse_v6(name, port, address, len)
	    : parse_v4(name, port, address, len);
}
