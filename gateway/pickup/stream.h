/*
 * stream.h -- sends a sealed object as the vault hands it out, one piece at
 * a time: the next is asked for when the last has left.
 */
#ifndef PICKUP_STREAM_H
#define PICKUP_STREAM_H

#include "pickup/exchange.h"

/*
 * Answers with `before`, the object `name` (or ticket), `after`; both texts
 * static and at most 256 bytes.  An object that is not there is a late 404;
 * one that ends while it is being sent cuts the connection.
 */
void stream_object(struct exchange *x, const uint8_t name[static 32],
    const char *content_type, struct span before, struct span after);

/* The last piece has left: true if there is more to come. */
bool stream_go_on(struct exchange *x);

/* Idempotent. */
void stream_end(struct exchange *x);

#endif
