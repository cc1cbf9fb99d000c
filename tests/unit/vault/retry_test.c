#include "vault/retry.h"

#include "tap.h"

enum { ANY = 64 };

static void
test_backoff(void)
{
	uint64_t before = 0;
	bool grows = true, in_half = true, at_top = true;

	for (uint64_t tries = 0; tries < 200; tries++) {
		uint64_t least = retry_after_s(tries, RETRY_MAX_S, 0, 0);
		uint64_t most = retry_after_s(tries, RETRY_MAX_S, 0, UINT32_MAX);

		grows = grows && most >= before;
		in_half = in_half && least >= 1 && least == most - most / 2;
		before = most;
	}
	ok(retry_after_s(0, RETRY_MAX_S, 0, UINT32_MAX) == RETRY_FIRST_S,
	    "two seconds");
	ok(retry_after_s(30, 5, 0, UINT32_MAX) == 5, "a ceiling of its own");
	ok(retry_after_s(30, 1, 0, 0) == 1, "the lowest ceiling still waits");
	ok(grows, "never less than the time before");
	ok(in_half, "chance decides about a half");
	ok(before == RETRY_MAX_S, "at most a quarter of an hour");
	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t s = retry_after_s(UINT64_MAX, RETRY_MAX_S, 0, i * 4294967u);

		at_top = at_top && s <= RETRY_MAX_S && s >= RETRY_MAX_S / 2;
	}
	ok(at_top, "however often it was tried");
}

static void
test_asked(void)
{
	ok(retry_after_s(0, RETRY_MAX_S, 60, 0) == 60, "the host asked for a minute");
	ok(retry_after_s(20, RETRY_MAX_S, 60, 0) >= RETRY_MAX_S / 2, "never less for it");
	ok(retry_after_s(0, RETRY_MAX_S, UINT64_MAX, 0) == RETRY_ASKED_MAX_S,
	    "a host cannot ask for ever");
}

static void
test_breaker(void)
{
	struct breaker b = { 0 };
	uint64_t now = 1000, longest = 0;

	for (int i = 1; i < BREAKER_FAILURES; i++) {
		breaker_failed(&b, now, RETRY_MAX_S, 0, 7);
		ok(breaker_allows(&b, now, ANY) == ANY, "failure %d", i);
	}
	breaker_failed(&b, now, RETRY_MAX_S, 0, UINT32_MAX);
	ok(breaker_allows(&b, now, ANY) == 0
	    && b.retry_s == now + BREAKER_FIRST_S, "the fifth opens it");
	breaker_failed(&b, now + 1, RETRY_MAX_S, 0, 7);
	ok(b.failures == BREAKER_FAILURES
	    && b.retry_s == now + BREAKER_FIRST_S,
	    "what fails while it is open was under way");
	ok(b.failing_since_s == now, "failing since the first");
	for (int i = 0; i < 100; i++) {
		now = b.retry_s;
		ok(breaker_allows(&b, now - 1, ANY) == 0
		    && breaker_allows(&b, now, ANY) == 1, "then one may try");
		breaker_failed(&b, now, RETRY_MAX_S, 0, UINT32_MAX);
		if (b.retry_s - now > longest)
			longest = b.retry_s - now;
	}
	ok(longest == BREAKER_MAX_S, "tried every five minutes for ever");
	breaker_worked(&b);
	ok(breaker_allows(&b, now, ANY) == ANY && b.failures == 0
	    && b.failing_since_s == 0, "one success closes it");
}

static void
test_breaker_asked(void)
{
	struct breaker b = { 0 };

	breaker_failed(&b, 1000, RETRY_MAX_S, 30, 0);
	ok(breaker_allows(&b, 1029, ANY) == 0
	    && breaker_allows(&b, 1030, ANY) == 1,
	    "a host that asks for time gets it at once");
	breaker_failed(&b, 1030, RETRY_MAX_S, UINT64_MAX, 0);
	ok(b.retry_s == 1030 + RETRY_ASKED_MAX_S, "an hour at most");
}

/* A year ahead when it failed, then set right. */
static void
test_clock_was_ahead(void)
{
	struct breaker b = { 0 };

	for (int i = 0; i < 10; i++)
		breaker_failed(&b, 40000000 + (uint64_t)i * 1000, RETRY_MAX_S, 0, 0);
	ok(breaker_allows(&b, 1000, ANY) == 1, "it is not stuck");
	breaker_failed(&b, 1000, RETRY_MAX_S, 0, UINT32_MAX);
	ok(b.retry_s > 1000 && b.retry_s <= 1000 + BREAKER_MAX_S
	    && b.failing_since_s == 1000, "and goes on from there");
}

int
main(void)
{
	test_backoff();
	test_asked();
	test_breaker();
	test_breaker_asked();
	test_clock_was_ahead();
	return done_testing();
}
