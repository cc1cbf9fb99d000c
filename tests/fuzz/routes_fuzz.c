/* A path: a route that is found can be made again from what was taken from the
 * path, so that no two paths are one object, and none has bytes left over. */
#include "pickup/routes.h"

#include <stdlib.h>

#include "base/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
is_inside(struct span s, struct span path)
{
	return s.ptr >= path.ptr && s.ptr + s.len <= path.ptr + path.len;
}

/* The pattern with the card and the key that `m` has. */
static enum status
make_path(const struct route_match *m, struct buf *path)
{
	struct span key = { m->key, sizeof(m->key) };
	const char *p = m->route->pattern;

	while (*p != 0) {
		if (*p != '{') {
			TRY(buf_append(path, p++, 1));
			continue;
		}
		if (p[1] == 'c')
			TRY(buf_append_span(path, m->card));
		else
			TRY(base64url_encode(key, path));
		p = strchr(p, '}') + 1;
	}
	return ST_OK;
}

static void
check_found(const struct route_match *m, enum http_method method,
    struct span path)
{
	uint8_t text[256];
	struct buf again = buf_over(text, sizeof(text));

	if (m->route == NULL || m->plane != m->route->plane)
		abort();
	if (m->route->method != method && (method != HTTP_HEAD ||
	    m->route->method != HTTP_GET || m->plane == ROUTE_DATA))
		abort();
	if (m->card.len > 0 && !is_inside(m->card, path))
		abort();
	if (make_path(m, &again) != ST_OK ||
	    !span_equal(buf_span(&again), path))
		abort();
}

/* The first byte chooses the method, the rest is the path. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct route_match match;
	enum http_method method;
	struct span path;
	enum status st;

	if (len == 0)
		return 0;
	method = (enum http_method)(data[0] % (HTTP_OTHER + 1));
	path = (struct span){ data + 1, len - 1 };
	st = routes_find(method, path, &match);
	if (st == ST_OK)
		check_found(&match, method, path);
	else if (match.route != NULL ||
	    (st != ST_NOT_FOUND && st != ST_UNSUPPORTED))
		abort();
	return 0;
}
