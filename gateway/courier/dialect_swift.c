/* OpenStack Swift's own API (v1), after any log-in; and its own log-in,
 * which came before Keystone ("TempAuth", "v1 auth"). */
#include "courier/dialect_swift.h"

#include "courier/dialect_text.h"
#include "wire/uri.h"

/* Method and shape of each wish; a verb that is not here is S3's. */
static const struct verb {
	enum store_verb verb;
	const char *method;
	bool is_object;
} verbs[] = {
	{ STORE_PUT, "PUT", true },
	{ STORE_HEAD, "HEAD", true },
	{ STORE_GET, "GET", true },
	{ STORE_DELETE, "DELETE", true },
	{ STORE_CONTAINER_HEAD, "HEAD", false },
	{ STORE_CONTAINER_MAKE, "PUT", false },
	{ STORE_CONTAINER_SET, "POST", false },
};

static const struct verb *
find_verb(enum store_verb verb)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (verbs[i].verb == verb)
			return &verbs[i];
	return NULL;
}

/* Readable by name by everybody, listed to nobody: no .rlistings. */
static enum status
add_container_headers(struct buf *headers)
{
	TRY(text_header(headers, "X-Container-Read", span_of(".r:*")));
	TRY(text_header(headers,
	    "X-Container-Meta-Access-Control-Allow-Origin", span_of("*")));
	return text_header(headers,
	    "X-Container-Meta-Access-Control-Expose-Headers",
	    span_of("Date, Etag"));
}

static enum status
add_object_headers(const struct store_wish *wish, struct buf *headers)
{
	uint8_t digits[DECIMAL_MAX];
	struct buf at = buf_over(digits, sizeof(digits));

	TRY(text_header(headers, "Content-Type", span_of(wish->content_type)));
	TRY(text_header(headers, "Cache-Control", span_of("no-store")));
	if (wish->delete_at_s == 0)
		return ST_OK;
	TRY(text_decimal(&at, wish->delete_at_s));
	return text_header(headers, "X-Delete-At", buf_span(&at));
}

/* See dialect_swift.h. */
enum status
swift_request(const struct config *config, struct span secret,
    const struct store_login *login, const struct store_wish *wish,
    uint64_t now_s, struct http_out *out)
{
	const struct verb *v = find_verb(wish->verb);

	(void)secret;
	(void)now_s;
	if (v == NULL)
		return ST_UNSUPPORTED;
	out->method = v->method;
	out->has_body = wish->verb == STORE_PUT ||
	    wish->verb == STORE_CONTAINER_MAKE ||
	    wish->verb == STORE_CONTAINER_SET;
	out->body_bytes = wish->verb == STORE_PUT ? wish->size : 0;
	TRY(buf_append_span(&out->target, login->storage.path));
	TRY(buf_append_text(&out->target, "/"));
	TRY(uri_encode(span_of(config->drop_bucket), false, &out->target));
	if (v->is_object) {
		TRY(buf_append_text(&out->target, "/"));
		TRY(uri_encode(wish->name, true, &out->target));
	}
	TRY(text_header(&out->headers, "X-Auth-Token",
	    (struct span){ (const uint8_t *)login->token,
	    login->token_len }));
	if (wish->verb == STORE_PUT)
		return add_object_headers(wish, &out->headers);
	return v->is_object || wish->verb == STORE_CONTAINER_HEAD ? ST_OK :
	    add_container_headers(&out->headers);
}

/* See dialect_swift.h. */
enum status
swift_body(const struct config *config, enum store_verb verb, struct buf *out)
{
	(void)config;
	(void)out;
	return verb == STORE_CONTAINER_MAKE || verb == STORE_CONTAINER_SET ?
	    ST_OK : ST_UNSUPPORTED;
}

/* A host's name in a URL may have come in capitals (RFC 3986 section 6.2.2.1);
 * everything up to the path is lowered. */
static void
lower_host(char *url)
{
	unsigned slashes = 0;

	for (; *url != '\0' && slashes < 3; url++) {
		slashes += *url == '/' ? 1 : 0;
		if (*url >= 'A' && *url <= 'Z')
			*url = (char)(*url - 'A' + 'a');
	}
}

static bool
is_token(struct span token)
{
	for (size_t i = 0; i < token.len; i++)
		if (token.ptr[i] <= ' ' || token.ptr[i] >= 0x7f)
			return false;
	return token.len > 0 && token.len <= STORE_TOKEN_MAX;
}

/* See dialect_swift.h. */
enum status
swift_log_in(struct store_login *login, struct span token, struct span url)
{
	char text[sizeof(login->storage_url)];
	struct remote storage;

	while (url.len > 0 && url.ptr[url.len - 1] == '/')
		url.len--;
	if (!is_token(token) || url.len == 0 || url.len >= sizeof(text))
		return ST_MALFORMED;
	memcpy(text, url.ptr, url.len);
	text[url.len] = '\0';
	lower_host(text);
	if (remote_parse_url(span_of(text), &storage) != ST_OK)
		return ST_MALFORMED;
	memcpy(login->storage_url, text, sizeof(text));
	(void)!remote_parse_url(span_of(login->storage_url), &login->storage);
	memcpy(login->token, token.ptr, token.len);
	login->token_len = token.len;
	login->is_known = true;
	return ST_OK;
}

static enum status
begin_login(const struct config *config, struct span secret, struct http_out *out,
    struct buf *body)
{
	struct remote to;

	(void)body;
	TRY(remote_parse_url(span_of(config->drop_endpoint), &to));
	out->method = "GET";
	out->has_body = false;
	out->body_bytes = 0;
	TRY(buf_append_span(&out->target,
	    to.path.len == 0 ? span_of("/") : to.path));
	TRY(text_header(&out->headers, "X-Auth-User",
	    span_of(config->drop_user)));
	return text_header(&out->headers, "X-Auth-Key", secret);
}

static enum status
read_login(const struct config *config, const struct http_answer *answer,
    struct span body, struct store_login *login)
{
	(void)config;
	(void)body;
	return swift_log_in(login, answer->auth_token.len > 0 ?
	    answer->auth_token : answer->storage_token, answer->storage_url);
}

const struct dialect dialect_swift = {
	.login = begin_login,
	.login_answer = read_login,
	.request = swift_request,
	.body = swift_body,
};
