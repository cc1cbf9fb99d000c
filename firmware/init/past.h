/*
 * past.h -- what the box remembers of the boots before, in /data/boot: the
 * slot that was healthy last, one that is on trial, why it was restarted.
 * Each file is text (docs/operations/box.md); each is whole or as before.
 */
#ifndef INIT_PAST_H
#define INIT_PAST_H

#include "init/facts.h"
#include "init/history.h"
#include "init/reasons.h"

/* Planned by the updater: the reason by which a change of slot is known to
 * have been asked for. */
#define PAST_ASKED "restart asked for by guichet update"

struct past {
	int  folder;		/* /data/boot; -1: nothing is remembered */
	bool has_record, has_trial, was_asked;
	struct record record;
	struct trial  trial;
	char reset[REASON_MAX];		/* why the box started */
	char change[HISTORY_LINE_MAX];	/* the last change of slot, dated */
};

/*
 * Reads everything; finds out why the box started and writes that down;
 * `pstore` is the folder of the last kernel's messages, which are erased.
 * `folder` is -1 where there is no data partition.
 */
void past_read(struct past *p, int folder, const char *pstore,
    bool by_watchdog);

/* Compares the slot that runs with the one before; writes a change down and
 * counts a trial.  `control`: as the boot loader left it; NULL: unreadable. */
void past_compare(struct past *p, unsigned slot, const struct release_facts *release,
    const struct control *control);

/* Why the box is restarted now; as far as it goes. */
void past_plan(const struct past *p, const char *why);

/* The slot is healthy: `now` is what holds from here.  ST_OK or ST_IO. */
MUST_CHECK enum status past_commit(struct past *p, const struct record *now);

#endif
