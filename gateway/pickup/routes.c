#include "pickup/routes.h"

#include "base/base64.h"
#include "pickup/handlers.h"

const struct route pickup_routes[] = {
#define X(METHOD, pattern, handler, AUTH, PLANE, doc) \
	{ HTTP_##METHOD, pattern, handler, ROUTE_##AUTH, ROUTE_##PLANE, doc },
	PICKUP_ROUTES(X)
#undef X
};

const size_t pickup_n_routes = COUNT(pickup_routes);

static bool
is_card_symbol(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' &&
	    c != 'L' && c != 'O' && c != 'U');
}

static bool
take_card(struct span part, struct route_match *match)
{
	size_t i;

	if (part.len != 10)
		return false;
	for (i = 0; i < part.len; i++)
		if (!is_card_symbol(part.ptr[i]))
			return false;
	match->card = part;
	return true;
}

static bool
take_key(struct span part, struct route_match *match)
{
	struct buf key = buf_over(match->key, sizeof(match->key));

	return base64url_decode(part, &key) == ST_OK &&
	    key.len == sizeof(match->key);
}

/* Cuts the bytes up to the next slash, or all, off the front of `path`. */
static struct span
next_part(struct span *path)
{
	struct span part = *path;
	size_t len = 0;

	while (len < path->len && path->ptr[len] != '/')
		len++;
	part.len = len;
	path->ptr += len < path->len ? len + 1 : len;
	path->len -= len < path->len ? len + 1 : len;
	return part;
}

static bool
part_matches(struct span pattern, struct span part, struct route_match *match)
{
	if (span_is(pattern, "{card}"))
		return take_card(part, match);
	if (span_is(pattern, "{key}"))
		return take_key(part, match);
	return span_equal(pattern, part);
}

static size_t
count_slashes(struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.len; i++)
		n += s.ptr[i] == '/';
	return n;
}

static bool
path_matches(const char *text, struct span path, struct route_match *match)
{
	struct span pattern = span_of(text);

	if (count_slashes(pattern) != count_slashes(path))
		return false;
	while (pattern.len > 0 || path.len > 0)
		if (!part_matches(next_part(&pattern), next_part(&path), match))
			return false;
	return true;
}

static bool
is_data_path(struct span path)
{
	static const char *const prefixes[] = { "/api/", "/d/", "/s/", "/l/",
	    "/w/" };
	size_t i;

	for (i = 0; i < COUNT(prefixes); i++)
		if (span_is(span_slice(path, 0, strlen(prefixes[i])),
		    prefixes[i]))
			return true;
	return false;
}

/* See routes.h. */
enum status
routes_find(enum http_method method, struct span path, struct route_match *match)
{
	const struct route *r;
	bool exists = false;
	size_t i;

	*match = (struct route_match){
		.plane = is_data_path(path) ? ROUTE_DATA : ROUTE_PAGE,
	};
	for (i = 0; i < COUNT(pickup_routes); i++) {
		r = &pickup_routes[i];
		/* The letter after the slash tells most of them apart. */
		if (path.len > 1 && r->pattern[1] != (char)path.ptr[1])
			continue;
		if (!path_matches(r->pattern, path, match))
			continue;
		exists = true;
		match->plane = r->plane;
		match->methods[r->method] = true;
		match->methods[HTTP_OPTIONS] |= r->plane == ROUTE_DATA;
		match->methods[HTTP_HEAD] |= r->plane != ROUTE_DATA;
		if (r->method == method || (method == HTTP_HEAD &&
		    r->method == HTTP_GET && r->plane != ROUTE_DATA))
			match->route = r;
	}
	if (!exists)
		return ST_NOT_FOUND;
	return match->route != NULL ? ST_OK : ST_UNSUPPORTED;
}
