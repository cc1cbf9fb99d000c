/*
 * disk.h -- a disk that loses power: every write, sync and change of a name
 * below one directory is recorded, and any moment can be brought back with
 * what was certainly durable then, and as much of the rest as one likes.
 *
 * Works by the linker: the program is linked with --wrap for the calls below,
 * so that SQLite's and our own go the same way.  Strict where file systems
 * differ: a new name is durable only when its directory was synced.
 */
#ifndef POWERLOSS_DISK_H
#define POWERLOSS_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* What becomes of writes that nobody had synced when the power went. */
enum disk_rest {
	DISK_NONE,	/* all lost */
	DISK_SOME,	/* each lost, whole or torn at a sector, by chance */
	DISK_ALL	/* all there: a killed process, not a lost power */
};

/* A fault put in at one operation (counted from 1). */
struct disk_fault {
	unsigned at;		/* 0: none */
	int      error;		/* errno to give; 0: SIGKILL oneself */
	bool     stays;		/* from then on, not once */
	bool     syncs;		/* only syncs are counted, and fail */
	unsigned killed;	/* so many operations after it; 0: not */
};

/* Starts recording (with `record`) and counting below `dir`. */
void disk_start(const char *dir, bool record, struct disk_fault fault);
void disk_stop(void);

/* Operations so far, and those of them that are syncs. */
unsigned disk_operations(void);
bool disk_is_sync(unsigned operation);

/* Puts into `dir` (emptied first) what a power loss right before operation
 * `at` leaves.  `seed` decides for DISK_SOME. */
void disk_restore(const char *dir, unsigned at, enum disk_rest rest,
    unsigned seed);

#endif
