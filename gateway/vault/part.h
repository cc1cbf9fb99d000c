/*
 * part.h -- the bundles that together are a report.
 *
 * A LIS may send a report whole each time, or only the lines that are new
 * (lis.md 2.6 rule 4).  So several bundles of a report may be open beside
 * each other; the box cannot read them, but it knows which lines each has,
 * and that is enough to say what a new version does to an older one.
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

/* Of two versions that both have one, the number of a CDA document decides,
 * else the time (lis.md 2.6 rule 2). */
struct version {
	uint64_t ms, number;	/* number 0: none */
};

struct report_new;

/* A bundle of the report that no later version has replaced. */
struct part {
	uint64_t id;		/* its row; 0: not stored yet */
	bool     live;		/* else closed, or revoked at the desk */
	bool     damaged;	/* its object is not whole */
	uint64_t card, release, status;
	uint64_t holds;		/* what still withholds it, enum hold */
	uint64_t held_for;	/* what did when it came */
	struct version version;
	uint8_t  bid[BID_BYTES], content[32];
	struct lines lines;
	struct span confirmed;	/* of its lines: final; borrowed */
	struct span replaced;	/* of its lines: newer elsewhere; borrowed */
};

/* What becomes of an older bundle when a new version comes. */
enum part_fate {
	PART_STAYS,
	PART_SUPERSEDED,	/* all it says is said again, or taken back */
	PART_WITHDRAWN,		/* a line of it was taken back, others were not
				   sent again: it cannot be shown in part */
	PART_OUTDATED		/* a line of it is newer elsewhere: the page
				   shows the rest, a link to it ends */
};

/* What a new version finds; zero for a start. */
struct meeting {
	bool same;	/* a part with its content, release and card ... */
	uint64_t same_id;	/* ... which: 0: not stored yet */
	bool replaces;	/* a live part that it covers ... */
	uint64_t card;	/* ... the newest such, and where it is sealed to */
	uint8_t  bid[BID_BYTES];
	bool stays;	/* a live part that it does not cover */
	bool outdates;	/* a live part of which it has only some lines */
	bool touches;	/* a part, live or closed, that has a line of it ... */
	struct version newest;	/* ... the newest of these */
	bool has_preliminary, has_held;	/* live parts that are withheld */
};

/* < 0, 0 or > 0: `a` is older than `b`, the same, newer. */
int version_compare(struct version a, struct version b);

/* Whole lines, in order? */
bool lines_are_valid(struct span bytes);

/* Appends the lines that are in `a` or in `b`, or in both; ST_OK, or
 * ST_NO_SPACE. */
MUST_CHECK enum status
lines_unite(struct span a, struct span b, struct buf *out);
MUST_CHECK enum status
lines_intersect(struct span a, struct span b, struct buf *out);
/* Those in `a` that are not in `b`. */
MUST_CHECK enum status
lines_subtract(struct span a, struct span b, struct buf *out);

/* Has `some` a line of `all`?  Has it every one? */
bool lines_meet(struct span some, struct span all);
bool lines_include(struct span all, struct span some);

/* What the content of `new`, once it is sealed, does to `old`. */
enum part_fate
part_fate(const struct report_new *new, const struct part *old);

/* Does `new`, whatever becomes of it, take back a line of `old`, or all? */
bool
part_is_taken_back(const struct report_new *new, const struct part *old);

void part_meet(const struct report_new *new, const struct part *old,
    struct meeting *met);

/* The report's next part after row `after` (0: the first); its spans last
 * until the next call.  ST_OK, ST_NOT_FOUND, or as sql_next(). */
MUST_CHECK enum status
part_next(struct vault *v, uint64_t report, uint64_t after, struct part *out);

/* Within a transaction: it is replaced, or withdrawn by the LIS: its content
 * may come back.  As sql_run(). */
MUST_CHECK enum status part_forget(struct vault *v, const struct part *part);

/* Within a transaction: a later message said the same: what is older than
 * `version` is late from now on.  As sql_run(). */
MUST_CHECK enum status
part_renew(struct vault *v, uint64_t id, struct version version);

#endif
