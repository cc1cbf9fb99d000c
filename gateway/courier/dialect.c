#include "courier/dialect.h"

#include "courier/dialect_text.h"

/* See dialect.h. */
const struct dialect *
dialect_of(const struct config *config)
{
	static const struct dialect *const kinds[] = {
		[DROP_S3]       = &dialect_s3,
		[DROP_SWIFT]    = &dialect_swift,
		[DROP_KEYSTONE] = &dialect_keystone,
	};

	return config->drop_kind < COUNT(kinds) ?
	    kinds[config->drop_kind] : NULL;
}

/* "bucket.host" is made only of what a host's name may have. */
static enum status
add_bucket(const struct config *config, struct buf *storage,
    struct remote *out)
{
	struct span bucket = span_of(config->drop_bucket);
	size_t before = storage->len;

	if (bucket.len == 0 || bucket.len + 1 + out->host.len >
	    REMOTE_HOST_MAX)
		return ST_INVALID;
	for (size_t i = 0; i < bucket.len; i++) {
		uint8_t c = bucket.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return ST_INVALID;
	}
	TRY(buf_append_span(storage, bucket));
	TRY(buf_append_text(storage, "."));
	TRY(buf_append_span(storage, out->host));
	out->host = span_slice(buf_span(storage), before, storage->len);
	return ST_OK;
}

/* See dialect.h. */
enum status
dialect_remote(const struct config *config, struct buf *storage,
    struct remote *out)
{
	TRY(remote_parse_url(span_of(config->drop_endpoint), out));
	if (config->drop_kind == DROP_S3 && config->drop_virtual_host)
		return add_bucket(config, storage, out);
	return ST_OK;
}

/* See dialect.h. */
enum status
dialect_host(const struct remote *to, struct buf *out)
{
	TRY(buf_append_span(out, to->host));
	if (to->port == 443)
		return ST_OK;
	TRY(buf_append_text(out, ":"));
	return text_decimal(out, to->port);
}

/* See dialect.h. */
enum status
public_request(const struct config *config, const struct store_wish *wish,
    struct http_out *out)
{
	static const struct {
		enum store_verb verb;
		const char *method;
	} methods[] = {
		{ STORE_PUBLIC_GET, "GET" },
		{ STORE_PUBLIC_HEAD, "HEAD" },
		{ STORE_PUBLIC_PUT, "PUT" },
		{ STORE_PUBLIC_LIST, "GET" },
		{ STORE_PUBLIC_PREFLIGHT, "OPTIONS" },
		{ STORE_PUBLIC_DELETE, "DELETE" },
	};
	struct remote to;
	size_t i = 0;

	while (i < COUNT(methods) && methods[i].verb != wish->verb)
		i++;
	if (i == COUNT(methods))
		return ST_UNSUPPORTED;
	TRY(remote_parse_url(span_of(config->drop_public_url), &to));
	out->method = methods[i].method;
	out->has_body = wish->verb == STORE_PUBLIC_PUT;
	out->body_bytes = out->has_body ? wish->size : 0;
	TRY(buf_append_span(&out->target, to.path));
	if (wish->verb != STORE_PUBLIC_LIST)
		TRY(buf_append_text(&out->target, "/"));
	TRY(buf_append_span(&out->target, wish->name));
	if (out->target.len == 0)
		TRY(buf_append_text(&out->target, "/"));
	if (wish->verb == STORE_PUBLIC_PREFLIGHT)
		TRY(text_header(&out->headers, "Access-Control-Request-Method",
		    span_of("GET")));
	return text_header(&out->headers, "Origin", span_of(PUBLIC_ORIGIN));
}
