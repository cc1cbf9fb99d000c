#include <stdlib.h>

#include "base/log.h"
#include "courier/http_lane.h"

/* Zeroes that nobody touched yet take no memory: a part's buffer costs its
 * size when the first body is sent on that lane. */
static struct http_lane *
lanes_new(unsigned n)
{
	struct http_lane *lanes = calloc(n, sizeof(*lanes));

	if (lanes == NULL)
		unexpected("no memory for connections", (int)n);
	return lanes;
}

/* See http_call.h. */
struct http_pool *
http_pool_new(uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, unsigned lanes)
{
	struct http_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		unexpected("no memory for a pool", (int)lanes);
	*pool = (struct http_pool){ loop, resolver, to, lanes,
	    lanes_new(lanes) };
	for (unsigned i = 0; i < lanes; i++) {
		struct http_lane *l = &pool->lanes[i];

		l->pool = pool;
		l->head = buf_over(l->head_storage, sizeof(l->head_storage));
		l->part = buf_over(l->part_storage, sizeof(l->part_storage));
		l->in = buf_over(l->in_storage, sizeof(l->in_storage));
		l->kept = buf_over(l->kept_storage, sizeof(l->kept_storage));
		l->link.conn.on_event = http_lane_on_event;
		l->link.conn.owner = l;
		uv_timer_init(loop, &l->timer);
		l->timer.data = l;
	}
	return pool;
}

/* See http_lane.h. */
struct http_lane *
http_pool_pick(struct http_pool *pool)
{
	static const enum lane_state order[] = {
		LANE_KEPT, LANE_FREE, LANE_CLOSING
	};

	for (size_t k = 0; k < COUNT(order); k++)
		for (unsigned i = 0; i < pool->n_lanes; i++)
			if (pool->lanes[i].state == order[k] &&
			    pool->lanes[i].call == NULL)
				return &pool->lanes[i];
	return NULL;
}
