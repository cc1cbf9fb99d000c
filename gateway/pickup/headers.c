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

enum { FIXED_BYTES = 3072, VARIANTS = 3 };

static const char *page_policy = POLICY_OF_DATA;

/* One text for each of: the page, our own origin, data.  len 0: not made. */
static struct fixed_text {
	uint8_t bytes[FIXED_BYTES];
	size_t  len;
} fixed[VARIANTS];

/* See headers.h. */
void
headers_set_page_policy(const char *policy)
{
	page_policy = policy;
	memset(fixed, 0, sizeof(fixed));
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

/* http_head_write() checks what it writes; its first line and its last, empty
 * one are not wanted here. */
static void
make_fixed(struct fixed_text *f, enum route_plane plane, bool is_page)
{
	struct header_set set;
	struct http_response r = { .code = 204, .headers = set.row,
	    .keep_alive = true };
	struct buf text = buf_over(f->bytes, sizeof(f->bytes));
	size_t line;

	headers_start(&set, plane, is_page);
	r.n_headers = set.n;
	if (http_head_write(&r, &text) != ST_OK)
		unexpected("fixed headers", (int)set.n);
	line = (size_t)((const uint8_t *)memchr(f->bytes, '\n', text.len) -
	    f->bytes) + 1;
	f->len = text.len - line - 2;
	memmove(f->bytes, f->bytes + line, f->len);
}

/* See headers.h. */
enum status
headers_append_fixed(enum route_plane plane, bool is_page, struct buf *head)
{
	struct fixed_text *f =
	    &fixed[is_page ? 0 : plane != ROUTE_DATA ? 1 : 2];

	if (f->len == 0)
		make_fixed(f, plane, is_page);
	if (head->len < 2 || head->max - head->len < f->len)
		return ST_NO_SPACE;
	head->len -= 2;		/* its empty line */
	TRY(buf_append(head, f->bytes, f->len));
	return buf_append(head, "\r\n", 2);
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
