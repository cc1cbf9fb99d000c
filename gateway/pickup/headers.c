#include "pickup/headers.h"

#include <time.h>

#include "base/log.h"

/* A year: after one visit no browser speaks plain http to this name. */
#define HSTS "max-age=31536000"

/* What is not the page runs nothing and shows nothing. */
#define POLICY_OF_DATA \
	"default-src 'none'; base-uri 'none'; form-action 'none'; " \
	"frame-ancestors 'none'; sandbox"

#define NO_PERMISSIONS \
	"accelerometer=(), autoplay=(), camera=(), " \
	"display-capture=(), geolocation=(), gyroscope=(), hid=(), " \
	"magnetometer=(), microphone=(), midi=(), payment=(), " \
	"publickey-credentials-get=(), serial=(), usb=()"

static const struct {
	const char *name, *value;
} of_all[] = {
	{ "Cache-Control", "no-store" },
	{ "Cross-Origin-Embedder-Policy", "require-corp" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Permissions-Policy", NO_PERMISSIONS },
	{ "Referrer-Policy", "no-referrer" },
	{ "Strict-Transport-Security", HSTS },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
}, of_data[] = {
	{ "Access-Control-Allow-Origin", "*" },
	{ "Access-Control-Expose-Headers", "Date, Retry-After" },
	{ "Cross-Origin-Resource-Policy", "cross-origin" },
};

static const char *page_policy = POLICY_OF_DATA;

/* See headers.h. */
void
headers_set_page_policy(const char *policy)
{
	page_policy = policy;
}

/* See headers.h. */
void
headers_add(struct header_set *set, const char *name, struct span value)
{
	if (set->n == PICKUP_HEADERS_MAX)
		unexpected("too many response headers", (int)set->n);
	set->row[set->n++] = (struct http_header){ name, value };
}

/* See headers.h. */
void
headers_start(struct header_set *set, enum route_plane plane, bool is_page)
{
	size_t i;

	set->n = 0;
	for (i = 0; i < COUNT(of_all); i++)
		headers_add(set, of_all[i].name, span_of(of_all[i].value));
	headers_add(set, "Content-Security-Policy",
	    span_of(is_page ? page_policy : POLICY_OF_DATA));
	if (plane != ROUTE_DATA) {
		headers_add(set, "Cross-Origin-Resource-Policy",
		    span_of("same-origin"));
		return;
	}
	for (i = 0; i < COUNT(of_data); i++)
		headers_add(set, of_data[i].name, span_of(of_data[i].value));
}

/* See headers.h. */
void
headers_date(uint64_t now_s, char out[static 30])
{
	time_t t = (time_t)now_s;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		tm = (struct tm){ .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
	/* Ours is always the C locale, whose names are RFC 9110's. */
	strftime(out, 30, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}
