#include "init/commit.h"

/* See commit.h. */
bool
commit_decide(const struct record *before, const struct release_facts *running,
    unsigned slot, bool is_same, struct record *after)
{
	unsigned other = 1 - slot;

	*after = before == NULL ? (struct record){ 0 } : *before;
	if (before == NULL && is_same) {
		after->release[other] = running->number;
		memcpy(after->version[other], running->version, FACT_NAME_MAX);
	}
	after->slot = slot;
	after->release[slot] = running->number;
	memcpy(after->version[slot], running->version, FACT_NAME_MAX);
	if (after->floor < running->floor)
		after->floor = running->floor;
	return after->release[other] < running->floor;
}
