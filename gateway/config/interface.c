#include "config/interface.h"

#include <arpa/inet.h>
#include <string.h>

enum { PREFIX_LEAST = 8, PREFIX_MOST = 30, TEXT_MAX = 15 };

/* A host's address that may stand at a port. */
static bool
is_usable(uint32_t address)
{
	uint8_t first = (uint8_t)(address >> 24);

	return first != 0 && first != 127 && first < 224;
}

static enum status
parse_address(struct span text, uint32_t *out)
{
	char copy[TEXT_MAX + 1];
	struct in_addr address;

	if (text.len == 0 || text.len > TEXT_MAX)
		return ST_INVALID;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (strlen(copy) != text.len || inet_pton(AF_INET, copy, &address) != 1)
		return ST_INVALID;
	*out = ntohl(address.s_addr);
	return is_usable(*out) ? ST_OK : ST_INVALID;
}

static enum status
parse_prefix(struct span text, unsigned *out)
{
	*out = 0;
	if (text.len == 0 || text.len > 2 || text.ptr[0] == '0')
		return ST_INVALID;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return ST_INVALID;
		*out = *out * 10 + (unsigned)(text.ptr[i] - '0');
	}
	return *out >= PREFIX_LEAST && *out <= PREFIX_MOST ? ST_OK
	    : ST_INVALID;
}

/* See interface.h. */
enum status
interface_parse(struct span text, struct interface *out)
{
	const uint8_t *slash;
	size_t at;
	uint32_t host;

	*out = (struct interface){ .kind = INTERFACE_NONE };
	if (span_is(text, "none"))
		return ST_OK;
	out->kind = span_is(text, "dhcp") ? INTERFACE_DHCP : INTERFACE_STATIC;
	if (out->kind == INTERFACE_DHCP)
		return ST_OK;
	slash = text.len == 0 ? NULL : memchr(text.ptr, '/', text.len);
	if (slash == NULL)
		return ST_INVALID;
	at = (size_t)(slash - text.ptr);
	TRY(parse_address(span_slice(text, 0, at), &out->address));
	TRY(parse_prefix(span_slice(text, at + 1, text.len), &out->prefix));
	host = out->address & (UINT32_MAX >> out->prefix);
	return host != 0 && host != UINT32_MAX >> out->prefix ? ST_OK
	    : ST_INVALID;
}

/* See interface.h. */
enum status
gateway_parse(struct span text, uint32_t *out)
{
	*out = 0;
	return span_is(text, "none") ? ST_OK : parse_address(text, out);
}
