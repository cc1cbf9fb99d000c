#include "health/ask_mllp.h"

#include "health/health.h"

static void
on_event(void *owner, enum conn_event ev)
{
	struct health *h = owner;
	struct ask_mllp *a = &h->mllp;

	if (ev == CONN_WRITTEN && !a->is_connected) {
		a->is_connected = true;
		conn_shut(&a->conn);
	} else if (ev == CONN_WRITTEN) {
		a->is_shut = true;
		conn_read(&a->conn);
	} else if (ev == CONN_BYTES) {
		conn_read(&a->conn);
	} else if (ev == CONN_EOF || (ev == CONN_FAILED && a->is_connected)) {
		/* Closed or reset: somebody was there to do it. */
		conn_close(&a->conn);
		health_passed(h, HEALTH_MLLP);
	} else if (ev == CONN_FAILED) {
		health_failed(h, HEALTH_MLLP, conn_error(&a->conn));
	} else if (ev == CONN_TIMEOUT) {
		/* All its places may have been taken since. */
		conn_close(&a->conn);
		health_late(h, HEALTH_MLLP, "takes no connections");
	}
}

/* See ask_mllp.h. */
void
ask_mllp_start(struct health *h)
{
	struct conn *c = &h->mllp.conn;

	*c = (struct conn){ .on_event = on_event, .owner = h,
	    .idle_ms = HEALTH_MS, .storage = h->mllp.storage,
	    .storage_bytes = sizeof(h->mllp.storage) };
	if (conn_open(c, &h->loop, (struct sockaddr *)&h->plan.mllp) != ST_OK)
		health_failed(h, HEALTH_MLLP, "cannot be connected to");
}
