/*
 * facts.h -- what the signed image says: its release, its board, its slot;
 * and what init remembers of the boots before.  Pure.
 */
#ifndef INIT_FACTS_H
#define INIT_FACTS_H

#include <stdbool.h>

#include "base/span.h"

enum { FACT_NAME_MAX = 32, FACT_PLACE_MAX = 128, FACT_PATH_MAX = 64,
    FACT_FILE_MAX = 2048 };

/* /etc/guichet/release */
struct release_facts {
	char     version[FACT_NAME_MAX];	/* for people */
	uint64_t number;	/* `release`: rises with each; at least 1 */
	uint64_t floor;		/* no release below is taken after this one */
	uint64_t built_s;	/* `built`: UTC */
};

/* /etc/guichet/board; board/README.md says what each is. */
struct board {
	char name[FACT_NAME_MAX];		/* `board` */
	char lab[FACT_PLACE_MAX];		/* in the port's device path */
	char wan[FACT_PLACE_MAX];
	char service[FACT_PATH_MAX];		/* empty: none */
	char watchdog[FACT_PATH_MAX];		/* empty: none */
};

/* /data/boot/state: what was healthy last. */
struct record {
	uint64_t slot;			/* 0: a */
	uint64_t floor;			/* the highest of any healthy release */
	uint64_t release[2];		/* of each slot; 0: not known */
	char     version[2][FACT_NAME_MAX];
};

/* /data/boot/trial: a slot that was booted, but is not healthy yet. */
struct trial {
	uint64_t slot, times;
	char     version[FACT_NAME_MAX];
};

/* Each: ST_OK, or ST_INVALID with *line as lines_parse(). */
MUST_CHECK enum status
facts_release(struct span text, struct release_facts *out, unsigned *line);
MUST_CHECK enum status
facts_board(struct span text, struct board *out, unsigned *line);
MUST_CHECK enum status facts_record(struct span text, struct record *out);
MUST_CHECK enum status facts_trial(struct span text, struct trial *out);

/* ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
facts_print_record(const struct record *record, struct buf *out);
MUST_CHECK enum status
facts_print_trial(const struct trial *trial, struct buf *out);

/* guichet.slot=a or =b, once, in the kernel's command line.
 * ST_OK or ST_INVALID. */
MUST_CHECK enum status facts_slot(struct span cmdline, unsigned *slot);

#endif
