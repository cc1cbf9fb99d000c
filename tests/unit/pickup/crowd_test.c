/* Who holds how many connections, against a plain count of the same. */
#include "pickup/crowd.h"

#include <stdlib.h>

#include "tap.h"

enum { SESSIONS = 200, ADDRESSES = 37, STEPS = 20000 };

static struct crowd crowd;
static struct session sessions[SESSIONS];

static void
enter(unsigned i, uint8_t address)
{
	uint8_t whole[16] = { [15] = address };

	crowd_enter(&crowd, &sessions[i], whole);
}

static void
start(void)
{
	memset(sessions, 0, sizeof(sessions));
	if (crowd_init(&crowd, SESSIONS) != ST_OK)
		abort();
}

static void
test_alone(void)
{
	start();
	ok(crowd_dispensable(&crowd) == NULL, "nobody is there");
	enter(0, 1);
	enter(1, 2);
	ok(sessions[0].holder->n_sessions == 1 &&
	    sessions[0].holder != sessions[1].holder, "two addresses");
	ok(crowd_dispensable(&crowd) == NULL,
	    "of those that hold one none is dispensable");
	crowd_leave(&crowd, &sessions[0]);
	crowd_leave(&crowd, &sessions[0]);
	crowd_leave(&crowd, &sessions[2]);
	ok(crowd.most == 1 && sessions[0].holder == NULL,
	    "leaving twice, or without having come");
}

static void
test_dispensable(void)
{
	start();
	enter(0, 9);
	sessions[0].is_idle = true;
	enter(1, 1);
	enter(2, 1);
	enter(3, 1);
	ok(crowd_dispensable(&crowd) == &sessions[1],
	    "the oldest of the address that holds most");
	sessions[2].is_idle = true;
	ok(crowd_dispensable(&crowd) == &sessions[2] &&
	    crowd_idle_beside(&sessions[3]) == &sessions[2],
	    "rather one without a request");
	ok(crowd_idle_beside(&sessions[0]) == &sessions[0],
	    "beside: the same address only");
	crowd_leave(&crowd, &sessions[2]);
	ok(crowd_idle_beside(&sessions[3]) == NULL, "none is left there");
	crowd_leave(&crowd, &sessions[1]);
	ok(crowd_dispensable(&crowd) == NULL, "two left, one each");
}

/* Counts again from nothing. */
static bool
is_right(const uint8_t *of, unsigned n_held[256])
{
	unsigned i, most = 0;

	for (i = 0; i < ADDRESSES; i++)
		if (n_held[i] > most)
			most = n_held[i];
	for (i = 0; i < SESSIONS; i++)
		if (sessions[i].holder != NULL &&
		    sessions[i].holder->n_sessions != n_held[of[i]])
			return false;
	return crowd.most == most && (most < 2 ||
	    crowd_dispensable(&crowd)->holder->n_sessions == most);
}

static void
test_at_random(void)
{
	static uint8_t of[SESSIONS];
	static unsigned n_held[256];
	unsigned step, i, n_good = 0;

	start();
	srand(1);
	for (step = 0; step < STEPS; step++) {
		i = (unsigned)rand() % SESSIONS;
		if (sessions[i].holder != NULL) {
			crowd_leave(&crowd, &sessions[i]);
			n_held[of[i]]--;
		} else {
			of[i] = (uint8_t)((unsigned)rand() % ADDRESSES);
			enter(i, of[i]);
			n_held[of[i]]++;
		}
		n_good += is_right(of, n_held);
	}
	ok(n_good == STEPS, "%u comings and goings counted", n_good);
	ok(crowd.n_holders <= ADDRESSES, "an address that is gone is forgotten");
}

int
main(void)
{
	test_alone();
	test_dispensable();
	test_at_random();
	return done_testing();
}
