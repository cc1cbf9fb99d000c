/* No response without its headers, on any plane. */
#include "pickup/headers.h"

#include "tap.h"

#define PAGE_POLICY "default-src 'none'; script-src 'sha256-x'"

static struct span
value_of(const struct header_set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (strcmp(set->row[i].name, name) == 0)
			return set->row[i].value;
	return (struct span){ 0 };
}

static unsigned
times(const struct header_set *set, const char *name)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < set->n; i++)
		n += strcmp(set->row[i].name, name) == 0;
	return n;
}

static void
test_plane(enum route_plane plane, bool is_page)
{
	static const char *const always[] = {
		"Cache-Control", "Content-Security-Policy",
		"Cross-Origin-Embedder-Policy", "Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy", "Permissions-Policy",
		"Referrer-Policy", "Strict-Transport-Security",
		"X-Content-Type-Options", "X-Frame-Options",
	};
	struct header_set set;
	size_t i;

	headers_start(&set, plane, is_page);
	for (i = 0; i < COUNT(always); i++)
		ok(times(&set, always[i]) == 1, "plane %d, page %d: %s once",
		    (int)plane, is_page, always[i]);
	ok(times(&set, "Server") == 0 && times(&set, "Set-Cookie") == 0,
	    "no Server, no cookie");
	ok(span_is(value_of(&set, "Access-Control-Allow-Origin"), "*") ==
	    (plane == ROUTE_DATA), "another origin may read data only");
	ok(span_is(value_of(&set, "Cross-Origin-Resource-Policy"),
	    plane == ROUTE_DATA ? "cross-origin" : "same-origin"),
	    "resource policy");
	ok(span_is(value_of(&set, "Content-Security-Policy"), PAGE_POLICY) ==
	    is_page, "the page's policy is the page's only");
}

static void
test_date(void)
{
	char date[30];

	headers_date(784111777, date);
	ok(strcmp(date, "Sun, 06 Nov 1994 08:49:37 GMT") == 0, "%s", date);
	headers_date(0, date);
	ok(strcmp(date, "Thu, 01 Jan 1970 00:00:00 GMT") == 0, "%s", date);
	headers_date(253402300799, date);
	ok(strcmp(date, "Fri, 31 Dec 9999 23:59:59 GMT") == 0, "%s", date);
}

static void
test_appended(void)
{
	uint8_t storage[4096];
	struct buf head = buf_over(storage, sizeof(storage));
	struct buf small = buf_over(storage, 64);
	struct header_set set;
	size_t i, n = 0;

	ok(buf_append_text(&head, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n") == ST_OK &&
	    headers_append_fixed(ROUTE_DATA, false, &head) == ST_OK,
	    "appended to a head");
	headers_start(&set, ROUTE_DATA, false);
	for (i = 0; i < set.n; i++)
		n += memmem(storage, head.len, set.row[i].name,
		    strlen(set.row[i].name)) != NULL;
	ok(n == set.n, "all of them");
	ok(memcmp(storage, "HTTP/1.1 200 OK\r\nA: b\r\nCache", 28) == 0 &&
	    memcmp(storage + head.len - 4, "\r\n\r\n", 4) == 0 &&
	    memmem(storage, head.len - 3, "\r\n\r\n", 4) == NULL,
	    "with one empty line, at the end");
	ok(buf_append_text(&small, "HTTP/1.1 200 OK\r\n\r\n") == ST_OK &&
	    headers_append_fixed(ROUTE_PAGE, true, &small) == ST_NO_SPACE,
	    "no space");
}

int
main(void)
{
	headers_set_page_policy(PAGE_POLICY);
	test_plane(ROUTE_PAGE, true);
	test_plane(ROUTE_PAGE, false);
	test_plane(ROUTE_FILE, false);
	test_plane(ROUTE_DATA, false);
	test_date();
	test_appended();
	return done_testing();
}
