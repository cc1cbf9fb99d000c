#include "courier/link.h"

/* See link.h. */
struct endpoint *
endpoint_new(const struct config *config, struct span host, uint16_t port,
    const char *pins, unsigned sessions_max, bool is_http)
{
	(void)config;
	(void)host;
	(void)port;
	(void)pins;
	(void)sessions_max;
	(void)is_http;
	return NULL;
}

/* See link.h. */
void
link_open(struct link *l, uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, bool is_plain, uint64_t now_s)
{
	(void)l;
	(void)loop;
	(void)resolver;
	(void)to;
	(void)is_plain;
	(void)now_s;
}

/* See link.h. */
void
link_secure(struct link *l)
{
	(void)l;
}

/* See link.h. */
void
link_close(struct link *l)
{
	(void)l;
}

/* See link.h. */
const char *
link_error(const struct link *l)
{
	return l->error;
}
