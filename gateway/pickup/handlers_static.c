#include "pickup/exchange.h"
#include "pickup/handlers.h"
#include "pickup/page.h"

/* See handlers.h. */
void
handle_page(struct exchange *x)
{
	struct reply r = {
		.code = 200,
		.content_type = "text/html; charset=utf-8",
		.body = page_bytes(),
		.is_page = true,
	};

	exchange_reply(x, &r);
}

/* See handlers.h. */
void
handle_icon(struct exchange *x)
{
	struct reply r = { .code = 204 };

	exchange_reply(x, &r);
}

/* See handlers.h. */
void
handle_robots(struct exchange *x)
{
	struct reply r = {
		.code = 200,
		.content_type = "text/plain; charset=utf-8",
		.body = span_of("User-agent: *\nDisallow: /\n"),
	};

	exchange_reply(x, &r);
}
