/*
 * part.h -- the bundles that together are a report.
 *
 * A LIS may send a report whole each time, or only the lines that are new
 * (lis.md 2.6 rule 4).  So several bundles of a report may be open beside
 * each other, and a new one replaces those whose lines it brings again.
 * A line is 8 bytes: intake's keyed hash of what was measured, not of the
 * result.
 */
#ifndef VAULT_PART_H
#define VAULT_PART_H

#include "vault/vault.h"

enum { LINE_BYTES = 8, LINES_BYTES_MAX = 8192 };

/* The lines of a version; they go up, and none comes twice. */
struct lines {
	bool whole;		/* the version is the whole report */
	struct span bytes;	/* borrowed; empty: not known */
};

struct report_new;

/* A bundle of the report that no later version has replaced. */
struct part {
	uint64_t id;		/* its row; 0: not stored yet */
	bool     live;		/* else closed, or revoked at the desk */
	bool     damaged;	/* its object is not whole */
	uint64_t card, release;
	uint8_t  bid[BID_BYTES], content[32];
	struct lines lines;
};

/* What a new version finds; zero for a start. */
struct meeting {
	bool same;	/* a part with its content, release and card */
	bool replaces;	/* a live part that it covers ... */
	uint64_t card;	/* ... the newest such, and where it is sealed to */
	uint8_t  bid[BID_BYTES];
	bool stays;	/* a live part that it does not cover */
	bool overlaps;	/* a live part that has a line of it */
};

/* Whole lines, in order? */
bool lines_are_valid(struct span bytes);

/* `new` has to say what `old` said: all of its lines are there again. */
bool part_is_covered(const struct report_new *new, const struct part *old);

void part_meet(const struct report_new *new, const struct part *old,
    struct meeting *met);

/* The report's next part after row `after` (0: the first); its spans last
 * until the next call.  ST_OK, ST_NOT_FOUND, or as sql_next(). */
MUST_CHECK enum status
part_next(struct vault *v, uint64_t report, uint64_t after, struct part *out);

/* Within a transaction: it is replaced, or withdrawn by the LIS: its content
 * may come back.  As sql_run(). */
MUST_CHECK enum status part_forget(struct vault *v, const struct part *part);

#endif
