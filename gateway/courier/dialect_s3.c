/* The S3 API (Amazon S3 API Reference, 2006-03-01), as many stores speak it. */
#include "base/base64.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "courier/dialect.h"
#include "courier/dialect_text.h"
#include "courier/sigv4.h"
#include "crypto/digest.h"
#include "crypto/md5.h"
#include "wire/uri.h"

#define XMLNS " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"

enum { HEADERS_MAX = 8, REGION_MAX = 63 };

static const char REGION_OF_NONE[] = "us-east-1";

/* What each wish is; a verb that is not here is Swift's. */
static const struct verb {
	enum store_verb verb;
	const char *method;
	const char *query;	/* canonical: sorted, encoded, with "=" */
	bool is_object;
	const char *body_type;	/* NULL: no body of dialect->body */
} verbs[] = {
	{ STORE_PUT, "PUT", "", true, NULL },
	{ STORE_HEAD, "HEAD", "", true, NULL },
	{ STORE_GET, "GET", "", true, NULL },
	{ STORE_DELETE, "DELETE", "", true, NULL },
	/* A listing of one, because its answer says in words what is wrong. */
	{ STORE_CONTAINER_HEAD, "GET", "list-type=2&max-keys=1", false, NULL },
	{ STORE_CONTAINER_MAKE, "PUT", "", false, "application/xml" },
	{ STORE_LIFECYCLE_GET, "GET", "lifecycle=", false, NULL },
	{ STORE_LIFECYCLE_SET, "PUT", "lifecycle=", false, "application/xml" },
	{ STORE_CORS_GET, "GET", "cors=", false, NULL },
	{ STORE_CORS_SET, "PUT", "cors=", false, "application/xml" },
	{ STORE_VERSIONING_GET, "GET", "versioning=", false, NULL },
	{ STORE_POLICY_GET, "GET", "policy=", false, NULL },
	{ STORE_POLICY_SET, "PUT", "policy=", false, "application/json" },
};

static const struct verb *
find_verb(enum store_verb verb)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (verbs[i].verb == verb)
			return &verbs[i];
	return NULL;
}

static struct span
region_of(const struct config *config)
{
	return span_of(config->drop_region[0] != '\0' ?
	    config->drop_region : REGION_OF_NONE);
}

/* What needs no escape in a path, a policy's ARN or XML. */
static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '.' &&
		    c != '_')
			return false;
	}
	return text.len > 0;
}

/* The path alone: what is signed. */
static enum status
write_path(const struct config *config, const struct verb *v,
    struct span name, struct buf *target)
{
	struct remote to;

	TRY(remote_parse_url(span_of(config->drop_endpoint), &to));
	TRY(buf_append_span(target, to.path));
	TRY(buf_append_text(target, "/"));
	if (!config->drop_virtual_host) {
		TRY(uri_encode(span_of(config->drop_bucket), false, target));
		if (v->is_object)
			TRY(buf_append_text(target, "/"));
	}
	return v->is_object ? uri_encode(name, true, target) : ST_OK;
}

/* The headers' values, as long as they are signed and written. */
struct request {
	struct sigv4_header header[HEADERS_MAX];
	size_t n;
	char time[SIGV4_TIME_LEN + 1];
	uint8_t sha256[SIGV4_HEX_LEN], md5[24], host[STORE_TARGET_MAX];
};

static void
add(struct request *r, const char *name, struct span value)
{
	if (r->n == HEADERS_MAX)
		return;		/* the tables above have fewer */
	r->header[r->n++] = (struct sigv4_header){ name, value };
}

/* Bodies that set a bucket up are refused without it (AWS, MinIO, Ceph). */
static enum status
add_md5(struct request *r, struct span body)
{
	struct buf out = buf_over(r->md5, sizeof(r->md5));
	uint8_t digest[16];
	struct md5 h;

	md5_start(&h);
	md5_add(&h, body);
	md5_finish(&h, digest);
	TRY(base64_encode((struct span){ digest, sizeof(digest) }, &out));
	add(r, "content-md5", buf_span(&out));
	return ST_OK;
}

static enum status
hash_body(const struct verb *v, const struct store_wish *wish,
    struct buf *out)
{
	uint8_t digest[32];

	if (v->verb == STORE_PUT)
		memcpy(digest, wish->sha256, sizeof(digest));
	else
		sha256(v->body_type == NULL ? (struct span){ NULL, 0 } :
		    wish->body, digest);
	return hex_encode((struct span){ digest, sizeof(digest) }, out);
}

/* In the order of their names: SigV4 asks for it. */
static enum status
add_headers(struct request *r, const struct config *config,
    const struct verb *v, const struct store_wish *wish)
{
	struct buf host = buf_over(r->host, sizeof(r->host));
	struct buf hash = buf_over(r->sha256, sizeof(r->sha256));
	uint8_t name[STORE_TARGET_MAX];
	struct buf storage = buf_over(name, sizeof(name));
	struct remote to;

	TRY(dialect_remote(config, &storage, &to));
	TRY(dialect_host(&to, &host));
	TRY(hash_body(v, wish, &hash));
	if (v->verb == STORE_PUT) {
		add(r, "cache-control", span_of("no-store"));
		add(r, "content-type", span_of(wish->content_type));
	} else if (v->body_type != NULL) {
		TRY(add_md5(r, wish->body));
		add(r, "content-type", span_of(v->body_type));
	}
	add(r, "host", buf_span(&host));
	add(r, "x-amz-content-sha256", buf_span(&hash));
	add(r, "x-amz-date", span_of(r->time));
	return ST_OK;
}

/* All but Host, which is written by whoever sends. */
static enum status
write_headers(const struct request *r, struct span authorization,
    struct buf *out)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->header[i].name, "host") != 0)
			TRY(text_header(out, r->header[i].name,
			    r->header[i].value));
	return text_header(out, "Authorization", authorization);
}

static enum status
sign_and_write(const struct config *config, struct span secret,
    const struct verb *v, const struct request *r, struct http_out *out)
{
	uint8_t text[1024];
	struct buf authorization = buf_over(text, sizeof(text));
	const struct sigv4_key key = {
		.access = span_of(config->drop_user),
		.secret = secret,
		.region = region_of(config),
	};
	const struct sigv4_request request = {
		.method = v->method,
		.path = buf_span(&out->target),
		.query = span_of(v->query),
		.headers = r->header,
		.n = r->n,
		.content_sha256 = { r->sha256, sizeof(r->sha256) },
		.time = span_of(r->time),
	};

	TRY(sigv4_sign(&key, &request, &authorization));
	TRY(write_headers(r, buf_span(&authorization), &out->headers));
	if (v->query[0] == '\0')
		return ST_OK;
	TRY(buf_append_text(&out->target, "?"));
	return buf_append_text(&out->target, v->query);
}

static enum status
write_request(const struct config *config, struct span secret,
    const struct store_login *login, const struct store_wish *wish,
    uint64_t now_s, struct http_out *out)
{
	const struct verb *v = find_verb(wish->verb);
	struct request r = { .n = 0 };
	int64_t at_s = (int64_t)now_s + (login == NULL ? 0 : login->skew_s);

	if (v == NULL)
		return ST_UNSUPPORTED;
	if (!is_plain(region_of(config)))
		return ST_INVALID;
	sigv4_time(at_s < 0 ? 0 : (uint64_t)at_s, r.time);
	out->method = v->method;
	out->has_body = v->verb == STORE_PUT || v->body_type != NULL;
	out->body_bytes = v->verb == STORE_PUT ? wish->size :
	    v->body_type != NULL ? wish->body.len : 0;
	TRY(write_path(config, v, wish->name, &out->target));
	TRY(add_headers(&r, config, v, wish));
	return sign_and_write(config, secret, v, &r, out);
}

/* --- what `guichet drop init` sets ----------------------------------------- */

static enum status
append_all(struct buf *out, const char *const *pieces)
{
	for (; *pieces != NULL; pieces++)
		TRY(buf_append_text(out, *pieces));
	return ST_OK;
}

/* us-east-1 is the one region that must not be named. */
static enum status
write_bucket(const struct config *config, struct buf *out)
{
	const char *const pieces[] = { "<CreateBucketConfiguration" XMLNS
	    "<LocationConstraint>", config->drop_region,
	    "</LocationConstraint></CreateBucketConfiguration>", NULL };

	if (span_is(region_of(config), REGION_OF_NONE))
		return ST_OK;
	return append_all(out, pieces);
}

static enum status
write_rule(struct buf *out, const char *prefix, uint64_t days)
{
	const char *const pieces[] = { "<Rule><ID>guichet-", prefix,
	    "</ID><Filter><Prefix>", prefix, "/</Prefix></Filter>"
	    "<Status>Enabled</Status><Expiration><Days>", NULL };

	TRY(append_all(out, pieces));
	TRY(text_decimal(out, days));
	return buf_append_text(out, "</Days></Expiration></Rule>");
}

static enum status
write_lifecycle(const struct config *config, struct buf *out)
{
	TRY(buf_append_text(out, "<LifecycleConfiguration" XMLNS));
	TRY(write_rule(out, "d", LIFECYCLE_OBJECT_DAYS));
	TRY(write_rule(out, "i", lifecycle_index_days(config)));
	return buf_append_text(out, "</LifecycleConfiguration>");
}

/* OPTIONS is not among the methods that a rule may name; a store answers a
 * preflight by those that it does. */
static enum status
write_cors(const struct config *config, struct buf *out)
{
	(void)config;
	return buf_append_text(out, "<CORSConfiguration" XMLNS "<CORSRule>"
	    "<AllowedOrigin>*</AllowedOrigin>"
	    "<AllowedMethod>GET</AllowedMethod>"
	    "<AllowedMethod>HEAD</AllowedMethod>"
	    "<AllowedHeader>*</AllowedHeader>"
	    "<ExposeHeader>Date</ExposeHeader><ExposeHeader>ETag</ExposeHeader>"
	    "<MaxAgeSeconds>86400</MaxAgeSeconds>"
	    "</CORSRule></CORSConfiguration>");
}

static void
write_resource(struct json_writer *w, const char *bucket, const char *names)
{
	json_string_begin(w, NULL);
	json_string_add(w, span_of("arn:aws:s3:::"));
	json_string_add(w, span_of(bucket));
	json_string_add(w, span_of(names));
	json_string_end(w);
}

/* Reading by name, to everybody, and nothing else. */
static enum status
write_policy(const struct config *config, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_text(&w, "Version", "2012-10-17");
	json_array_begin(&w, "Statement");
	json_object_begin(&w, NULL);
	json_text(&w, "Sid", "GuichetReadByName");
	json_text(&w, "Effect", "Allow");
	json_text(&w, "Principal", "*");
	json_array_begin(&w, "Action");
	json_text(&w, NULL, "s3:GetObject");
	json_array_end(&w);
	json_array_begin(&w, "Resource");
	write_resource(&w, config->drop_bucket, "/d/*");
	write_resource(&w, config->drop_bucket, "/i/*");
	json_array_end(&w);
	json_object_end(&w);
	json_array_end(&w);
	json_object_end(&w);
	return json_finish(&w);
}

static enum status
write_body(const struct config *config, enum store_verb verb, struct buf *out)
{
	static const struct {
		enum store_verb verb;
		enum status (*write)(const struct config *, struct buf *);
	} writers[] = {
		{ STORE_CONTAINER_MAKE, write_bucket },
		{ STORE_LIFECYCLE_SET, write_lifecycle },
		{ STORE_CORS_SET, write_cors },
		{ STORE_POLICY_SET, write_policy },
	};

	if (!is_plain(region_of(config)) ||
	    !is_plain(span_of(config->drop_bucket)))
		return ST_INVALID;
	for (size_t i = 0; i < COUNT(writers); i++)
		if (writers[i].verb == verb)
			return writers[i].write(config, out);
	return ST_UNSUPPORTED;
}

static enum status
begin_login(const struct config *config, struct span secret, struct http_out *out,
    struct buf *body)
{
	(void)config;
	(void)secret;
	(void)out;
	(void)body;
	return ST_NOT_FOUND;	/* every request is signed by itself */
}

static enum status
read_login(const struct config *config, const struct http_answer *answer,
    struct span body, struct store_login *login)
{
	(void)config;
	(void)answer;
	(void)body;
	(void)login;
	return ST_MALFORMED;
}

const struct dialect dialect_s3 = {
	.login = begin_login,
	.login_answer = read_login,
	.request = write_request,
	.body = write_body,
};
