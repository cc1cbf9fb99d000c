#include "vault/retry.h"

/* `first`, doubled `times` times, at most `max`. */
static uint64_t
doubled(uint64_t first, uint64_t times, uint64_t max)
{
	for (; times > 0 && first < max; times--)
		first *= 2;
	return first < max ? first : max;
}

/* Between a half of it and all of it: whoever failed together must not come
 * back together. */
static uint64_t
jittered(uint64_t span_s, uint32_t random)
{
	uint64_t half = span_s / 2;

	return span_s - half + (half + 1) * random / (UINT64_C(1) << 32);
}

static uint64_t
at_least(uint64_t span_s, uint64_t asked_s)
{
	if (asked_s > RETRY_ASKED_MAX_S)
		asked_s = RETRY_ASKED_MAX_S;
	return span_s > asked_s ? span_s : asked_s;
}

/* See retry.h. */
uint64_t
retry_after_s(uint64_t tries, uint64_t max_s, uint64_t asked_s,
    uint32_t random)
{
	return at_least(jittered(doubled(RETRY_FIRST_S, tries, max_s), random),
	    asked_s);
}

/* See retry.h. */
void
breaker_failed(struct breaker *b, uint64_t now_s, uint64_t max_s,
    uint64_t asked_s, uint32_t random)
{
	uint64_t most_s = max_s < BREAKER_MAX_S ? max_s : BREAKER_MAX_S;
	uint64_t open_s = 0;

	if (b->failing_since_s == 0 || b->failing_since_s > now_s)
		b->failing_since_s = now_s;
	if (b->retry_s > now_s && b->retry_s - now_s <= RETRY_ASKED_MAX_S)
		return;
	b->failures++;
	if (b->failures >= BREAKER_FAILURES)
		open_s = jittered(doubled(BREAKER_FIRST_S,
		    b->failures - BREAKER_FAILURES, most_s), random);
	open_s = at_least(open_s, asked_s);
	b->retry_s = open_s == 0 ? 0 : now_s + open_s;
}

/* See retry.h. */
void
breaker_worked(struct breaker *b)
{
	*b = (struct breaker){ .failures = 0 };
}

/* See retry.h. */
unsigned
breaker_allows(const struct breaker *b, uint64_t now_s, unsigned any)
{
	if (b->retry_s == 0)
		return any;
	return b->retry_s > now_s && b->retry_s - now_s <= RETRY_ASKED_MAX_S
	    ? 0 : 1;
}
