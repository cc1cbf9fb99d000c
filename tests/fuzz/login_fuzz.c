/* What a store or an identity service answers to a log-in: the first line is
 * the token, the second the storage URL, the rest the body.  What is believed
 * is bounded, inside the login, and goes into a header as it is. */
#include <stdlib.h>

#include "courier/dialect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct span
take_line(struct span *in)
{
	const uint8_t *end = in->len == 0 ? NULL :
	    memchr(in->ptr, '\n', in->len);
	size_t len = end == NULL ? in->len : (size_t)(end - in->ptr);
	struct span line = span_slice(*in, 0, len);

	*in = span_slice(*in, len + 1, in->len);
	return line;
}

static void
check(const struct config *config, const struct dialect *dialect,
    const struct http_answer *answer, struct span body)
{
	static uint8_t target[STORE_TARGET_MAX], headers[STORE_HEADERS_MAX];
	static struct store_login login;
	struct store_wish wish = { .verb = STORE_DELETE,
		.name = span_of("d/x") };
	struct http_out out = {
		.target = buf_over(target, sizeof(target)),
		.headers = buf_over(headers, sizeof(headers)),
	};

	memset(&login, 0, sizeof(login));
	if (dialect->login_answer(config, answer, body, &login) != ST_OK) {
		if (login.is_known)
			abort();
		return;
	}
	if (!login.is_known || login.token_len > STORE_TOKEN_MAX ||
	    (const char *)login.storage.host.ptr < login.storage_url ||
	    (const char *)login.storage.host.ptr >= login.storage_url +
	    sizeof(login.storage_url) || login.storage.port == 0)
		abort();
	if (dialect->request(config, span_of(""), &login, &wish, 0, &out) ==
	    ST_OK && (out.headers.len < 4 ||
	    memchr(out.headers.ptr, '\r', out.headers.len - 2) != NULL ||
	    memchr(out.target.ptr, ' ', out.target.len) != NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct config config = { .drop_kind = DROP_KEYSTONE,
		.drop_bucket = "b", .drop_region = "R1" };
	static const struct config anywhere = { .drop_kind = DROP_KEYSTONE,
		.drop_bucket = "b" };
	struct span in = { data, len };
	struct http_answer answer = { .status = 200 };

	answer.auth_token = take_line(&in);
	answer.subject_token = answer.auth_token;
	answer.storage_url = take_line(&in);
	check(&config, &dialect_swift, &answer, in);
	check(&config, &dialect_keystone, &answer, in);
	check(&anywhere, &dialect_keystone, &answer, in);
	return 0;
}
