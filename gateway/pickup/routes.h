/*
 * routes.h -- which handler answers a method and a path.
 *
 * Never: decodes percent escapes, forgives a slash, knows a connection.
 */
#ifndef PICKUP_ROUTES_H
#define PICKUP_ROUTES_H

#include "base/span.h"
#include "pickup/routes.def"
#include "wire/http.h"

struct exchange;

enum route_auth  { ROUTE_NONE, ROUTE_TOKEN, ROUTE_NAME };
enum route_plane { ROUTE_PAGE, ROUTE_FILE, ROUTE_DATA };

struct route {
	enum http_method method;
	const char      *pattern;
	void           (*handle)(struct exchange *x);
	enum route_auth  auth;
	enum route_plane plane;
	const char      *doc;
};

extern const struct route pickup_routes[];
extern const size_t pickup_n_routes;

struct route_match {
	const struct route *route;	/* NULL unless ST_OK */
	enum route_plane plane;		/* of the path, whatever the method */
	struct span card;		/* 10 symbols; borrowed from the path */
	uint8_t     key[32];		/* {key}, decoded */
	bool        methods[HTTP_OTHER + 1];	/* the path allows, with HEAD
						   and OPTIONS */
};

/*
 *   ST_OK           `match` is filled
 *   ST_NOT_FOUND    no such path; plane is that of the nearest pattern
 *   ST_UNSUPPORTED  the path, but not with this method; methods[] is filled
 *
 * HEAD counts as GET outside of the data plane.  OPTIONS on the data plane is
 * ST_UNSUPPORTED too: the caller answers it from methods[].
 */
MUST_CHECK enum status
routes_find(enum http_method method, struct span path, struct route_match *match);

#endif
