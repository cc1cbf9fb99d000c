/*
 * request_tool -- what the courier would send an S3 store, for clients that are
 * not in C to compare with.
 *
 *   request_tool ENDPOINT BUCKET STYLE REGION KEY SECRET NOW VERB [NAME]
 *
 * Prints method and target, Host, each header, an empty line and the body.
 */
#include <stdio.h>
#include <stdlib.h>

#include "courier/dialect.h"
#include "crypto/digest.h"

static const struct {
	const char *word;
	enum store_verb verb;
} verbs[] = {
#define X(name) { #name, STORE_##name },
	STORE_VERB_MAP(X)
#undef X
};

static void
fill(char *field, size_t max, const char *text)
{
	snprintf(field, max, "%s", text);
}

static void
print(struct span text)
{
	fwrite(text.ptr, 1, text.len, stdout);
}

int
main(int argc, char **argv)
{
	static struct config config = { .drop_kind = DROP_S3,
		.card_life_s = 365 * 86400 };
	static struct store_login login;
	static uint8_t target[STORE_TARGET_MAX], headers[STORE_HEADERS_MAX],
	    text[4096], host[300], name[300];
	struct store_wish wish = { .content_type = "application/jose" };
	struct buf body = buf_over(text, sizeof(text));
	struct buf storage = buf_over(name, sizeof(name));
	struct buf shown = buf_over(host, sizeof(host));
	struct http_out out = {
		.target = buf_over(target, sizeof(target)),
		.headers = buf_over(headers, sizeof(headers)),
	};
	struct remote to;

	if (argc < 9)
		return 64;
	fill(config.drop_endpoint, sizeof(config.drop_endpoint), argv[1]);
	fill(config.drop_bucket, sizeof(config.drop_bucket), argv[2]);
	config.drop_virtual_host = argv[3][0] == 'v';
	fill(config.drop_region, sizeof(config.drop_region), argv[4]);
	fill(config.drop_user, sizeof(config.drop_user), argv[5]);
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strcmp(verbs[i].word, argv[8]) == 0)
			wish.verb = verbs[i].verb;
	if (argc > 9)
		wish.name = span_of(argv[9]);
	if (wish.verb == STORE_PUT) {
		wish.size = 5;
		sha256(span_of("hello"), wish.sha256);
		(void)!buf_append_text(&body, "hello");
	} else if (dialect_s3.body(&config, wish.verb, &body) == ST_OK) {
		wish.body = buf_span(&body);
	}
	if (dialect_s3.request(&config, span_of(argv[6]), &login, &wish,
	    strtoull(argv[7], NULL, 10), &out) != ST_OK ||
	    dialect_remote(&config, &storage, &to) != ST_OK ||
	    dialect_host(&to, &shown) != ST_OK)
		return 1;
	printf("%s ", out.method);
	print(buf_span(&out.target));
	printf("\r\nHost: ");
	print(buf_span(&shown));
	printf("\r\n");
	print(buf_span(&out.headers));
	printf("\r\n");
	print(buf_span(&body));
	return 0;
}
