/* One exchange after the other over a link that does what the test says. */
#include "courier/http_call.h"

#include <stdlib.h>

#include "conn_fake.h"
#include "courier/http_lane.h"
#include "link_fake.h"
#include "tap.h"

static const struct endpoint host = { .host = "store.example", .port = 8443 };

static uv_loop_t loop;
static struct http_pool *pool;
static struct http_lane *lane;

/* What the owner of a call heard. */
static struct heard {
	struct http_call call;
	unsigned ends, wants;
	uint64_t offset;		/* of the last want */
	struct http_answer answer;
	uint8_t  body[HTTP_CALL_BODY_MAX];
	size_t   body_len;
	char     failure[160];
} heard;

static void
on_want(void *owner, uint64_t offset)
{
	struct heard *h = owner;

	h->wants++;
	h->offset = offset;
}

static void
on_end(void *owner, const struct http_answer *answer, struct span body,
    const char *failure)
{
	struct heard *h = owner;

	h->ends++;
	h->failure[0] = '\0';
	if (failure != NULL) {
		snprintf(h->failure, sizeof(h->failure), "%s", failure);
		return;
	}
	h->answer = *answer;
	memcpy(h->body, body.ptr, body.len);
	h->body_len = body.len;
}

static void
start_test(unsigned lanes)
{
	conn_fake_reset();
	link_fake_reset();
	memset(&heard, 0, sizeof(heard));
	heard.call.owner = &heard;
	heard.call.on_want = on_want;
	heard.call.on_end = on_end;
	pool = http_pool_new(&loop, NULL, &host, lanes);
	lane = &pool->lanes[0];
}

static void
end_test(void)
{
	for (unsigned i = 0; i < pool->n_lanes; i++)
		uv_close((uv_handle_t *)&pool->lanes[i].timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	free(pool->lanes);
	free(pool);
}

static enum status
begin_at(struct http_call *call, const char *method, const char *path,
    uint64_t body_bytes, const char *headers)
{
	static uint8_t target[256], lines[16384];
	struct http_out out = { .method = method, .body_bytes = body_bytes,
	    .target = buf_over(target, sizeof(target)),
	    .headers = buf_over(lines, sizeof(lines)) };

	if (buf_append_text(&out.target, path) != ST_OK ||
	    buf_append_text(&out.headers, headers) != ST_OK)
		abort();
	return http_call_begin(call, pool, &out, 1000);
}

static enum status
begin(const char *method, uint64_t body_bytes)
{
	return begin_at(&heard.call, method, "/b/x?y=z", body_bytes,
	    "A: b\r\n");
}

static void
emit(enum conn_event ev)
{
	conn_fake_emit(&lane->link.conn, ev);
}

static void
turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void
bytes(const char *text)
{
	conn_fake_bytes(&lane->link.conn, text);
}

/* A GET, sent and waiting for its answer. */
static void
send_get(void)
{
	if (begin("GET", 0) != ST_OK)
		abort();
	turn();
	if (lane->state == LANE_OPENING)
		emit(CONN_WRITTEN);	/* open */
	emit(CONN_WRITTEN);		/* sent */
}

/* --- requests ------------------------------------------------------------------- */

static void
test_a_request(void)
{
	static const char want[] = "GET /b/x?y=z HTTP/1.1\r\n"
	    "Host: store.example:8443\r\nUser-Agent: guichet\r\nA: b\r\n\r\n";

	start_test(1);
	ok(begin("GET", 0) == ST_OK && link_fake.opens == 1 &&
	    link_fake.to == &host, "a call opens a link");
	ok(begin_at(&(struct http_call){ 0 }, "GET", "/", 0, "") == ST_BUSY,
	    "more calls than lanes");
	emit(CONN_WRITTEN);
	ok(conn_fake.n_kept == strlen(want) &&
	    memcmp(conn_fake.kept, want, strlen(want)) == 0,
	    "what goes out");
	emit(CONN_WRITTEN);
	ok(conn_fake.reads == 1 && heard.ends == 0, "and it is waited for");
	bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"e\"\r\n\r\nhi");
	ok(heard.ends == 1 && heard.answer.status == 200 &&
	    heard.body_len == 2 && memcmp(heard.body, "hi", 2) == 0 &&
	    heard.failure[0] == '\0', "the answer");
	ok(link_fake.closes == 0 && lane->state == LANE_KEPT,
	    "the connection is kept");
	end_test();
}

static void
test_a_body(void)
{
	static const char want[] = "PUT /b/x?y=z HTTP/1.1\r\n"
	    "Host: store.example:8443\r\nUser-Agent: guichet\r\n"
	    "Content-Length: 10\r\nA: b\r\n\r\n01234567";

	start_test(1);
	ok(begin("PUT", 10) == ST_OK && heard.wants == 0,
	    "a body is not asked for from inside the call");
	emit(CONN_WRITTEN);
	ok(heard.wants == 1 && heard.offset == 0 && conn_fake.writes == 0,
	    "it is asked for before anything leaves");
	http_call_body(&heard.call, span_of("01234567"));
	ok(conn_fake.writes == 1 && conn_fake.n_kept == strlen(want) &&
	    memcmp(conn_fake.kept, want, strlen(want)) == 0,
	    "head and first part leave together");
	emit(CONN_WRITTEN);
	ok(conn_fake.reads == 1 && heard.wants == 1 &&
	    lane->link.conn.idle_ms == LANE_PEEK_MS,
	    "did the host answer already?");
	emit(CONN_TIMEOUT);
	ok(heard.wants == 2 && heard.offset == 8, "no: the next part");
	http_call_body(&heard.call, span_of("89"));
	emit(CONN_WRITTEN);
	ok(conn_fake.reads == 2 && heard.wants == 2 &&
	    lane->link.conn.idle_ms >= HTTP_CALL_IDLE_MS,
	    "after the last the answer is waited for");
	bytes("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
	ok(heard.ends == 1 && heard.answer.status == 201, "and it comes");
	end_test();
}

/* 413, 401: the host does not want the rest. */
static void
test_early_answer(void)
{
	start_test(1);
	if (begin("PUT", 10) != ST_OK)
		abort();
	emit(CONN_WRITTEN);
	http_call_body(&heard.call, span_of("01234567"));
	emit(CONN_WRITTEN);
	bytes("HTTP/1.1 100 Continue\r\n\r\n");
	ok(heard.wants == 2 && heard.ends == 0, "1xx: the sending goes on");
	http_call_body(&heard.call, span_of("8"));
	emit(CONN_WRITTEN);
	bytes("HTTP/1.1 413 X\r\nContent-Le");
	ok(heard.wants == 2 && heard.ends == 0, "half an early answer is read");
	bytes("ngth: 3\r\n\r\nno!");
	ok(heard.ends == 1 && heard.answer.status == 413 && heard.wants == 2,
	    "an early answer ends the sending");
	ok(link_fake.closes == 1, "and the connection, which is out of step");
	end_test();
}

static void
test_what_is_refused(void)
{
	static const char *const lines[] = {
		"A: b\r\n\r\n", "A: b\r\n\r\nGET / HTTP/1.1\r\n", "A: b\n",
		"A: b", "A: b\rC: d\r\n", "A: \001\r\n",
	};
	static char huge[HTTP_CALL_HEAD_MAX + 8];

	start_test(1);
	for (size_t i = 0; i < COUNT(lines); i++)
		ok(begin_at(&heard.call, "GET", "/", 0, lines[i]) ==
		    ST_INVALID, "headers that end too early, %zu", i);
	ok(begin_at(&heard.call, "GET", "/a b", 0, "") == ST_INVALID,
	    "a blank in the target");
	memset(huge, 'a', sizeof(huge) - 3);
	memcpy(huge + sizeof(huge) - 3, "\r\n", 3);
	ok(begin_at(&heard.call, "GET", "/", 0, huge) == ST_TOO_BIG,
	    "a head that does not fit");
	ok(link_fake.opens == 0 && begin("GET", 0) == ST_OK,
	    "nothing of it is left");
	end_test();
}

/* A body without an end, faster than any timer. */
static void
test_endless(void)
{
	start_test(1);
	send_get();
	bytes("HTTP/1.1 200 OK\r\n\r\nlo");
	bytes("ng");
	ok(heard.ends == 0, "a body without a length goes on");
	lane->until_ms = uv_now(&loop);
	bytes("er");
	ok(heard.ends == 1 && strstr(heard.failure, "in time") != NULL &&
	    link_fake.closes == 1, "not longer than its time: %s",
	    heard.failure);
	end_test();
}

/* --- answers at every cut ------------------------------------------------------- */

static const struct {
	const char *claim, *text;
	const char *body;		/* NULL: a failure */
	unsigned status;
	bool is_kept;
} answers[] = {
	{ "a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	    "hello", 200, true },
	{ "nothing", "HTTP/1.1 204 X\r\nETag: \"a\"\r\n\r\n", "", 204, true },
	{ "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nT: u\r\n\r\n", "hello", 200,
	    true },
	{ "closing", "HTTP/1.1 500 X\r\nConnection: close\r\n"
	    "Content-Length: 2\r\n\r\nno", "no", 500, false },
	{ "1xx first", "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\nA: b\r\n\r\n"
	    "HTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\nx", "x", 201, true },
	{ "bytes behind it", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy",
	    "x", 200, false },
	{ "101", "HTTP/1.1 101 Switching\r\n\r\n", NULL, 0, false },
	{ "bad chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
	    "\r\nzz\r\n", NULL, 0, false },
	{ "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
	    "Content-Length: 1\r\n\r\nx", NULL, 0, false },
	{ "no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", NULL, 0, false },
};

/* In pieces of `from` bytes, of `step` each, and the rest. */
static void
deliver(struct span text, size_t from, size_t step)
{
	for (size_t at = 0, len; at < text.len && heard.ends == 0; at += len) {
		len = at == 0 && from > 0 ? from : step;
		if (len > text.len - at)
			len = text.len - at;
		conn_fake_span(&lane->link.conn, span_slice(text, at, len));
	}
}

static bool
is_as_expected(size_t i)
{
	const char *body = answers[i].body;

	if (body == NULL)
		return heard.ends == 1 && heard.failure[0] != '\0' &&
		    link_fake.closes == 1;
	return heard.ends == 1 && heard.failure[0] == '\0' &&
	    heard.answer.status == answers[i].status &&
	    heard.body_len == strlen(body) &&
	    memcmp(heard.body, body, heard.body_len) == 0 &&
	    (answers[i].body[0] == '\0' ||
	    heard.answer.content_length == heard.body_len) &&
	    (lane->state == LANE_KEPT) == answers[i].is_kept;
}

static void
test_answers(void)
{
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct span text = span_of(answers[i].text);
		bool good = true, is_cut;

		for (size_t cut = 0; cut <= text.len; cut++) {
			start_test(1);
			send_get();
			/* 0: byte by byte. */
			deliver(text, cut, cut == 0 ? 1 : text.len);
			/* What is behind it may come after its end. */
			is_cut = strcmp(answers[i].claim, "bytes behind it") ==
			    0 && cut != text.len;
			good = good && (is_as_expected(i) || is_cut);
			end_test();
		}
		ok(good, "an answer with %s, at every cut", answers[i].claim);
	}
}

/* The end of the connection, after each byte of an answer. */
static void
test_ends(void)
{
	static const enum conn_event ends[] = {
		CONN_EOF, CONN_FAILED, CONN_TIMEOUT
	};
	struct span text = span_of(answers[0].text);

	for (size_t k = 0; k < COUNT(ends); k++) {
		bool good = true;

		for (size_t cut = 0; cut < text.len; cut++) {
			start_test(1);
			send_get();
			if (cut > 0)
				conn_fake_span(&lane->link.conn,
				    span_slice(text, 0, cut));
			emit(ends[k]);
			good = good && heard.ends == 1 &&
			    heard.failure[0] != '\0' && link_fake.closes == 1;
			end_test();
		}
		ok(good, "an answer that is cut is none, ending %zu", k);
	}
}

static void
test_to_the_end(void)
{
	start_test(1);
	send_get();
	bytes("HTTP/1.1 200 OK\r\n\r\nhel");
	bytes("lo");
	ok(heard.ends == 0, "a body without a length");
	emit(CONN_EOF);
	ok(heard.ends == 1 && heard.failure[0] == '\0' &&
	    heard.body_len == 5 && heard.answer.content_length == 5 &&
	    link_fake.closes == 1, "ends with the connection");
	end_test();
	start_test(1);
	send_get();
	bytes("HTTP/1.1 200 OK\r\n\r\nhello");
	emit(CONN_FAILED);
	ok(heard.failure[0] != '\0', "but not with one that was cut off");
	end_test();
}

static void
test_long_body(void)
{
	static char text[16000];
	uint64_t total = 0;
	struct sha256 h;
	uint8_t want[32];

	start_test(1);
	send_get();
	sha256_start(&h);
	bytes("HTTP/1.1 200 OK\r\nContent-Length: 160000\r\n\r\n");
	memset(text, 'x', sizeof(text));
	for (; total < 160000; total += sizeof(text)) {
		struct span part = { (const uint8_t *)text, sizeof(text) };

		sha256_add(&h, part);
		conn_fake_span(&lane->link.conn, part);
	}
	sha256_finish(&h, want);
	ok(heard.ends == 1 && heard.body_len == HTTP_CALL_BODY_MAX &&
	    heard.answer.content_length == 160000,
	    "a long body is counted, not kept");
	ok(memcmp(heard.call.body_sha256, want, 32) == 0, "hashed whole");
	ok(lane->state == LANE_KEPT, "and passed");
	end_test();
}

static void
test_long_heads(void)
{
	static char text[16000];

	start_test(1);
	send_get();
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "HTTP/1.1 200 OK\r\nA: ", 20);
	bytes(text);
	ok(heard.ends == 0, "a long head is waited for");
	memset(text, 'x', sizeof(text) - 1);
	bytes(text);
	ok(heard.ends == 1 && heard.failure[0] != '\0', "but not for ever");
	end_test();
	start_test(1);
	send_get();
	for (int i = 0; i <= LANE_INTERIM_MAX && heard.ends == 0; i++)
		bytes("HTTP/1.1 102 P\r\n\r\n");
	ok(heard.ends == 1 && heard.failure[0] != '\0',
	    "nor are 1xx for ever");
	end_test();
}

/* --- a connection that is kept --------------------------------------------------- */

static void
finish_get(void)
{
	bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	memset(&heard.answer, 0, sizeof(heard.answer));
	heard.ends = heard.wants = 0;
}

static void
test_kept(void)
{
	start_test(2);
	send_get();
	finish_get();
	send_get();
	ok(link_fake.opens == 1 && heard.ends == 0, "the next call has it");
	emit(CONN_EOF);
	ok(heard.ends == 0 && link_fake.closes == 1,
	    "closed while nobody looked: not the end");
	emit(CONN_CLOSED);
	ok(link_fake.opens == 2, "but once more");
	emit(CONN_WRITTEN);
	emit(CONN_WRITTEN);
	emit(CONN_EOF);
	ok(heard.ends == 1 && heard.failure[0] != '\0' &&
	    link_fake.opens == 2, "and only once");
	end_test();
}

static void
test_kept_body(void)
{
	start_test(1);
	send_get();
	finish_get();
	if (begin("PUT", 4) != ST_OK)
		abort();
	turn();
	http_call_body(&heard.call, span_of("ab"));
	emit(CONN_WRITTEN);
	emit(CONN_TIMEOUT);
	http_call_body(&heard.call, span_of("cd"));
	emit(CONN_FAILED);
	emit(CONN_CLOSED);
	emit(CONN_WRITTEN);
	ok(heard.wants == 3 && heard.offset == 0,
	    "the body is asked for from its beginning");
	end_test();
	start_test(1);
	send_get();
	finish_get();
	send_get();
	bytes("HTTP/1.1 2");
	emit(CONN_EOF);
	ok(heard.ends == 1 && link_fake.opens == 1,
	    "not again after a byte of an answer");
	end_test();
}

static void
test_post(void)
{
	start_test(1);
	send_get();
	finish_get();
	if (begin("POST", 2) != ST_OK)
		abort();
	turn();
	ok(link_fake.closes == 1 && heard.wants == 0,
	    "a POST does not go over a kept connection");
	emit(CONN_CLOSED);
	emit(CONN_WRITTEN);
	http_call_body(&heard.call, span_of("ab"));
	ok(link_fake.opens == 2 && memmem(conn_fake.kept, conn_fake.n_kept,
	    "Connection: close\r\n", 19) != NULL, "it has its own");
	emit(CONN_FAILED);
	ok(heard.ends == 1 && link_fake.opens == 2, "and is never repeated");
	end_test();
	start_test(1);
	if (begin("POST", 1) != ST_OK)
		abort();
	emit(CONN_WRITTEN);
	http_call_body(&heard.call, span_of("a"));
	emit(CONN_WRITTEN);
	bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	ok(heard.ends == 1 && link_fake.closes == 1,
	    "nor is its connection used again");
	end_test();
}

/* --- the owner changes its mind ---------------------------------------------------- */

static void
test_abort(void)
{
	for (int stop = 0; stop < 5; stop++) {
		start_test(1);
		if (begin("PUT", 4) != ST_OK)
			abort();
		if (stop > 0)
			emit(CONN_WRITTEN);
		if (stop > 1)
			http_call_body(&heard.call, span_of("ab"));
		if (stop > 2)
			emit(CONN_WRITTEN);
		if (stop > 3)
			bytes("HTTP/1.1 5");
		http_call_abort(&heard.call);
		ok(link_fake.closes == 1 && begin("GET", 0) == ST_OK,
		    "given up at step %d; the lane is another's", stop);
		emit(CONN_CLOSED);
		ok(heard.ends == 0 && link_fake.opens == 2,
		    "and nobody hears of it, %d", stop);
		end_test();
	}
}

/* What the owner begins from inside on_end takes the same lane. */
static void
on_end_again(void *owner, const struct http_answer *answer, struct span body,
    const char *failure)
{
	struct heard *h = owner;

	h->call.on_end = on_end;
	ok(begin("HEAD", 0) == ST_OK, "a call from inside the end of another");
	ok(answer != NULL && span_is(answer->etag, "\"e\"") &&
	    span_is(body, "hi") && failure == NULL,
	    "its bytes stay until that returns");
}

static void
test_again_at_once(void)
{
	start_test(1);
	heard.call.on_end = on_end_again;
	send_get();
	bytes("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 2\r\n\r\nhi");
	turn();
	emit(CONN_WRITTEN);
	bytes("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
	ok(heard.ends == 1 && heard.answer.content_length == 77 &&
	    heard.body_len == 0 && lane->state == LANE_KEPT,
	    "a HEAD has a length and no body");
	end_test();
}

static void
test_secrets(void)
{
	bool good = true;

	start_test(1);
	if (begin_at(&heard.call, "GET", "/", 0, "X: secret\r\n") != ST_OK)
		abort();
	emit(CONN_WRITTEN);
	emit(CONN_WRITTEN);
	bytes("HTTP/1.1 200 OK\r\nX-Auth-Token: secret\r\n"
	    "Content-Length: 0\r\n\r\n");
	good = memmem(lane->head_storage, sizeof(lane->head_storage),
	    "secret", 6) == NULL && memmem(lane->in_storage,
	    sizeof(lane->in_storage), "secret", 6) == NULL;
	ok(good, "tokens are wiped when the call is over");
	end_test();
	start_test(1);
	if (begin("POST", 12) != ST_OK)
		abort();
	emit(CONN_WRITTEN);
	http_call_body(&heard.call, span_of("secret"));
	emit(CONN_WRITTEN);
	emit(CONN_TIMEOUT);
	http_call_body(&heard.call, span_of("secret"));
	emit(CONN_WRITTEN);
	bytes("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret");
	ok(heard.ends == 1 && memmem(lane, sizeof(*lane), "secret", 6) ==
	    NULL, "and so are bodies");
	end_test();
	start_test(1);
	if (begin("POST", 6) != ST_OK)
		abort();
	emit(CONN_WRITTEN);
	http_call_body(&heard.call, span_of("secret"));
	emit(CONN_FAILED);
	ok(heard.ends == 1 && memmem(lane, sizeof(*lane), "secret", 6) ==
	    NULL, "one that was not sent, too");
	end_test();
}

static void
test_slow_line(void)
{
	static uint8_t part[HTTP_CALL_PART_MAX];
	const struct span bytes_of_part = { part, sizeof(part) };

	start_test(1);
	if (begin("PUT", 2 * sizeof(part)) != ST_OK)
		abort();
	ok(lane->until_ms - uv_now(&loop) == HTTP_CALL_TOTAL_MS +
	    2 * sizeof(part) / HTTP_CALL_SLOW_BYTES_PER_MS,
	    "a long body may take longer");
	emit(CONN_WRITTEN);
	http_call_body(&heard.call, bytes_of_part);
	ok(lane->link.conn.idle_ms == HTTP_CALL_IDLE_MS + sizeof(part) /
	    HTTP_CALL_SLOW_BYTES_PER_MS, "and so may a part");
	emit(CONN_WRITTEN);
	emit(CONN_TIMEOUT);
	http_call_body(&heard.call, bytes_of_part);
	emit(CONN_WRITTEN);
	ok(lane->link.conn.idle_ms == HTTP_CALL_IDLE_MS + 2 * sizeof(part) /
	    HTTP_CALL_SLOW_BYTES_PER_MS,
	    "and what the kernel has not sent yet");
	bytes("HTTP/1.1 2");
	ok(lane->link.conn.idle_ms == HTTP_CALL_IDLE_MS,
	    "but not once it answers");
	end_test();
}

/* However slowly it comes: what is left of the whole is the most. */
static void
test_deadline(void)
{
	start_test(1);
	send_get();
	ok(lane->link.conn.idle_ms == HTTP_CALL_IDLE_MS, "a pause");
	lane->until_ms = uv_now(&loop) + 5;
	bytes("H");
	ok(lane->link.conn.idle_ms <= 5 && heard.ends == 0,
	    "the whole exchange has its end");
	emit(CONN_TIMEOUT);
	ok(heard.ends == 1 && heard.failure[0] != '\0', "and then it is over");
	end_test();
}

int
main(void)
{
	uv_loop_init(&loop);
	test_a_request();
	test_a_body();
	test_early_answer();
	test_what_is_refused();
	test_endless();
	test_answers();
	test_ends();
	test_to_the_end();
	test_long_body();
	test_long_heads();
	test_kept();
	test_kept_body();
	test_post();
	test_abort();
	test_again_at_once();
	test_secrets();
	test_slow_line();
	test_deadline();
	return done_testing();
}
