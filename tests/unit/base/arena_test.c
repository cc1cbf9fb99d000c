#include "base/arena.h"

#include "tap.h"

enum { LIMIT = 300 * 1024, BIG = 100 * 1024 };

static struct arena a;

static void
test_pieces_are_zeroed_and_aligned(void)
{
	bool zeroed = true, aligned = true;

	arena_init(&a, LIMIT);
	for (size_t size = 1; size < 600; size++) {
		uint8_t *p = arena_alloc(&a, size);

		for (size_t i = 0; p != NULL && i < size; i++)
			zeroed &= p[i] == 0;
		zeroed &= p != NULL;
		aligned &= (uintptr_t)p % _Alignof(max_align_t) == 0;
		memset(p, 0xff, size);
	}
	ok(zeroed, "599 pieces, none overlaps another");
	ok(aligned, "aligned for any type");
	arena_clear(&a);
	ok(a.used == 0 && a.chunks == NULL, "all given back");
}

static void
test_small_pieces_go_on_after_a_big_one(void)
{
	uint8_t *first, *big, *second;

	arena_init(&a, LIMIT);
	first = arena_alloc(&a, 16);
	big = arena_alloc(&a, BIG);
	second = arena_alloc(&a, 16);
	ok(first != NULL && big != NULL, "a small piece and a big one");
	ok(second == first + 16, "the next small one is beside the first");
	arena_clear(&a);
}

static void
test_the_limit(void)
{
	arena_init(&a, 100);
	ok(arena_alloc(&a, 101) == NULL, "over the limit at once");
	ok(arena_alloc(&a, SIZE_MAX) == NULL, "the largest size there is");
	ok(arena_alloc(&a, 90) != NULL && arena_alloc(&a, 90) == NULL,
	    "over the limit in two");
	arena_clear(&a);
	ok(arena_alloc(&a, 100) != NULL, "and usable again after a clear");
	arena_clear(&a);
}

static void
test_copies(void)
{
	char text[] = "report";
	struct span copy;

	arena_init(&a, 64);
	copy = arena_copy(&a, span_of(text));
	text[0] = 'X';
	ok(span_is(copy, "report"), "a copy keeps what it was made of");
	ok(arena_copy(&a, (struct span){ NULL, 0 }).len == 0, "of nothing");
	copy = arena_copy(&a, (struct span){ (uint8_t *)text, 1000 });
	ok(copy.ptr == NULL && copy.len == 0, "too long: nothing");
	arena_clear(&a);
}

int
main(void)
{
	test_pieces_are_zeroed_and_aligned();
	test_small_pieces_go_on_after_a_big_one();
	test_the_limit();
	test_copies();
	return done_testing();
}
