/*
 * entries.h -- what is known of the files in one folder, and which of them
 * is to be offered next.
 *
 *   WAITING --complete--> (entries_next) --> IN_FLIGHT --> forgotten
 *      ^                                        |
 *      |  written to again                      +-- not now -----> WAITING,
 *      |  (from any state                       |                  later
 *      |   but IN_FLIGHT)                       +-- needs x -----> WANTING
 *      |                                        +-- needs one
 *      |                                        |   that names it > UNNAMED
 *      |                                        +-- known, but it
 *      +----------------------------------------+   cannot go ---> STUCK
 *
 * A file is complete when it was renamed into its place, when its witness is
 * there, or when nobody wrote to it for settle_ms; where the source has
 * shown a witness before, the last takes orphan_ms.  WANTING goes on when the
 * file it wants is whole.  WANTING and UNNAMED are orphans after orphan_ms.
 *
 * Pure: time is given, files are seen by the caller.
 */
#ifndef SPOOL_ENTRIES_H
#define SPOOL_ENTRIES_H

#include "spool/folder.h"

enum {
	ENTRIES_MAX = 16384,	/* known at a time; others are seen later */
	ENTRY_BUCKETS = 4096
};

enum entry_state {
	ENTRY_WAITING, ENTRY_IN_FLIGHT, ENTRY_WANTING, ENTRY_UNNAMED,
	ENTRY_STUCK
};

struct entry {
	char name[NAME_BYTES];
	char wants[NAME_BYTES];		/* WANTING */
	struct file_id id;
	enum entry_state state;
	bool is_witness, is_renamed, is_seen;
	bool has_file;			/* a witness: see entries_overdue() */
	uint64_t since_ms;		/* these bytes were first seen */
	uint64_t looked_ms;		/* and last */
	uint64_t apart_ms;		/* WANTING or UNNAMED since; 0: never */
	uint64_t again_ms;		/* not before */
	unsigned failures;		/* in a row: for the back-off */
	/* STUCK: what is to be done with it. */
	bool is_stored;
	char *text;			/* heap; NULL where stored */
	uint32_t next;			/* in its bucket; ENTRIES_MAX: none */
};

struct entries {
	uint64_t settle_ms, orphan_ms;
	struct entry *all;		/* heap; ENTRIES_MAX */
	uint32_t bucket[ENTRY_BUCKETS];
	uint32_t free, used;		/* chain of given back; never used yet */
	unsigned n;
	bool has_witnesses;		/* the source has shown one */
	bool is_full;			/* some were not taken in */
	uint64_t matched_ms;		/* when has_file was found; 0: never */
};

/* ST_OK or ST_NO_SPACE: no memory. */
MUST_CHECK enum status
entries_init(struct entries *e, uint64_t settle_ms, uint64_t orphan_ms);

struct entry *entries_find(const struct entries *e, const char *name);

/* The same, but where there is none, one whose letters differ in case only:
 * HPRIM files name others in capitals. */
struct entry *entries_find_like(const struct entries *e, const char *name);

/* Between these two, entries_see() is told of every file there is; those it
 * is not told of are forgotten, but for the ones in flight. */
void entries_scan(struct entries *e);
void entries_scanned(struct entries *e);

/* `name` is the file `id` now; `is_renamed`: it was just moved there whole. */
void entries_see(struct entries *e, const char *name, const struct file_id *id,
    bool is_renamed, uint64_t now_ms);

/* Renamed, with a witness, or quiet: enough for a file that another one
 * names, since that one's witness came last. */
bool entries_is_whole(const struct entries *e, const struct entry *f);

/* The oldest that may be offered, or NULL. */
struct entry *entries_next(const struct entries *e, uint64_t now_ms);

/* One that waited too long for another, or is STUCK and may be tried again;
 * or NULL. */
struct entry *entries_overdue(struct entries *e, uint64_t now_ms);

/* Not now: again after a second, then two, ... up to a minute. */
void entries_put_off(struct entry *f, uint64_t now_ms);

/* The file needs another one: by name, or, where `wants` is empty, one that
 * names it. */
void entries_set_apart(struct entry *f, const char *wants, uint64_t now_ms);

/* The witness of the file `name`, which is known no more, unless it is the
 * witness of another one too; or NULL. */
struct entry *entries_witness_left(const struct entries *e, const char *name);

void entries_forget(struct entries *e, struct entry *f);

#endif
