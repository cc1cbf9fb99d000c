#include "courier/courier.h"
#include "courier/store.h"

/* See courier.h. */
unsigned
push_prepare(struct role *role, struct resolver *resolver, uint16_t *ports)
{
	(void)role;
	(void)resolver;
	(void)ports;
	return 0;
}

/* See courier.h. */
void
push_credential(struct span secret)
{
	(void)secret;
}

/* See courier.h. */
struct store *
push_store(void)
{
	return NULL;
}

/* See courier.h. */
const struct courier_worker push_worker = { 0 };
