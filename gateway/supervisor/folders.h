/*
 * folders.h -- the directories and files that the configuration names:
 * checked with --check, made at start.
 *
 * Each problem is one line on standard error: the key, its value, what is
 * wrong, what to do.
 */
#ifndef SUPERVISOR_FOLDERS_H
#define SUPERVISOR_FOLDERS_H

#include "config/box.h"
#include "config/config.h"

enum { FOLDER_BYTES = 512 };

/* Paths that the supervisor uses while it runs. */
struct folders {
	char programs[FOLDER_BYTES];	/* where guichetd itself is */
	char state[FOLDER_BYTES];	/* state.dir */
	char data[FOLDER_BYTES];	/* state.dir/vault */
	char run[FOLDER_BYTES];		/* run.dir */
	char empty[FOLDER_BYTES];	/* run.dir/empty */
	char socket[FOLDER_BYTES];	/* run.dir/guichet.sock: the desk's */
	char intake_socket[FOLDER_BYTES];	/* run.dir/intake.sock */
	char update_socket[FOLDER_BYTES];	/* run.dir/update.sock */
	char booted[FOLDER_BYTES];	/* run.dir/booted: it is in the log */
};

/* Fills the paths; ST_OK, or ST_IO after a line on standard error. */
MUST_CHECK enum status
folders_name(struct folders *f, const struct config *config);

/* Counts what is wrong with files and directories, without changing any.
 * `box`: NULL where there is none. */
unsigned folders_check(const struct folders *f, const struct config *config,
    const struct box *box);

/* Makes what is missing, with its owner and mode; ST_OK, or ST_IO after a
 * line on standard error. */
MUST_CHECK enum status folders_make(const struct folders *f);

/* Keeps a second guichetd out of run.dir until this process ends; ST_OK,
 * or ST_EXISTS or ST_IO after a line on standard error. */
MUST_CHECK enum status folders_lock(const struct folders *f);

#endif
