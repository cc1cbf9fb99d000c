/* What the configuration says of hosts outside.  What is taken can be written
 * down and read again, and holds nothing that a request or a command could
 * not bear. */
#include <stdlib.h>

#include "config/remote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct remote *r)
{
	if (r->host.len == 0 || r->host.len > REMOTE_HOST_MAX || r->port == 0)
		abort();
	for (size_t i = 0; i < r->host.len; i++)
		if (r->host.ptr[i] <= ' ' || r->host.ptr[i] > '~')
			abort();
	for (size_t i = 0; i < r->path.len; i++)
		if (r->path.ptr[i] <= ' ' || r->path.ptr[i] > '~' ||
		    r->path.ptr[i] == '?' || r->path.ptr[i] == '#')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage servers[RESOLVERS_MAX];
	struct span text = { data, size };
	unsigned from, until;
	struct remote r;
	size_t n = 0;

	if (remote_parse_url(text, &r) == ST_OK)
		check(&r);
	if (remote_parse_server(text, &r) == ST_OK) {
		r.path = (struct span){ 0 };
		check(&r);
	}
	if (hours_parse(text, &from, &until) == ST_OK &&
	    (from >= until || until > 24 * 60))
		abort();
	if (mailbox_check(text) == ST_OK)
		for (size_t i = 0; i < size; i++)
			if (data[i] <= ' ' || data[i] > '~' ||
			    memchr("<>\"(),:;\\[]", data[i], 11) != NULL)
				abort();
	if (resolvers_parse(text, servers, &n) == ST_OK && n > RESOLVERS_MAX)
		abort();
	return 0;
}
