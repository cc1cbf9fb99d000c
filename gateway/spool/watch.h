/*
 * watch.h -- one source's folder: its files are found, brought to intake one
 * after the other, and taken away by what intake says.
 *
 *   scan (every two seconds) and the kernel's notices -> entries
 *   entries_next -> transfer: OFFER, PART..., END ->
 *       OK, EXISTS           main, pieces and witness leave the folder
 *       INVALID, TOO_BIG     to failed, with the reason beside it
 *       NOT_FOUND x          x follows as a piece, or is waited for
 *       BUSY, intake gone    the same file again, later
 *
 * Files that belong together leave together, even if we are killed meanwhile
 * (folder.h).
 * Never: looks into a file; logs a file's name.
 */
#ifndef SPOOL_WATCH_H
#define SPOOL_WATCH_H

#include "ipc/role.h"
#include "spool/entries.h"

enum {
	WATCH_PART_BYTES = 131072,	/* SPOOL_PART.data */
	WATCH_PIECES_MAX = 16
};

/* What the folders of the role share. */
struct watch_shared {
	struct role *role;
	uint8_t *buffer;	/* locked; WATCH_PART_BYTES; empty between calls */
	uint64_t serial;	/* of the last file offered */
	unsigned lines_left;	/* log lines that files may cause, for now */
};

struct watch {
	struct watch_shared *shared;
	const struct config_source *source;
	struct folder  folder;
	struct entries entries;
	int  notices;		/* inotify's number of it; -1: none */
	enum status usable;	/* as folder_prepare() said last */
	bool is_begun;		/* what was leaving when we were killed is gone */
	unsigned left_alone;	/* links, devices, second names; last scan */
	bool was_full;
	/* The file on its way; transfer.c's. */
	uint64_t file;		/* its number; 0: none */
	struct entry *part[1 + WATCH_PIECES_MAX];	/* it and its pieces */
	unsigned n_parts;
	int  fd;		/* of the last part, while it is sent; or -1 */
	uint64_t asked_ms;	/* when the last byte went */
};

void watch_init(struct watch *w, struct watch_shared *shared,
    const struct config_source *source);

/* Looks at all there is, sweeps done, and goes on. */
void watch_scan(struct watch *w);

/* The kernel's notice about one name. */
void watch_notice(struct watch *w, const char *name, bool is_renamed);

/* Offers the next file, where there is one and none is on its way. */
void watch_go_on(struct watch *w);

/* --- what became of the file on its way (transfer.c calls) ----------------- */

void watch_stored(struct watch *w);
void watch_refused(struct watch *w, struct span text);
/* Needs the file `wants`, or, where that is empty, one that names it. */
void watch_apart(struct watch *w, const char *wants);
/* Intake cannot, just now. */
void watch_later(struct watch *w);
/* Somebody wrote to one of its files meanwhile. */
void watch_changed(struct watch *w);

#endif
