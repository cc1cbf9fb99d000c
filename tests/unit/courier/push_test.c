/* Rows of the drop, between a vault and a store that are the test's. */
#include <stdlib.h>

#include "base/log.h"
#include "courier/courier.h"
#include "courier/store.h"
#include "crypto/digest.h"
#include "tap.h"

#define ABC_MD5 "900150983cd24fb0d6963f7d28e17f72"

static struct role role;
static struct courier_job job;

/* --- the store ----------------------------------------------------------------- */

static struct {
	struct store_call *call;
	struct store_wish wish;
	unsigned asks, aborts, bodies;
	char body[64];
	size_t body_len;
} heard;

struct store *
store_new(uv_loop_t *loop, struct resolver *resolver,
    const struct config *config)
{
	(void)loop;
	(void)resolver;
	return config->drop_kind == DROP_NONE ? NULL
	    : (struct store *)(void *)&heard;
}

unsigned
store_ports(const struct store *s, uint16_t *ports)
{
	(void)s;
	ports[0] = 443;
	return 1;
}

void
store_credential(struct store *s, struct span secret)
{
	(void)s;
	(void)secret;
}

void
store_ask(struct store *s, struct store_call *call,
    const struct store_wish *wish, uint64_t now_s)
{
	(void)s;
	(void)now_s;
	heard.asks++;
	heard.call = call;
	heard.wish = *wish;
	heard.body_len = 0;
}

void
store_body(struct store_call *call, struct span bytes)
{
	(void)call;
	heard.bodies++;
	memcpy(heard.body + heard.body_len, bytes.ptr, bytes.len);
	heard.body_len += bytes.len;
}

void
store_abort(struct store_call *call)
{
	(void)call;
	heard.aborts++;
}

/* --- the courier ----------------------------------------------------------------- */

static struct {
	unsigned reads, dones;
	uint64_t offset, retry_after_s;
	enum outbox_outcome outcome;
	char error[160];
} told;

void
courier_read(struct courier_job *j, uint64_t offset)
{
	(void)j;
	told.reads++;
	told.offset = offset;
}

void
courier_done(struct courier_job *j, enum outbox_outcome outcome,
    uint64_t retry_after_s, const char *error)
{
	(void)j;
	told.dones++;
	told.outcome = outcome;
	told.retry_after_s = retry_after_s;
	snprintf(told.error, sizeof(told.error), "%s",
	    error == NULL ? "" : error);
}

static void
start(enum outbox_kind kind, const char *body)
{
	static uint8_t sha[32];

	memset(&heard, 0, sizeof(heard));
	memset(&told, 0, sizeof(told));
	memset(&job, 0, sizeof(job));
	sha256(span_of(body), sha);
	job.role = &role;
	job.m = (struct msg_outbox_job){ .job = 1, .kind = (uint64_t)kind,
	    .name = span_of("d/x"), .size = strlen(body),
	    .sha256 = { sha, sizeof(sha) }, .delete_at_s = 99 };
	push_worker.begin(&job);
}

static void
want(uint64_t offset)
{
	heard.call->on_want(heard.call->owner, offset);
}

static void
bring(enum status outcome, uint64_t offset, const char *bytes)
{
	struct msg_outbox_data m = { 1, (uint64_t)outcome, offset,
	    span_of(bytes) };

	push_worker.data(&job, &m);
}

static void
answer(enum outbox_outcome outcome, const struct http_answer *http,
    const char *body)
{
	uint8_t sha[32];
	struct store_answer a = { .outcome = outcome, .http = http,
	    .body = span_of(body), .retry_after_s = 5, .body_sha256 = sha,
	    .error = outcome == OUTCOME_DONE ? NULL : "the store's words" };

	sha256(a.body, sha);
	heard.call->on_answer(heard.call->owner, &a);
}

static bool
is_told(enum outbox_outcome outcome, const char *word)
{
	return told.dones == 1 && told.outcome == outcome &&
	    strstr(told.error, word) != NULL;
}

/* --- putting ----------------------------------------------------------------------- */

static void
put_abc(const char *etag)
{
	struct http_answer a = { .status = 200, .etag = span_of(etag) };

	start(OUTBOX_PUT_OBJECT, "abc");
	want(0);
	bring(ST_OK, 0, "abc");
	answer(OUTCOME_DONE, &a, "");
}

static void
look(const char *etag, uint64_t size, const char *type, const char *control)
{
	struct http_answer a = { .status = 200, .etag = span_of(etag),
	    .content_length = size, .content_type = span_of(type),
	    .cache_control = span_of(control) };

	answer(OUTCOME_DONE, &a, "");
}

static void
test_put(void)
{
	start(OUTBOX_PUT_INDEX, "abc");
	ok(heard.wish.verb == STORE_PUT && heard.wish.size == 3 &&
	    strcmp(heard.wish.content_type, "application/json") == 0 &&
	    heard.wish.delete_at_s == 99 &&
	    memcmp(heard.wish.sha256, job.m.sha256.ptr, 32) == 0,
	    "an index is put");
	want(0);
	ok(told.reads == 1 && told.offset == 0, "its bytes are asked for");
	bring(ST_OK, 0, "ab");
	want(2);
	bring(ST_OK, 2, "c");
	ok(heard.body_len == 3 && memcmp(heard.body, "abc", 3) == 0 &&
	    told.offset == 2, "part by part");
	answer(OUTCOME_DONE, &(struct http_answer){ .status = 200,
	    .etag = span_of("\"" ABC_MD5 "\"") }, "");
	ok(heard.wish.verb == STORE_HEAD && span_is(heard.wish.name, "d/x") &&
	    told.dones == 0, "and looked at");
	look(ABC_MD5, 3, "application/json", "private, no-store");
	ok(is_told(OUTCOME_DONE, "") && told.error[0] == '\0', "done");
	start(OUTBOX_PUT_OBJECT, "abc");
	ok(strcmp(heard.wish.content_type, "application/jose") == 0,
	    "an object");
	push_worker.abort(&job);
	ok(heard.aborts == 1 && told.dones == 0, "the vault is gone");
}

/* The body is sent anew: a connection ended, a token did. */
static void
test_again(void)
{
	start(OUTBOX_PUT_OBJECT, "abc");
	want(0);
	bring(ST_OK, 0, "ab");
	want(0);
	bring(ST_OK, 0, "ab");
	want(2);
	bring(ST_OK, 2, "c");
	ok(told.dones == 0 && heard.bodies == 3, "from the beginning again");
	answer(OUTCOME_DONE, &(struct http_answer){ .status = 200,
	    .etag = span_of(ABC_MD5) }, "");
	ok(heard.wish.verb == STORE_HEAD, "and hashed again");
	answer(OUTCOME_DOWN, NULL, "");
	ok(is_told(OUTCOME_DOWN, "store's words") && told.retry_after_s == 5,
	    "the store's answer is passed on");
}

static const struct {
	const char *claim;
	enum status outcome;
	uint64_t offset;
	const char *bytes;
	enum outbox_outcome told;
} parts[] = {
	{ "other bytes", ST_OK, 0, "abd", OUTCOME_RETRY },
	{ "too many", ST_OK, 0, "abcd", OUTCOME_RETRY },
	{ "none", ST_OK, 0, "", OUTCOME_RETRY },
	{ "another part", ST_OK, 1, "bc", OUTCOME_RETRY },
	{ "a bundle that ended", ST_NOT_FOUND, 0, "", OUTCOME_GONE },
	{ "a disk that fails", ST_IO, 0, "", OUTCOME_RETRY },
};

static void
test_parts(void)
{
	for (size_t i = 0; i < COUNT(parts); i++) {
		start(OUTBOX_PUT_OBJECT, "abc");
		want(0);
		bring(parts[i].outcome, parts[i].offset, parts[i].bytes);
		ok(is_told(parts[i].told, "") && heard.bodies == 0 &&
		    heard.aborts == 1, "the vault brings %s",
		    parts[i].claim);
	}
	start(OUTBOX_PUT_OBJECT, "abc");
	bring(ST_OK, 0, "abc");
	ok(heard.bodies == 0 && told.dones == 0, "bytes nobody asked for");
	push_worker.abort(&job);
}

/* --- what the store says of it ------------------------------------------------------ */

static const struct {
	const char *claim, *etag;
	uint64_t size;
	const char *type, *control;
	const char *word;		/* NULL: done */
} looks[] = {
	{ "all well", "\"" ABC_MD5 "\"", 3, "application/jose", "no-store",
	    NULL },
	{ "capitals", "900150983CD24FB0D6963F7D28E17F72", 3,
	    "application/jose", "no-store", NULL },
	{ "a length", ABC_MD5, 4, "application/jose", "no-store", "length" },
	{ "an ETag", "\"x\"", 3, "application/jose", "no-store", "ETag" },
	{ "a type", ABC_MD5, 3, "application/jose; charset=x", "no-store",
	    "Content-Type" },
	{ "no type", ABC_MD5, 3, "", "no-store", "Content-Type" },
	{ "a cache", ABC_MD5, 3, "application/jose", "max-age=9",
	    "no-store" },
	{ "no word of caches", ABC_MD5, 3, "application/jose", "",
	    "no-store" },
};

static void
test_looks(void)
{
	for (size_t i = 0; i < COUNT(looks); i++) {
		put_abc("\"" ABC_MD5 "\"");
		look(looks[i].etag, looks[i].size, looks[i].type,
		    looks[i].control);
		ok(looks[i].word == NULL ? is_told(OUTCOME_DONE, "")
		    : is_told(OUTCOME_RETRY, looks[i].word),
		    "looked at: %s: %s", looks[i].claim, told.error);
	}
	put_abc(ABC_MD5);
	answer(OUTCOME_GONE, NULL, "");
	ok(is_told(OUTCOME_RETRY, "not there"), "not there at all");
}

static void
test_strange_etags(void)
{
	struct http_answer a = { .status = 200, .etag = span_of("\"k\""),
	    .content_length = 3 };

	put_abc("\"k\"");
	ok(heard.wish.verb == STORE_GET, "an ETag that is no MD5: read");
	answer(OUTCOME_DONE, &a, "abc");
	ok(heard.wish.verb == STORE_HEAD, "as it was sent: looked at");
	look("\"k\"", 3, "application/jose", "no-store");
	ok(is_told(OUTCOME_DONE, ""), "done");
	put_abc("\"k\"");
	answer(OUTCOME_DONE, &a, "abd");
	ok(is_told(OUTCOME_RETRY, "other bytes"), "other bytes are there");
	start(OUTBOX_PUT_OBJECT, "abc");
	job.m.size = HTTP_CALL_BODY_MAX + 1;
	a.checksum_sha256 = span_of(
	    "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
	answer(OUTCOME_DONE, &a, "");
	ok(heard.wish.verb == STORE_HEAD, "the store says the SHA-256");
	look("k", job.m.size, "application/jose", "no-store");
	ok(is_told(OUTCOME_DONE, ""), "and that is believed");
	start(OUTBOX_PUT_OBJECT, "abc");
	job.m.size = HTTP_CALL_BODY_MAX + 1;
	a.checksum_sha256 = span_of("AAAA");
	answer(OUTCOME_DONE, &a, "");
	ok(is_told(OUTCOME_RETRY, "other bytes"), "another SHA-256");
	start(OUTBOX_PUT_OBJECT, "abc");
	job.m.size = HTTP_CALL_BODY_MAX + 1;
	a.checksum_sha256 = (struct span){ 0 };
	answer(OUTCOME_DONE, &a, "");
	ok(heard.wish.verb == STORE_GET, "neither: a long one is read, too");
	a.content_length = job.m.size;
	answer(OUTCOME_DONE, &a, "abc");	/* its hash, the test says */
	look("k", job.m.size, "application/jose", "no-store");
	ok(is_told(OUTCOME_DONE, ""), "and is what was sent");
}

/* --- deleting ------------------------------------------------------------------------ */

static void
test_delete(void)
{
	static const enum outbox_outcome first[] = {
		OUTCOME_DONE, OUTCOME_GONE
	};

	for (size_t i = 0; i < COUNT(first); i++) {
		start(OUTBOX_DELETE, "");
		ok(heard.wish.verb == STORE_DELETE, "a deletion");
		answer(first[i], NULL, "");
		ok(heard.wish.verb == STORE_HEAD && told.dones == 0,
		    "is looked at");
		answer(OUTCOME_GONE, NULL, "");
		ok(is_told(OUTCOME_DONE, ""), "gone is done");
	}
	start(OUTBOX_DELETE, "");
	answer(OUTCOME_DONE, NULL, "");
	answer(OUTCOME_DONE, &(struct http_answer){ .status = 200 }, "");
	ok(is_told(OUTCOME_RETRY, "still there"), "still there is not");
	start(OUTBOX_DELETE, "");
	answer(OUTCOME_DONE, NULL, "");
	answer(OUTCOME_DOWN, NULL, "");
	ok(is_told(OUTCOME_DOWN, "store's words"), "nor is no answer");
	start(OUTBOX_DELETE, "");
	answer(OUTCOME_DONE, &(struct http_answer){ .status = 204,
	    .version_id = span_of("L4kq") }, "");
	ok(is_told(OUTCOME_RETRY, "old version"), "nor is a marker over it");
	start(OUTBOX_DELETE, "");
	answer(OUTCOME_DONE, &(struct http_answer){ .status = 204,
	    .version_id = span_of("null") }, "");
	ok(heard.wish.verb == STORE_HEAD && told.dones == 0,
	    "the marker of suspended versioning has nothing under it");
	answer(OUTCOME_GONE, NULL, "");
	start(OUTBOX_DELETE, "");
	answer(OUTCOME_REFUSED, NULL, "");
	ok(is_told(OUTCOME_DOWN, ""), "no row of the drop is given up");
}

static void
test_nonsense(void)
{
	start(OUTBOX_NOTICE, "abc");
	ok(is_told(OUTCOME_RETRY, "") && heard.asks == 0,
	    "a notice is not for the drop");
	start(OUTBOX_PUT_OBJECT, "");
	ok(is_told(OUTCOME_RETRY, "") && heard.asks == 0, "nothing to put");
}

int
main(void)
{
	uint16_t ports[3];

	role.config.drop_in_flight = 1;
	ok(push_prepare(&role, NULL, ports) == 0, "no drop, no channel");
	role.config.drop_kind = DROP_S3;
	ok(push_prepare(&role, NULL, ports) == 1 && ports[0] == 443,
	    "the drop's port");
	test_put();
	test_again();
	test_parts();
	test_looks();
	test_strange_etags();
	test_delete();
	test_nonsense();
	return done_testing();
}
