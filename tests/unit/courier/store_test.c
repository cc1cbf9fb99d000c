/* The store over calls that do what the test says: who waits for a log-in,
 * what a 401 leads to, to whom nothing is ever sent. */
#include "courier/store.h"

#include <stdlib.h>

#include "http_call_fake.h"
#include "ipc/role.h"
#include "link_fake.h"
#include "tap.h"

#define NOW 1790000000u

static uv_loop_t loop;
static struct config config;
static struct store *store;

/* A wish, and what came of it. */
static struct asked {
	struct store_call call;
	unsigned answers;
	enum outbox_outcome outcome;
	uint64_t retry_after_s;
	char error[160];
} asked[12];

_Noreturn void
role_refuse(const char *format, ...)
{
	(void)format;
	abort();
}

static void
on_answer(void *owner, const struct store_answer *a)
{
	struct asked *w = owner;

	w->answers++;
	w->outcome = a->outcome;
	w->retry_after_s = a->retry_after_s;
	snprintf(w->error, sizeof(w->error), "%s",
	    a->error == NULL ? "" : a->error);
}

static void
turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void
start(enum drop_kind kind, const char *secret)
{
	http_fake_reset();
	link_fake_reset();
	memset(asked, 0, sizeof(asked));
	memset(&config, 0, sizeof(config));
	config.drop_kind = kind;
	config.drop_in_flight = 2;
	strcpy(config.drop_endpoint, "https://login.example/auth/v1.0");
	strcpy(config.drop_public_url, "https://store.example:8443/v1/A/b");
	strcpy(config.drop_bucket, "b");
	strcpy(config.drop_user, "u");
	uv_loop_init(&loop);
	store = store_new(&loop, NULL, &config);
	store_credential(store, span_of(secret));
}

static void
on_walk(uv_handle_t *handle, void *arg)
{
	(void)arg;
	uv_close(handle, NULL);
}

static void
stop(void)
{
	uv_walk(&loop, on_walk, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	free(store);
}

static void
ask(unsigned i, enum store_verb verb)
{
	struct store_wish wish = { .verb = verb, .name = span_of("d/x"),
	    .content_type = "application/jose", .size = 3 };

	asked[i].call.owner = &asked[i];
	asked[i].call.on_answer = on_answer;
	store_ask(store, &asked[i].call, &wish, NOW);
	turn();
}

static void
answer(unsigned i, unsigned status)
{
	struct http_answer a = { .status = status, .etag = span_of("\"e\"") };

	http_fake_answer(i, &a, "");
	turn();
}

/* The i-th call was a log-in; it is let in, to `url`. */
static void
let_in(unsigned i, const char *url, const char *token)
{
	struct http_answer a = { .status = 200, .storage_url = span_of(url),
	    .auth_token = span_of(token) };

	http_fake_answer(i, &a, "");
	turn();
}

static bool
says(unsigned i, const char *text)
{
	return strstr(http_fake.begun[i].text, text) != NULL;
}

static bool
is_answered(unsigned i, enum outbox_outcome outcome, const char *word)
{
	return asked[i].answers == 1 && asked[i].outcome == outcome &&
	    strstr(asked[i].error, word) != NULL;
}

#define HOME "https://store.example:8443/v1/A"

static void
test_login(void)
{
	start(DROP_SWIFT, "s3cret");
	ask(0, STORE_HEAD);
	ask(1, STORE_PUT);
	ok(http_fake.n_begun == 1 && says(0, "GET /auth/v1.0") &&
	    says(0, "X-Auth-Key: s3cret") &&
	    strcmp(http_fake.begun[0].pool->to->host, "login.example") == 0,
	    "one log-in, for all who wait");
	let_in(0, HOME, "token-1");
	ok(http_fake.n_begun == 3 && says(1, "HEAD /v1/A/b/d/x") &&
	    says(1, "X-Auth-Token: token-1") && says(2, "PUT /v1/A/b/d/x") &&
	    http_fake.begun[2].body_bytes == 3 &&
	    strcmp(http_fake.begun[1].pool->to->host, "store.example") == 0,
	    "and then they go where it says");
	answer(1, 200);
	answer(2, 201);
	ok(is_answered(0, OUTCOME_DONE, "") && is_answered(1, OUTCOME_DONE, ""),
	    "both are answered");
	ask(2, STORE_DELETE);
	ok(http_fake.n_begun == 4 && says(3, "DELETE"), "the token is kept");
	stop();
}

static void
test_again_after_401(void)
{
	start(DROP_SWIFT, "s3cret");
	ask(0, STORE_HEAD);
	ask(1, STORE_HEAD);
	let_in(0, HOME, "token-1");
	answer(1, 401);
	ok(http_fake.n_begun == 4 && says(3, "X-Auth-Key") &&
	    asked[0].answers == 0, "401: in again");
	answer(2, 401);
	ok(http_fake.n_begun == 4 && asked[1].answers == 0,
	    "once for all whose token ended");
	let_in(3, HOME, "token-2");
	ok(http_fake.n_begun == 6 && says(4, "token-2") && says(5, "token-2"),
	    "all of them go again");
	answer(4, 200);
	answer(5, 401);
	ok(is_answered(0, OUTCOME_DONE, "") && is_answered(1, OUTCOME_DOWN,
	    "refuses our credentials") && http_fake.n_begun == 6,
	    "a second 401 is an answer");
	stop();
}

static void
test_late_401(void)
{
	start(DROP_SWIFT, "s3cret");
	ask(0, STORE_HEAD);
	ask(1, STORE_HEAD);
	let_in(0, HOME, "token-1");
	answer(1, 401);
	let_in(3, HOME, "token-2");
	answer(2, 401);
	ok(http_fake.n_begun == 6 && says(5, "HEAD") && says(5, "token-2"),
	    "401 for a token that was replaced: no third log-in");
	stop();
}

static void
test_refused_login(void)
{
	static const struct {
		unsigned status;
		const char *url, *word;
	} row[] = {
		{ 401, "", "refuses our credentials" },
		{ 403, "", "refuses our credentials" },
		{ 500, "", "log-in is refused" },
		{ 302, "", "log-in is refused" },
		{ 200, "", "captive portal" },
		{ 200, "https://elsewhere.example/v1/A", "neither" },
		{ 200, "https://store.example/v1/A", "neither" },
		{ 200, "http://store.example:8443/v1/A", "portal" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct http_answer a = { .status = row[i].status,
		    .retry_after = span_of("9"), .auth_token = span_of("t"),
		    .storage_url = span_of(row[i].url) };

		start(DROP_SWIFT, "s3cret");
		ask(0, STORE_PUT);
		ask(1, STORE_HEAD);
		http_fake_answer(0, &a, "<html>");
		turn();
		ok(is_answered(0, OUTCOME_DOWN, row[i].word) &&
		    is_answered(1, OUTCOME_DOWN, row[i].word) &&
		    http_fake.n_begun == 1,
		    "a log-in that fails: %u %s", row[i].status, row[i].word);
		ok(asked[0].retry_after_s == (row[i].status >= 300 ? 9 : 0),
		    "and when to come again");
		ask(2, STORE_HEAD);
		ok(http_fake.n_begun == 2 && says(1, "X-Auth-Key"),
		    "the next wish tries again");
		stop();
	}
}

static void
test_lanes(void)
{
	start(DROP_S3, "s3cret");
	for (unsigned i = 0; i < 5; i++)
		ask(i, STORE_HEAD);
	ok(http_fake.n_begun == 3, "as many at a time as there are lanes");
	answer(0, 200);
	ok(http_fake.n_begun == 4, "the next when one is free");
	store_abort(&asked[4].call);
	store_abort(&asked[1].call);
	answer(2, 200);
	answer(3, 200);
	turn();
	ok(http_fake.n_begun == 4 && http_fake.aborted == 1 &&
	    asked[4].answers == 0 && asked[1].answers == 0,
	    "who is given up, waiting or sent, is not answered");
	ask(1, STORE_HEAD);
	ok(http_fake.n_begun == 5, "and may ask again");
	stop();
}

static void
test_secrets(void)
{
	start(DROP_S3, "");
	ask(0, STORE_PUT);
	ok(is_answered(0, OUTCOME_DOWN, "no secret") && http_fake.n_begun == 0,
	    "no secret, no request");
	ask(1, STORE_PUBLIC_GET);
	ok(http_fake.n_begun == 1 && says(0, "GET /v1/A/b/d/x") &&
	    !says(0, "uthorization"), "but what anybody may ask");
	store_credential(store, span_of("s3cret"));
	ask(2, STORE_PUT);
	ok(http_fake.n_begun == 2 && says(1, "Authorization: AWS4"),
	    "and with one");
	answer(0, 403);
	ok(is_answered(1, OUTCOME_DOWN, "403"), "403 to anybody");
	stop();
	start(DROP_SWIFT, "old");
	ask(0, STORE_HEAD);
	let_in(0, HOME, "token-1");
	store_credential(store, span_of("new"));
	ask(1, STORE_HEAD);
	ok(http_fake.n_begun == 3 && says(2, "X-Auth-Key: new"),
	    "a new secret logs in anew");
	store_credential(store, span_of("newer"));
	turn();
	ok(http_fake.aborted == 1 && http_fake.n_begun == 4 &&
	    says(3, "X-Auth-Key: newer") && asked[1].answers == 0,
	    "even where one was under way");
	ask(2, STORE_LIFECYCLE_GET);
	let_in(3, HOME, "token-2");
	ok(is_answered(2, OUTCOME_REFUSED, "no such request"),
	    "what this kind of store does not have");
	stop();
}

static void
test_skew(void)
{
	struct http_answer a = { .status = 403,
	    .date = span_of("Mon, 21 Sep 2026 15:13:20 GMT") };

	start(DROP_S3, "s3cret");
	ask(0, STORE_HEAD);
	http_fake_answer(0, &a, "");
	turn();
	ok(http_fake.n_begun == 2 && asked[0].answers == 0 &&
	    says(0, "20260921T141320Z") && says(1, "20260921T151320Z"),
	    "refused, and the clocks differ: signed by the host's");
	http_fake_answer(1, &a, "");
	turn();
	ok(is_answered(0, OUTCOME_DOWN, "403") && http_fake.n_begun == 2,
	    "but only once");
	stop();
}

static void
test_failures(void)
{
	start(DROP_SWIFT, "s3cret");
	ask(0, STORE_HEAD);
	let_in(0, HOME, "token-1");
	http_fake_fail(1, "store.example: reset");
	turn();
	ok(is_answered(0, OUTCOME_DOWN, "reset"), "a call that fails");
	ask(1, STORE_PUT);
	ok(http_fake.n_begun == 3 && says(2, "PUT"), "the token is kept");
	http_fake_fail(2, "store.example: reset");
	ask(2, STORE_PUT);
	ok(http_fake.n_begun == 4 && says(3, "X-Auth-Key"),
	    "a body that was cut off may have been refused for it");
	http_fake_fail(3, "login.example: reset");
	turn();
	ok(is_answered(2, OUTCOME_DOWN, "login.example"),
	    "a log-in that is cut off");
	stop();
}

static void
test_small_bodies(void)
{
	struct store_wish wish = { .verb = STORE_CORS_SET,
	    .body = span_of("<CORSConfiguration/>") };

	start(DROP_S3, "s3cret");
	asked[0].call.owner = &asked[0];
	asked[0].call.on_answer = on_answer;
	store_ask(store, &asked[0].call, &wish, NOW);
	turn();
	http_fake.begun[0].call->on_want(http_fake.begun[0].call->owner, 5);
	ok(http_fake.body_len == wish.body.len - 5,
	    "a body that the wish holds is sent from there");
	stop();
}

int
main(void)
{
	test_login();
	test_again_after_401();
	test_late_401();
	test_refused_login();
	test_lanes();
	test_secrets();
	test_skew();
	test_failures();
	test_small_bodies();
	return done_testing();
}
