/* What each kind of store is sent, byte for byte, and what is believed of its
 * answers. */
#include "courier/dialect.h"

#include "courier/sigv4.h"
#include "tap.h"

#define NAME "d/AbC-_0123456789abcdefghijklmnopqrstuvwxyzABCD"

static struct config config;
static struct store_login login;
static uint8_t target[STORE_TARGET_MAX], headers[STORE_HEADERS_MAX];
static struct http_out out;

static void
set(char *field, size_t max, const char *value)
{
	snprintf(field, max, "%s", value);
}
#define SET(field, value) set(config.field, sizeof(config.field), value)

static void
start(enum drop_kind kind)
{
	memset(&config, 0, sizeof(config));
	memset(&login, 0, sizeof(login));
	config.drop_kind = kind;
	config.card_life_s = 365 * 86400;
	SET(drop_endpoint, "https://store.example/base");
	SET(drop_bucket, "labo-1");
	SET(drop_user, "KEYID");
	SET(drop_domain, "Default");
	SET(drop_public_url, "https://read.example:8443/v1/AUTH_1/labo-1");
	login.storage = (struct remote){ span_of("s.example"), 443,
	    span_of("/v1/AUTH_1") };
	set(login.token, sizeof(login.token), "tk1");
	login.token_len = 3;
}

static void
room(void)
{
	out = (struct http_out){
		.target = buf_over(target, sizeof(target)),
		.headers = buf_over(headers, sizeof(headers)),
	};
}

static enum status
ask(enum store_verb verb, const char *name)
{
	struct store_wish wish = { .verb = verb, .name = span_of(name),
		.content_type = "application/jose", .size = 20,
		.delete_at_s = verb == STORE_PUT ? 1800000000 : 0 };

	room();
	memset(wish.sha256, 0xab, sizeof(wish.sha256));
	if (verb >= STORE_PUBLIC_GET)
		return public_request(&config, &wish, &out);
	return dialect_of(&config)->request(&config, span_of("secret"), &login,
	    &wish, 1700000000, &out);
}

static bool
has(struct buf b, const char *text)
{
	return memmem(b.ptr, b.len, text, strlen(text)) != NULL;
}

static bool
is_target(const char *method, const char *text)
{
	return strcmp(out.method, method) == 0 &&
	    span_is(buf_span(&out.target), text);
}

static void
test_swift_requests(void)
{
	start(DROP_SWIFT);
	ok(ask(STORE_PUT, NAME) == ST_OK && is_target("PUT",
	    "/v1/AUTH_1/labo-1/" NAME) && out.has_body && out.body_bytes == 20,
	    "Swift: where an object goes");
	ok(span_is(buf_span(&out.headers), "X-Auth-Token: tk1\r\n"
	    "Content-Type: application/jose\r\nCache-Control: no-store\r\n"
	    "X-Delete-At: 1800000000\r\n"), "Swift: what is said of it");
	ok(ask(STORE_DELETE, NAME) == ST_OK && !out.has_body &&
	    is_target("DELETE", "/v1/AUTH_1/labo-1/" NAME) &&
	    span_is(buf_span(&out.headers), "X-Auth-Token: tk1\r\n"),
	    "Swift: a deletion");
	ok(ask(STORE_CONTAINER_SET, "") == ST_OK &&
	    is_target("POST", "/v1/AUTH_1/labo-1") &&
	    has(out.headers, "X-Container-Read: .r:*\r\n") &&
	    has(out.headers, "Access-Control-Allow-Origin: *\r\n") &&
	    !has(out.headers, "rlistings"),
	    "Swift: readable by name, any origin, no listing");
	ok(ask(STORE_CONTAINER_HEAD, "") == ST_OK &&
	    is_target("HEAD", "/v1/AUTH_1/labo-1") && !out.has_body,
	    "Swift: the container");
	ok(ask(STORE_LIFECYCLE_SET, "") == ST_UNSUPPORTED,
	    "Swift: has no lifecycle rules");
	SET(drop_bucket, "a b/c");
	ok(ask(STORE_HEAD, NAME) == ST_OK &&
	    is_target("HEAD", "/v1/AUTH_1/a%20b%2Fc/" NAME),
	    "Swift: a container's name is escaped");
}

static void
test_room(void)
{
	struct store_wish wish = { .verb = STORE_PUT, .name = span_of(NAME),
		.content_type = "application/jose", .size = 1 };
	static const enum drop_kind kinds[] = { DROP_S3, DROP_SWIFT };
	bool good = true;

	for (size_t k = 0; k < COUNT(kinds); k++) {
		start(kinds[k]);
		for (size_t max = 0; max < 40; max++) {
			room();
			out.target.max = max;
			good = good && dialect_of(&config)->request(&config,
			    span_of("secret"), &login, &wish, 1, &out) ==
			    ST_NO_SPACE;
			room();
			out.headers.max = max;
			good = good && dialect_of(&config)->request(&config,
			    span_of("secret"), &login, &wish, 1, &out) ==
			    ST_NO_SPACE;
		}
	}
	ok(good, "too little room is said, not written over");
}

static void
test_swift_login(void)
{
	uint8_t none[1];
	struct buf body = buf_over(none, 0);

	start(DROP_SWIFT);
	SET(drop_endpoint, "https://store.example/auth/v1.0");
	SET(drop_user, "account:user");
	room();
	ok(dialect_swift.login(&config, span_of("key"), &out, &body) == ST_OK &&
	    is_target("GET", "/auth/v1.0") && span_is(buf_span(&out.headers),
	    "X-Auth-User: account:user\r\nX-Auth-Key: key\r\n"),
	    "Swift v1: the log-in");
	room();
	ok(dialect_swift.login(&config, span_of("k\r\nX: y"), &out, &body) ==
	    ST_INVALID, "Swift v1: a secret cannot end its header");
	ok(dialect_s3.login(&config, span_of("key"), &out, &body) ==
	    ST_NOT_FOUND, "S3: there is no log-in");
}

static struct http_answer
swift_answer(const char *token, const char *url)
{
	return (struct http_answer){ .status = 200,
		.auth_token = span_of(token), .storage_url = span_of(url) };
}

static void
test_swift_login_answers(void)
{
	static char long_token[STORE_TOKEN_MAX + 2];
	static const struct {
		const char *claim, *token, *url;
		enum status st;
	} rows[] = {
		{ "whole", "tk", "https://s.example:8443/v1/AUTH_1", ST_OK },
		{ "with a / at the end", "tk", "https://s.example/v1/A/",
		    ST_OK },
		{ "a host in capitals", "tk", "https://S.Example/v1/A", ST_OK },
		{ "no token", "", "https://s.example/v1/A", ST_MALFORMED },
		{ "a blank in the token", "t k", "https://s.example/v1/A",
		    ST_MALFORMED },
		{ "too long a token", long_token, "https://s.example/v1/A",
		    ST_MALFORMED },
		{ "no URL", "tk", "", ST_MALFORMED },
		{ "only slashes", "tk", "///", ST_MALFORMED },
		{ "without TLS", "tk", "http://s.example/v1/A", ST_MALFORMED },
		{ "with a query", "tk", "https://s.example/v1/A?x",
		    ST_MALFORMED },
	};

	memset(long_token, 'x', sizeof(long_token) - 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http_answer answer = swift_answer(rows[i].token,
		    rows[i].url);

		start(DROP_SWIFT);
		ok(dialect_swift.login_answer(&config, &answer,
		    span_of(""), &login) == rows[i].st &&
		    login.is_known == (rows[i].st == ST_OK),
		    "Swift v1 answers: %s", rows[i].claim);
	}
	start(DROP_SWIFT);
	ok(dialect_swift.login_answer(&config, &(struct http_answer){
	    .storage_token = span_of("t2"),
	    .storage_url = span_of("https://S.Example:444/v1/Abc") },
	    span_of(""), &login) == ST_OK && login.storage.port == 444 &&
	    span_is(login.storage.host, "s.example") &&
	    span_is(login.storage.path, "/v1/Abc") &&
	    (const char *)login.storage.host.ptr == login.storage_url + 8,
	    "Swift v1: X-Storage-Token will do; the path keeps its capitals");
}

static void
test_keystone_login(void)
{
	uint8_t text[1024];
	struct buf body = buf_over(text, sizeof(text));

	start(DROP_KEYSTONE);
	SET(drop_endpoint, "https://id.example/v3");
	SET(drop_user, "labo");
	SET(drop_project, "p1");
	room();
	ok(dialect_keystone.login(&config, span_of("pa\"ss"), &out, &body) ==
	    ST_OK && is_target("POST", "/v3/auth/tokens") &&
	    out.has_body && out.body_bytes == body.len &&
	    has(out.headers, "Content-Type: application/json\r\n"),
	    "Keystone: where the log-in goes");
	ok(span_is(buf_span(&body), "{\"auth\":{\"identity\":{\"methods\":"
	    "[\"password\"],\"password\":{\"user\":{\"name\":\"labo\","
	    "\"domain\":{\"name\":\"Default\"},\"password\":\"pa\\\"ss\"}}},"
	    "\"scope\":{\"project\":{\"name\":\"p1\",\"domain\":{\"name\":"
	    "\"Default\"}}}}}"), "Keystone: a password and a project");
	SET(drop_project, "");
	body.len = 0;
	room();
	ok(dialect_keystone.login(&config, span_of("s"), &out, &body) == ST_OK
	    && span_is(buf_span(&body), "{\"auth\":{\"identity\":{\"methods\":"
	    "[\"application_credential\"],\"application_credential\":{\"id\":"
	    "\"labo\",\"secret\":\"s\"}}}}"),
	    "Keystone: an application credential");
	body = buf_over(text, 10);
	room();
	ok(dialect_keystone.login(&config, span_of("s"), &out, &body) ==
	    ST_NO_SPACE, "Keystone: no room for the body");
}

#define ENDPOINT(interface, region, url) "{\"interface\":\"" interface "\"," \
	"\"region_id\":\"" region "\",\"url\":\"" url "\"}"
#define CATALOG(endpoints) "{\"token\":{\"catalog\":[{\"type\":\"identity\"," \
	"\"endpoints\":[" ENDPOINT("public", "R1", "https://i.example") "]}," \
	"{\"type\":\"object-store\",\"endpoints\":[" endpoints "]}]}}"

static const struct {
	const char *claim, *region, *body, *token, *host;
	enum status st;
} catalogs[] = {
	{ "the public endpoint", "", CATALOG(
	    ENDPOINT("internal", "R1", "https://in.example/v1/A") ","
	    ENDPOINT("public", "R1", "https://out.example/v1/A")),
	    "tk", "out.example", ST_OK },
	{ "that of our region", "R2", CATALOG(
	    ENDPOINT("public", "R1", "https://r1.example/v1/A") ","
	    ENDPOINT("public", "R2", "https://r2.example/v1/A")),
	    "tk", "r2.example", ST_OK },
	{ "a region of the old kind", "R2", "{\"token\":{\"catalog\":[{\"type\":"
	    "\"object-store\",\"endpoints\":[{\"interface\":\"public\","
	    "\"region\":\"R2\",\"url\":\"https://o.example/v1/A\"}]}]}}",
	    "tk", "o.example", ST_OK },
	{ "none in our region", "R3", CATALOG(
	    ENDPOINT("public", "R1", "https://r1.example/v1/A")),
	    "tk", "", ST_NOT_FOUND },
	{ "no store at all", "", "{\"token\":{\"catalog\":[]}}", "tk", "",
	    ST_NOT_FOUND },
	{ "no catalog", "", "{\"token\":{}}", "tk", "", ST_NOT_FOUND },
	{ "a store without TLS", "", CATALOG(
	    ENDPOINT("public", "R1", "http://out.example/v1/A")),
	    "tk", "", ST_MALFORMED },
	{ "no token in the header", "", CATALOG(
	    ENDPOINT("public", "R1", "https://out.example/v1/A")),
	    "", "", ST_MALFORMED },
	{ "a page of a captive portal", "", "<html>hello</html>", "tk", "",
	    ST_MALFORMED },
	{ "nothing", "", "", "tk", "", ST_MALFORMED },
	{ "another JSON", "", "{\"token\":7}", "tk", "", ST_MALFORMED },
};

static void
test_keystone_answers(void)
{
	for (size_t i = 0; i < COUNT(catalogs); i++) {
		struct http_answer answer = { .status = 201,
			.subject_token = span_of(catalogs[i].token) };

		start(DROP_KEYSTONE);
		SET(drop_region, catalogs[i].region);
		ok(dialect_keystone.login_answer(&config, &answer,
		    span_of(catalogs[i].body), &login) == catalogs[i].st &&
		    login.is_known == (catalogs[i].st == ST_OK) &&
		    (!login.is_known || span_is(login.storage.host,
		    catalogs[i].host)), "Keystone answers: %s",
		    catalogs[i].claim);
	}
}

static void
test_s3_requests(void)
{
	start(DROP_S3);
	SET(drop_region, "fr-par");
	ok(ask(STORE_PUT, NAME) == ST_OK && is_target("PUT",
	    "/base/labo-1/" NAME) && out.has_body && out.body_bytes == 20,
	    "S3: where an object goes, path style");
	ok(has(out.headers, "cache-control: no-store\r\n"
	    "content-type: application/jose\r\nx-amz-content-sha256: abababab")
	    && has(out.headers, "x-amz-date: 20231114T221320Z\r\n"
	    "Authorization: AWS4-HMAC-SHA256 Credential=KEYID/20231114/fr-par/"
	    "s3/aws4_request, SignedHeaders=cache-control;content-type;host;"
	    "x-amz-content-sha256;x-amz-date, Signature="),
	    "S3: every header of ours is signed");
	ok(!has(out.headers, "host:") && !has(out.headers, "secret"),
	    "S3: neither Host twice nor the secret");
	config.drop_virtual_host = true;
	ok(ask(STORE_GET, NAME) == ST_OK && is_target("GET", "/base/" NAME),
	    "S3: virtual-host style");
	config.drop_virtual_host = false;
	ok(ask(STORE_VERSIONING_GET, "") == ST_OK && is_target("GET",
	    "/base/labo-1?versioning=") && !out.has_body,
	    "S3: a question about the bucket");
	login.skew_s = 3600;
	ok(ask(STORE_GET, NAME) == ST_OK &&
	    has(out.headers, "x-amz-date: 20231114T231320Z\r\n"),
	    "S3: dated by the store's clock");
	login.skew_s = -1800000000;
	ok(ask(STORE_GET, NAME) == ST_OK &&
	    has(out.headers, "x-amz-date: 19700101T000000Z\r\n"),
	    "S3: no time before all times");
	ok(ask(STORE_CONTAINER_SET, "") == ST_UNSUPPORTED, "S3: is set by parts");
	SET(drop_region, "fr par");
	ok(ask(STORE_GET, NAME) == ST_INVALID, "S3: what no region is called");
}

static void
test_s3_bodies(void)
{
	static const struct {
		enum store_verb verb;
		const char *part;
	} rows[] = {
		{ STORE_CONTAINER_MAKE, "<LocationConstraint>fr-par</" },
		{ STORE_LIFECYCLE_SET, "<Filter><Prefix>d/</Prefix></Filter>"
		    "<Status>Enabled</Status><Expiration><Days>31</Days>" },
		{ STORE_LIFECYCLE_SET, "<Prefix>i/</Prefix></Filter>"
		    "<Status>Enabled</Status><Expiration><Days>396</Days>" },
		{ STORE_CORS_SET, "<AllowedOrigin>*</AllowedOrigin>" },
		{ STORE_POLICY_SET, "\"Principal\":\"*\",\"Action\":["
		    "\"s3:GetObject\"],\"Resource\":[\"arn:aws:s3:::labo-1/d/*\","
		    "\"arn:aws:s3:::labo-1/i/*\"]" },
	};
	uint8_t text[2048];
	struct buf body;

	start(DROP_S3);
	SET(drop_region, "fr-par");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct store_wish wish = { .verb = rows[i].verb };

		body = buf_over(text, sizeof(text));
		ok(dialect_s3.body(&config, rows[i].verb, &body) == ST_OK &&
		    has(body, rows[i].part), "S3: %s", rows[i].part);
		wish.body = buf_span(&body);
		room();
		ok(dialect_s3.request(&config, span_of("s"), &login, &wish,
		    1700000000, &out) == ST_OK && out.body_bytes == body.len &&
		    has(out.headers, "content-md5: "), "S3: and its request");
	}
	SET(drop_region, "");
	body = buf_over(text, sizeof(text));
	ok(dialect_s3.body(&config, STORE_CONTAINER_MAKE, &body) == ST_OK &&
	    body.len == 0, "S3: the first region is never named");
	ok(dialect_s3.body(&config, STORE_PUT, &body) == ST_UNSUPPORTED,
	    "S3: an object's body is the caller's");
	ok(dialect_swift.body(&config, STORE_CONTAINER_SET, &body) == ST_OK &&
	    dialect_swift.body(&config, STORE_CORS_SET, &body) ==
	    ST_UNSUPPORTED, "Swift: headers say it all");
	SET(drop_bucket, "a<b");
	ok(dialect_s3.body(&config, STORE_POLICY_SET, &body) == ST_INVALID,
	    "S3: a bucket's name that would need escaping");
}

static void
test_public_requests(void)
{
	start(DROP_S3);
	ok(ask(STORE_PUBLIC_GET, NAME) == ST_OK && is_target("GET",
	    "/v1/AUTH_1/labo-1/" NAME) && span_is(buf_span(&out.headers),
	    "Origin: https://viewer.invalid\r\n"),
	    "as a patient's browser: an origin and nothing else");
	ok(ask(STORE_PUBLIC_LIST, "") == ST_OK &&
	    is_target("GET", "/v1/AUTH_1/labo-1"), "a listing");
	ok(ask(STORE_PUBLIC_LIST, "/?list-type=2") == ST_OK &&
	    is_target("GET", "/v1/AUTH_1/labo-1/?list-type=2"),
	    "another listing");
	ok(ask(STORE_PUBLIC_PUT, NAME) == ST_OK && out.has_body &&
	    strcmp(out.method, "PUT") == 0, "a foreign write");
	ok(ask(STORE_PUBLIC_DELETE, NAME) == ST_OK &&
	    strcmp(out.method, "DELETE") == 0, "a foreign deletion");
	SET(drop_public_url, "https://read.example");
	ok(ask(STORE_PUBLIC_LIST, "") == ST_OK && is_target("GET", "/"),
	    "a host of its own");
	ok(public_request(&config, &(struct store_wish){ .verb = STORE_GET },
	    &out) == ST_UNSUPPORTED, "nothing else is public");
}

static void
test_remotes(void)
{
	uint8_t text[300], host[300];
	struct buf storage = buf_over(text, sizeof(text));
	struct buf shown = buf_over(host, sizeof(host));
	struct remote to;

	start(DROP_S3);
	SET(drop_endpoint, "https://s3.example:9000");
	ok(dialect_remote(&config, &storage, &to) == ST_OK &&
	    span_is(to.host, "s3.example") && to.port == 9000, "path style");
	config.drop_virtual_host = true;
	ok(dialect_remote(&config, &storage, &to) == ST_OK &&
	    span_is(to.host, "labo-1.s3.example") &&
	    dialect_host(&to, &shown) == ST_OK &&
	    span_is(buf_span(&shown), "labo-1.s3.example:9000"),
	    "the bucket before the host");
	to.port = 443;
	shown.len = 0;
	ok(dialect_host(&to, &shown) == ST_OK &&
	    span_is(buf_span(&shown), "labo-1.s3.example"),
	    "443 goes without saying");
	storage.max = storage.len;
	ok(dialect_remote(&config, &storage, &to) == ST_NO_SPACE, "no room");
	SET(drop_bucket, "a.b");
	ok(dialect_remote(&config, &storage, &to) == ST_INVALID,
	    "no wildcard certificate is for two labels");
	SET(drop_endpoint, "");
	ok(dialect_remote(&config, &storage, &to) == ST_INVALID, "no endpoint");
	config.drop_kind = DROP_NONE;
	ok(dialect_of(&config) == NULL, "no drop, no dialect");
}

int
main(void)
{
	test_swift_requests();
	test_room();
	test_swift_login();
	test_swift_login_answers();
	test_keystone_login();
	test_keystone_answers();
	test_s3_requests();
	test_s3_bodies();
	test_public_requests();
	test_remotes();
	return done_testing();
}
