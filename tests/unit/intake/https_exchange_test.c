#include "intake/https_exchange.h"

#include <stdio.h>
#include <stdlib.h>

#include "conn_fake.h"
#include "tap.h"

/* --- the role, as a test sees it ------------------------------------------- */

static struct seen {
	unsigned stores, dones, lost;
	unsigned refused;		/* what https_admit() answers */
	bool at_once;			/* https_store() answers from inside */
	char body[256];
	size_t n_pieces;
} seen;

static const char stored[] = "201 Bundle/1\n{\"a\":1}";

unsigned
https_admit(struct https_exchange *x)
{
	(void)x;
	return seen.refused;
}

void
https_store(struct https_exchange *x, const struct input *input)
{
	seen.stores++;
	seen.n_pieces = input->n_pieces;
	snprintf(seen.body, sizeof(seen.body), "%.*s", (int)input->bytes.len,
	    (const char *)input->bytes.ptr);
	https_exchange_forget(x);
	if (seen.at_once)
		https_exchange_answer(x, span_of(stored));
}

void
https_lost(struct https_exchange *x)
{
	(void)x;
	seen.lost++;
}

void
https_done(struct https_exchange *x)
{
	(void)x;
	seen.dones++;
}

/* Routes name them; nothing is parsed here. */
const struct input_kind input_fhir, input_fhir_document, input_sidecar;

/* --- one exchange ---------------------------------------------------------- */

static struct https_exchange x;
static struct budget budget;
static struct https_limits limits = { .idle_ms = 4000,
    .body_bytes_max = 65536, .receiving = &budget };
static uv_loop_t loop;

static void
begin(void)
{
	memset(&seen, 0, sizeof(seen));
	seen.at_once = true;
	conn_fake_reset();
	budget_init(&budget, 1 << 20, 0);
	loop.time = 1000000;
	if (https_exchange_init(&x, &limits) != ST_OK)
		abort();
	x.conn.timer.loop = &loop;
	https_exchange_start(&x);
}

static bool
wrote(const char *text)
{
	return memmem(conn_fake.kept, conn_fake.n_kept, text, strlen(text)) !=
	    NULL;
}

static void
written(void)
{
	conn_fake_emit(&x.conn, CONN_WRITTEN);
}

/* A request in pieces of `step` bytes, as long as the exchange reads. */
static void
feed(const char *text, size_t step)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len && (x.state == HTTPS_HEAD ||
	    x.state == HTTPS_BODY); at += step)
		conn_fake_span(&x.conn, span_slice(span_of(text), at, step));
}

#define HEAD "POST /fhir HTTP/1.1\r\nHost: x\r\n" \
    "Content-Type: application/fhir+json\r\n"

static void
test_every_split(void)
{
	static const char length[] = HEAD "Content-Length: 9\r\n\r\n{\"b\":\"c\"}";
	static const char chunks[] = HEAD "Transfer-Encoding: chunked\r\n\r\n"
	    "4\r\n{\"b\"\r\n5\r\n:\"c\"}\r\n0\r\n\r\n";
	bool good = true;

	for (size_t step = 1; step < sizeof(chunks); step++)
		for (int k = 0; k < 2; k++) {
			begin();
			feed(k == 0 ? length : chunks, step);
			good = good && seen.stores == 1 &&
			    strcmp(seen.body, "{\"b\":\"c\"}") == 0 &&
			    wrote("HTTP/1.1 201 Created\r\n") &&
			    wrote("Location: /fhir/Bundle/1\r\n") &&
			    wrote("\r\n\r\n{\"a\":1}") && budget.used == 0;
			written();
			good = good && x.state == HTTPS_HEAD;
			https_exchange_stop(&x);
			conn_fake_emit(&x.conn, CONN_CLOSED);
			good = good && seen.dones == 1;
		}
	ok(good, "R39 a request at every split, by length and in chunks");
}

static void
test_pipelined(void)
{
	begin();
	feed(HEAD "Content-Length: 2\r\n\r\n{}" HEAD "Content-Length: 2\r\n"
	    "\r\n[]GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n"
	    "Connection: close\r\n\r\n", 4096);
	ok(seen.stores == 1 && strcmp(seen.body, "{}") == 0, "the first");
	written();
	ok(seen.stores == 2 && strcmp(seen.body, "[]") == 0,
	    "R39 the second once the first is answered");
	written();
	ok(wrote("CapabilityStatement") && wrote("Connection: close"),
	    "R39 then the third, and the end");
	written();
	ok(conn_fake.shuts == 1 && x.state == HTTPS_SHUTTING, "shut");
	written();
	ok(x.state == HTTPS_LINGERING, "lingering");
	conn_fake_emit(&x.conn, CONN_EOF);
	conn_fake_emit(&x.conn, CONN_CLOSED);
	ok(seen.dones == 1, "and over");
}

static void
test_durable_first(void)
{
	begin();
	seen.at_once = false;
	feed(HEAD "Content-Length: 2\r\n\r\n{}", 4096);
	ok(x.state == HTTPS_STORING && conn_fake.writes == 0,
	    "R39 nothing is said before it is durable");
	https_exchange_answer(&x, span_of(stored));
	ok(wrote("HTTP/1.1 201 Created"), "then it is");
	begin();
	seen.at_once = false;
	feed(HEAD "Content-Length: 2\r\n\r\n{}", 4096);
	https_exchange_no_answer(&x);
	ok(wrote("HTTP/1.1 503 ") && wrote("Retry-After: 5\r\n") &&
	    wrote("\"transient\""), "R39 not stored: 503 with Retry-After");
	begin();
	seen.at_once = false;
	feed(HEAD "Content-Length: 2\r\n\r\n{}", 4096);
	https_exchange_answer(&x, span_of("odd"));
	ok(wrote("HTTP/1.1 503 "), "an answer that is none is none");
}

static const struct {
	const char *claim, *request, *answer;
	bool closes;
} refusals[] = {
	{ "GET /", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found",
	    false },
	{ "PUT /fhir", "PUT /fhir HTTP/1.1\r\nHost: x\r\n\r\n",
	    "405 Method Not Allowed", false },
	{ "XML", "POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Type: "
	    "application/fhir+xml\r\nContent-Length: 2\r\n\r\n<>",
	    "415 Unsupported", true },
	{ "gzip", HEAD "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx",
	    "415 Unsupported", true },
	{ "too long", HEAD "Content-Length: 65537\r\n\r\n", "413 Content",
	    true },
	{ "no HTTP", "hello\r\n\r\n", "400 Bad", true },
	{ "chunks that are none", HEAD "Transfer-Encoding: chunked\r\n\r\nzz",
	    "400 Bad", true },
	{ "gzip, chunked", HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n",
	    "501 Not", true },
	{ "multipart for JSON", "POST /fhir/$pdf HTTP/1.1\r\nHost: x\r\n"
	    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
	    "415 Unsupported", true },
	{ "no multipart", "POST /fhir/$pdf HTTP/1.1\r\nHost: x\r\nContent-Type:"
	    " multipart/form-data; boundary=B\r\nContent-Length: 2\r\n\r\n{}",
	    "400 Bad", false },
};

static void
test_refusals(void)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		begin();
		feed(refusals[i].request, 4096);
		ok(wrote(refusals[i].answer) && wrote("OperationOutcome") &&
		    seen.stores == 0 && wrote("Connection: close") ==
		    refusals[i].closes, "R39 %s: %s", refusals[i].claim,
		    refusals[i].answer);
	}
}

static void
test_head(void)
{
	begin();
	feed("HEAD /fhir/metadata HTTP/1.1\r\nHost: x\r\n\r\n", 4096);
	ok(wrote("405 ") && wrote("Content-Length: ") &&
	    memcmp(conn_fake.kept + conn_fake.n_kept - 4, "\r\n\r\n", 4) == 0,
	    "R39 an answer to HEAD has no body");
}

static void
test_multipart(void)
{
	begin();
	feed("POST /fhir/$pdf HTTP/1.1\r\nHost: x\r\nContent-Type: "
	    "multipart/related; boundary=B\r\nContent-Length: 53\r\n\r\n"
	    "--B\r\nA: b\r\n\r\n%PDF-1\r\n--B\r\nA: b\r\n\r\n{\"c\":1}\r\n--B--"
	    "\r\n   ", 7);
	ok(seen.stores == 1 && seen.n_pieces == 1 &&
	    strcmp(seen.body, "{\"c\":1}") == 0,
	    "R42 the JSON part, and the PDF as its piece, in any order");
}

static void
test_strangers(void)
{
	begin();
	seen.refused = 403;
	feed(HEAD "Content-Length: 2\r\n\r\n{}", 4096);
	ok(wrote("403 Forbidden") && seen.stores == 0 && x.is_last,
	    "R39 nobody we know: nothing is processed");
	begin();
	seen.refused = 503;
	feed(HEAD "Content-Length: 2\r\n\r\n{}", 4096);
	ok(wrote("503 Service") && seen.stores == 0,
	    "R39 over its connections: 503");
}

static void
test_continue(void)
{
	begin();
	feed(HEAD "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n", 4096);
	ok(x.state == HTTPS_CONTINUE && wrote("HTTP/1.1 100 Continue\r\n\r\n"),
	    "R39 100 before the body");
	written();
	feed("{}", 1);
	ok(seen.stores == 1, "R39 then the body");
}

static void
test_slow(void)
{
	begin();
	feed(HEAD "Content-Length: 1000\r\n\r\n{", 4096);
	loop.time += 3000;
	feed(" ", 1);
	ok(x.state == HTTPS_BODY, "slow is allowed");
	loop.time += 3000;
	feed(" ", 1);
	ok(wrote("408 Request Timeout"), "R39 but not for ever: 408");
	begin();
	feed("POST /fh", 1);
	loop.time += HTTPS_HEAD_MS + 1;
	feed("i", 1);
	ok(x.state == HTTPS_CLOSING, "R39 nor for a head");
	begin();
	feed("GET /fhir HTTP/1.1\r\n", 4096);
	conn_fake_emit(&x.conn, CONN_TIMEOUT);
	ok(x.state == HTTPS_CLOSING && conn_fake.writes == 0,
	    "R39 silence is closed");
}

static void
test_budget(void)
{
	struct ticket other = { .owner = NULL };

	begin();
	budget_init(&budget, 10, 0);
	if (!budget_take(&budget, &other, 100))
		abort();
	feed(HEAD "Content-Length: 20\r\n\r\n", 4096);
	feed("{                  }", 20);
	ok(x.state == HTTPS_WAITING && seen.stores == 0,
	    "R39 a body waits for memory");
	budget_leave(&budget, &other);
	ok(budget_next(&budget) == &x.ticket, "its turn");
	https_exchange_room(&x);
	ok(seen.stores == 1, "R39 and goes on");
	begin();
	budget_init(&budget, 10, 0);
	if (!budget_take(&budget, &other, 100))
		abort();
	feed(HEAD "Content-Length: 20\r\n\r\n", 4096);
	feed("{                  }", 20);
	https_exchange_stop(&x);
	budget_leave(&budget, &other);
	ok(x.state == HTTPS_CLOSING && budget_next(&budget) == NULL,
	    "who is stopped there waits no more");
}

static void
test_wiped(void)
{
	bool clean = true;

	begin();
	feed(HEAD "Content-Length: 6\r\n\r\nSECRET", 3);
	for (size_t i = 0; i < 6; i++)
		clean = clean && x.region.ptr[i] == 0;
	ok(clean && seen.stores == 1, "R39 the body is wiped once parsed");
	begin();
	feed(HEAD "Content-Length: 60\r\n\r\nSECRET", 3);
	conn_fake_emit(&x.conn, CONN_FAILED);
	for (size_t i = 0; i < 6; i++)
		clean = clean && x.region.ptr[i] == 0;
	ok(clean && seen.lost == 1, "R39 also of a connection that breaks");
}

static void
test_stop(void)
{
	begin();
	seen.at_once = false;
	feed(HEAD "Content-Length: 2\r\n\r\n{}", 4096);
	https_exchange_stop(&x);
	ok(x.state == HTTPS_STORING, "what is being stored gets its answer");
	https_exchange_answer(&x, span_of(stored));
	ok(wrote("Connection: close"), "as the last one");
	begin();
	https_exchange_stop(&x);
	ok(x.state == HTTPS_CLOSING, "an idle one ends at once");
}

int
main(void)
{
	test_every_split();
	test_pipelined();
	test_durable_first();
	test_refusals();
	test_head();
	test_multipart();
	test_strangers();
	test_continue();
	test_slow();
	test_budget();
	test_wiped();
	test_stop();
	return done_testing();
}
