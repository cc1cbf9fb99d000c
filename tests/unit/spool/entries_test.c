#include "spool/entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tap.h"

enum { SETTLE = 2000, ORPHAN = 60000 };

static struct entries e;

static void
start(void)
{
	free(e.all);
	if (entries_init(&e, SETTLE, ORPHAN) != ST_OK)
		abort();
}

static struct file_id
bytes(uint64_t n)
{
	return (struct file_id){ 1, 100 + n, 10, n, 0 };
}

static void
see(const char *name, uint64_t n, bool renamed, uint64_t now)
{
	struct file_id id = bytes(n);

	entries_see(&e, name, &id, renamed, now);
}

static void
see_witness(const char *name, uint64_t now)
{
	struct file_id id = { 1, 900, 0, 1, 0 };

	entries_see(&e, name, &id, false, now);
}

static bool
next_is(const char *name, uint64_t now)
{
	const struct entry *f = entries_next(&e, now);

	return name == NULL ? f == NULL
	    : f != NULL && strcmp(f->name, name) == 0;
}

static void
test_stable(void)
{
	start();
	see("a", 1, false, 1000);
	ok(next_is(NULL, 9000), "R36 once seen is not stable");
	see("a", 1, false, 2000);
	ok(next_is(NULL, 2000), "R36 nor after a second");
	see("a", 2, false, 2900);
	see("a", 2, false, 4800);
	ok(next_is(NULL, 4800), "R36 written to: the time begins again");
	see("a", 2, false, 4900);
	ok(next_is("a", 4900), "R36 stable for two seconds: it is complete");
	see("b", 1, true, 5000);
	ok(next_is("b", 5000), "R36 renamed into place: at once; oldest first");
	see("b", 3, false, 5100);
	ok(next_is("a", 5100), "R36 renamed, then written to: it must settle");
}

static void
test_witness(void)
{
	start();
	see("nom.HPR", 1, false, 0);
	see_witness("nom.ok", 10);
	ok(next_is("nom.HPR", 10), "R36 nom.ok: nom.HPR is complete");
	see("two.HPR", 2, false, 20);
	see("two.HPR", 2, false, 5000);
	entries_forget(&e, entries_find(&e, "nom.HPR"));
	ok(next_is(NULL, 5000),
	    "R36 of a source with witnesses stable size is not enough");
	see("three.HPR", 3, true, 5001);
	ok(next_is("three.HPR", 5001), "R36 renaming is");
	entries_forget(&e, entries_find(&e, "three.HPR"));
	see("two.HPR", 2, false, 20 + ORPHAN);
	ok(next_is("two.HPR", 20 + ORPHAN),
	    "R36 after the waiting time it is taken all the same");
}

static void
test_witness_goes(void)
{
	start();
	see("nom.HPR", 1, false, 0);
	see("nom.PDF", 2, false, 0);
	see_witness("nom.ok", 0);
	entries_forget(&e, entries_find(&e, "nom.HPR"));
	ok(entries_witness_left(&e, "nom.HPR") == NULL,
	    "R36 a witness of two stays for the second");
	ok(entries_overdue(&e, ORPHAN + 1) == NULL, "and is no orphan");
	entries_forget(&e, entries_find(&e, "nom.PDF"));
	ok(entries_witness_left(&e, "nom.PDF") ==
	    entries_find(&e, "nom.ok"), "R36 and goes with it");
	ok(entries_overdue(&e, ORPHAN - 1) == NULL, "alone it waits");
	ok(entries_overdue(&e, ORPHAN) == entries_find(&e, "nom.ok"),
	    "R36 and then is an orphan");
}

static void
test_apart(void)
{
	struct entry *f;

	start();
	see("a.json", 1, true, 0);
	f = entries_next(&e, 0);
	f->state = ENTRY_IN_FLIGHT;
	ok(next_is(NULL, 0), "what is on its way is not offered again");
	entries_set_apart(f, "a.pdf", 10);
	ok(next_is(NULL, 100000), "R42 a file waits for the one it wants");
	ok(entries_overdue(&e, 9 + ORPHAN) == NULL &&
	    entries_overdue(&e, 10 + ORPHAN) == f, "R42 but not for ever");
	see("a.pdf", 2, false, 20);
	ok(next_is(NULL, 20), "R42 it must be complete");
	see("a.pdf", 2, false, 2020);
	ok(next_is("a.json", 2020), "R42 then the first goes on");
	ok(entries_find_like(&e, "A.PDF") == entries_find(&e, "a.pdf") &&
	    entries_find(&e, "A.PDF") == NULL &&
	    entries_find_like(&e, "b.pdf") == NULL,
	    "R36 a name in capitals is found");
	start();
	see("a.pdf", 2, true, 0);
	entries_set_apart(entries_next(&e, 0), "", 0);
	ok(next_is(NULL, 5000), "R42 a PDF waits to be named");
	see("a.json", 3, true, 5000);
	ok(next_is("a.json", 5000), "R42 whichever came first");
	ok(entries_overdue(&e, ORPHAN) == entries_find(&e, "a.pdf"),
	    "R42 nobody names it: an orphan");
	see("a.pdf", 9, false, ORPHAN);
	ok(entries_overdue(&e, ORPHAN) == NULL, "R36 new bytes, new time");
}

/* nom.HPR, nom.ok and a PDF of another name. */
static void
test_piece_without_witness(void)
{
	start();
	see("CR.PDF", 1, false, 0);
	see("nom.HPR", 2, false, 0);
	see_witness("nom.ok", 0);
	ok(next_is("nom.HPR", 0), "R36 its witness is there");
	entries_set_apart(entries_find(&e, "nom.HPR"), "CR.PDF", 0);
	ok(next_is(NULL, 100), "what it names must be whole");
	see("CR.PDF", 1, false, 2000);
	ok(next_is("nom.HPR", 2000),
	    "R36 but needs no witness of its own");
}

static void
test_later(void)
{
	struct entry *f;
	uint64_t now = 0, longest = 0;

	start();
	see("a", 1, true, 0);
	f = entries_next(&e, 0);
	for (unsigned i = 0; i < 20; i++) {
		f->state = ENTRY_IN_FLIGHT;
		entries_put_off(f, now);
		ok(next_is(NULL, f->again_ms - 1) &&
		    next_is("a", f->again_ms), "busy: again after %u ms",
		    (unsigned)(f->again_ms - now));
		longest = f->again_ms - now;
		now = f->again_ms;
	}
	ok(longest == 64000, "at most every 64 s");
	see("a", 2, true, now);
	ok(next_is("a", now), "R36 other content is a new file");
}

static void
test_scan(void)
{
	start();
	see("a", 1, true, 0);
	see("b", 2, true, 0);
	entries_next(&e, 0)->state = ENTRY_IN_FLIGHT;
	entries_scan(&e);
	entries_scanned(&e);
	ok(entries_find(&e, "a") != NULL && entries_find(&e, "b") == NULL,
	    "what is gone is forgotten, but for what is on its way");
	see("a", 7, true, 0);
	ok(entries_find(&e, "a")->id.inode == 101,
	    "what is on its way stays what it was");
}

static void
test_full(void)
{
	char name[32];
	unsigned bad = 0;

	start();
	for (unsigned i = 0; i < ENTRIES_MAX + 10; i++) {
		snprintf(name, sizeof(name), "file-%u", i);
		see(name, i, true, 0);
	}
	ok(e.n == ENTRIES_MAX && e.is_full, "%u are known, no more", e.n);
	for (unsigned i = 0; i < ENTRIES_MAX; i++) {
		const struct entry *f = entries_next(&e, 0);

		snprintf(name, sizeof(name), "file-%u", i);
		bad += i < 100 && (f == NULL || strcmp(f->name, name) != 0);
		entries_forget(&e, entries_find(&e, name));
		if (i == 100)
			break;
	}
	ok(bad == 0, "oldest first");
	entries_scan(&e);
	see("again", 5, true, 0);
	ok(entries_find(&e, "again") != NULL && !e.is_full,
	    "what was given back is used again");
}

/* Files that only their witness brings, and as many others: to find what is
 * late takes no longer than to look at each. */
static void
test_many_witnesses(void)
{
	char name[32];
	clock_t began;

	start();
	for (unsigned i = 0; i < ENTRIES_MAX / 2; i++) {
		snprintf(name, sizeof(name), "a%u.ok", i);
		see_witness(name, 1);
		snprintf(name, sizeof(name), "a%u.pdf", ENTRIES_MAX / 2 - 1 - i);
		see(name, i, false, 1);
	}
	began = clock();
	ok(entries_overdue(&e, 2 * ORPHAN) == NULL,
	    "R36 no witness is late that has a file");
	ok(clock() - began < CLOCKS_PER_SEC, "R36 told within a second");
}

int
main(void)
{
	test_stable();
	test_witness();
	test_witness_goes();
	test_apart();
	test_piece_without_witness();
	test_later();
	test_scan();
	test_full();
	test_many_witnesses();
	free(e.all);
	return done_testing();
}
