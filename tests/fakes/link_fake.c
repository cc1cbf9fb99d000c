#include "link_fake.h"

#include <stdlib.h>

struct link_fake link_fake;

/* See link_fake.h. */
void
link_fake_reset(void)
{
	memset(&link_fake, 0, sizeof(link_fake));
}

struct endpoint *
endpoint_new(const struct config *config, struct span host, uint16_t port,
    const char *pins, unsigned sessions_max, bool is_http)
{
	struct endpoint *e = &link_fake.endpoint[link_fake.n_endpoints++];

	(void)config;
	(void)pins;
	(void)sessions_max;
	(void)is_http;
	if (link_fake.n_endpoints > COUNT(link_fake.endpoint))
		abort();		/* the test itself is wrong */
	memcpy(e->host, host.ptr, host.len);
	e->host[host.len] = '\0';
	e->port = port;
	return e;
}

void
link_open(struct link *l, uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, bool is_plain, uint64_t now_s)
{
	(void)l;
	(void)loop;
	(void)resolver;
	(void)is_plain;
	(void)now_s;
	link_fake.opens++;
	link_fake.to = to;
}

void
link_secure(struct link *l)
{
	(void)l;
	link_fake.secures++;
}

void
link_close(struct link *l)
{
	(void)l;
	link_fake.closes++;
}

const char *
link_error(const struct link *l)
{
	(void)l;
	return "store.example: fake";
}
