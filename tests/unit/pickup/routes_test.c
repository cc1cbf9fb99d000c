/* Every route by its own pattern, and paths that are almost one. */
#include "pickup/routes.h"

#include <stdio.h>

#include "pickup/handlers.h"
#include "tap.h"

#define CARD "0123456789"
#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static struct route_match match;

static enum status
find(enum http_method method, const char *path)
{
	return routes_find(method, span_of(path), &match);
}

/* The pattern with a card and a key in it. */
static const char *
example(const char *pattern)
{
	static char path[256];
	const char *card = strstr(pattern, "{card}");
	const char *key = strstr(pattern, "{key}");

	snprintf(path, sizeof(path), "%.*s%s%.*s%s", (int)strcspn(pattern, "{"),
	    pattern, card != NULL ? CARD : key != NULL ? KEY : "",
	    card != NULL ? (int)strcspn(card + 6, "{") : 0,
	    card != NULL ? card + 6 : "",
	    card != NULL && key != NULL ? KEY : "");
	return path;
}

static void
test_each_route(void)
{
	const struct route *r;
	const char *path;
	size_t i;

	for (i = 0; i < pickup_n_routes; i++) {
		r = &pickup_routes[i];
		path = example(r->pattern);
		ok(find(r->method, path) == ST_OK && match.route == r,
		    "%s is found", path);
		ok(match.plane == r->plane, "%s: its plane", path);
		ok(find(HTTP_OTHER, path) == ST_UNSUPPORTED &&
		    match.methods[r->method] && match.route == NULL,
		    "%s: another method is known not to be allowed", path);
		ok((find(HTTP_HEAD, path) == ST_OK) == (r->method == HTTP_GET &&
		    r->plane != ROUTE_DATA), "%s: HEAD", path);
		ok(find(HTTP_OPTIONS, path) == ST_UNSUPPORTED &&
		    match.methods[HTTP_OPTIONS] == (r->plane == ROUTE_DATA),
		    "%s: OPTIONS", path);
	}
}

static void
test_parameters(void)
{
	static const uint8_t key[32] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
		18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	};

	ok(find(HTTP_DELETE, "/api/v1/cards/" CARD "/shares/" KEY) == ST_OK &&
	    span_is(match.card, CARD) && memcmp(match.key, key, 32) == 0,
	    "card and key are taken from the path");
	ok(find(HTTP_GET, "/s/" KEY) == ST_OK &&
	    match.route->handle == handle_direct &&
	    find(HTTP_POST, "/s/" KEY) == ST_OK &&
	    match.route->handle == handle_manifest, "two methods, one path");
}

static void
test_almost(void)
{
	static const char *const paths[] = {
		"", "//", "/x", "/D/" KEY, "/d", "/d/", "/d/" KEY "/",
		"/d/" KEY "A", "/d//" KEY, "/./d/" KEY, "/d/" KEY "=",
		"/d/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",
		"/d/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
		"/d/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8",
		"/api/v1/cards", "/api/v1/cards/", "/api/v1/cards/012345678",
		"/api/v1/cards/01234567890", "/api/v1/cards/012345678a",
		"/api/v1/cards/012345678I", "/api/v1/cards/012345678L",
		"/api/v1/cards/012345678O", "/api/v1/cards/012345678U",
		"/api/v2/cards/" CARD, "/api/v1/cards/" CARD "/",
		"/api/v1/cards/" CARD "/shares/", "/api/v1/cards/{card}",
		"/robots.txt/",
	};
	size_t i;

	for (i = 0; i < COUNT(paths); i++)
		ok(find(HTTP_GET, paths[i]) == ST_NOT_FOUND &&
		    match.route == NULL, "no route: %s", paths[i]);
	ok(find(HTTP_GET, "/api/nothing") == ST_NOT_FOUND &&
	    match.plane == ROUTE_DATA, "a 404 below /api/ is of the data plane");
	ok(find(HTTP_GET, "/nothing") == ST_NOT_FOUND &&
	    match.plane == ROUTE_PAGE, "one elsewhere is not");
}

int
main(void)
{
	test_each_route();
	test_parameters();
	test_almost();
	return done_testing();
}
