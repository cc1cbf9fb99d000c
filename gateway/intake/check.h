/*
 * check.h -- `guichet intake check`: what would happen to these files if they
 * were delivered?  Parses as a delivery does, asks the vault (REPORT_PROBE),
 * prints; stores nothing, answers nobody.
 *
 *   GATHERING: check_file(), check_part()...   until check_run()
 *   RUNNING:   for each message: parse, print the answer; for each report:
 *              probe -> check_take() -> print
 *   ENDED:     on_done() was called
 *
 * The files are somebody's results: they stay in one region, wiped at the
 * end; what is printed names codes and decisions, never a value or a name.
 */
#ifndef INTAKE_CHECK_H
#define INTAKE_CHECK_H

#include "intake/check_texts.h"
#include "intake/intake.h"
#include "intake/region.h"

enum { CHECK_FILES_MAX = INPUT_PIECES_MAX, CHECK_LINES_MAX = 200 };

struct check_owner {
	/* `stream` 1 or 2; borrows. */
	void (*write)(void *owner, int stream, struct span text);
	/* True: go on later, with check_go(). */
	bool (*is_full)(void *owner);
	/* 0: all would be accepted; 1: something would not. */
	void (*on_done)(void *owner, unsigned code);
};

enum check_state { CHECK_IS_GATHERING, CHECK_IS_RUNNING, CHECK_IS_ENDED };

struct check {
	struct intake *in;
	const struct check_owner *events;	/* borrowed for ever */
	void *owner;
	enum check_state state;
	bool french, json, is_refused;
	const struct config_source *source;	/* NULL: none of that name */
	struct region region;
	size_t used;			/* bytes of it */
	struct input_piece files[CHECK_FILES_MAX];
	char   names[CHECK_FILES_MAX][256];
	size_t n_files, file;		/* the one being looked at */
	bool   is_too_big;
	struct span rest;		/* of a file with several messages */
	unsigned message;		/* of the file, from 1 */
	struct input input;
	struct arena arena;
	struct parsed parsed;
	bool   is_parsed;
	size_t report;
	uint64_t request;		/* of the probe awaited; 0: none */
	uint64_t asked_ms;		/* loop time */
	uint8_t sender[32];
};

/* ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
check_init(struct check *c, struct intake *in,
    const struct check_owner *events, void *owner);

void check_file(struct check *c, const struct msg_check_file *m);
void check_part(struct check *c, struct span data);

/* All files are here. */
void check_run(struct check *c);

/* Its owner has room again. */
void check_go(struct check *c);

/* An answer of the vault; false: not ours. */
bool check_take(struct check *c, const struct msg_report_probed *m);

/* Every second or so: gives up on a vault that does not answer. */
void check_tick(struct check *c, uint64_t now_ms);

/* Wipes and frees; idempotent. */
void check_clear(struct check *c);

/* --- check_print.c -------------------------------------------------------- */

/* To standard error of the command: what is wrong with the question. */
void check_print_problem(struct check *c, enum check_text id, ...);

/* The message and the answer to it. */
void check_print_message(struct check *c, enum status parsed);

/* c->report, after the vault was asked. */
void check_print_report(struct check *c, const struct msg_report_probed *m);

#endif
