/*
 * handlers.h -- one function per route (routes.def).
 *
 * Each answers through exchange.h, at once or later, exactly once.
 */
#ifndef PICKUP_HANDLERS_H
#define PICKUP_HANDLERS_H

struct exchange;

void handle_page(struct exchange *x);
void handle_icon(struct exchange *x);
void handle_robots(struct exchange *x);
void handle_card(struct exchange *x);
void handle_share_make(struct exchange *x);
void handle_share_end(struct exchange *x);
void handle_object(struct exchange *x);
void handle_manifest(struct exchange *x);
void handle_direct(struct exchange *x);
void handle_location(struct exchange *x);
void handle_watch(struct exchange *x);

#endif
