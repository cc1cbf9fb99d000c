#include "courier/store.h"

/* See store.h. */
struct store *
store_new(uv_loop_t *loop, struct resolver *resolver,
    const struct config *config)
{
	(void)loop;
	(void)resolver;
	(void)config;
	return NULL;
}

/* See store.h. */
void
store_credential(struct store *s, struct span secret)
{
	(void)s;
	(void)secret;
}

/* See store.h. */
void
store_ask(struct store *s, struct store_call *call,
    const struct store_wish *wish, uint64_t now_s)
{
	(void)s;
	(void)call;
	(void)wish;
	(void)now_s;
}

/* See store.h. */
void
store_body(struct store_call *call, struct span bytes)
{
	(void)call;
	(void)bytes;
}

/* See store.h. */
void
store_abort(struct store_call *call)
{
	(void)call;
}
