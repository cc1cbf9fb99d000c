/*
 * session.h -- one `guichet` command being carried out.
 *
 *   COMMAND arrives -> command_start() -> requests to the vault or the
 *   supervisor, one at a time -> command's on_answer() -> ... ->
 *   session_finish() sends EXIT and closes.
 *
 * Output is gathered and sent in pieces; the buffer is wiped, because it may
 * hold a slip.  While the command reads slowly, the next page of a list is not
 * asked for: nothing is dropped.
 */
#ifndef DESK_SESSION_H
#define DESK_SESSION_H

#include "base/json_writer.h"
#include "desk/texts.h"
#include "ipc/role.h"

enum {
	SESSIONS_MAX      = 8,
	SESSION_OUT_BYTES = 16384,	/* OUTPUT's limit */
	ARGUMENT_MAX      = 128
};

struct session;

/* One row of the command table, command.c. */
struct command {
	const char *noun, *verb;	/* verb NULL: a single word */
	const char *usage;		/* "card freeze NUMBER" */
	unsigned    operands;		/* exactly so many */
	/* Order: and the birth name and date of the patient it is for. */
	bool        takes_order, takes_lab, takes_card;
	const char *help[LANG_COUNT];
	void (*start)(struct session *s);
	/* An answer to the request in flight. */
	void (*on_answer)(struct session *s, const struct message *m);
};

/* What stood on the command line. */
struct options {
	bool json, lab, held;
	char order[ARGUMENT_MAX + 1];
	char birth_name[ARGUMENT_MAX + 1];
	char birth_date[ARGUMENT_MAX + 1];
	char card[ARGUMENT_MAX + 1];
	char operand[ARGUMENT_MAX + 1];
	char biologist[ARGUMENT_MAX + 1];
};

struct audit_walk;

struct session {
	struct role    *role;
	struct channel  guichet;	/* to the command */
	const struct command *command;	/* NULL: none yet */
	struct options  options;
	enum lang       lang;
	bool            in_use;
	uint64_t        request;	/* of the answer awaited; 0: none */
	enum role_id    asked;		/* who is to give it */
	unsigned        step;		/* the command's own */
	uint64_t        rows;		/* printed so far */
	char            actor[64];	/* "uid:0", for the audit record */
	uint8_t         last[32];	/* the last row's key, for the next page */
	struct card_issued *issued;	/* card new; wiped with the session */
	bool            has_traits;	/* card new: of whose order it is */
	uint8_t         traits[32];
	struct audit_walk  *audit;	/* audit verify */
	struct message  postponed;	/* a request that waits for the reader */
	enum role_id    postponed_to;
	size_t          postponed_field;	/* offset of its request number */
	bool            is_postponed;
	bool            lost_output;
	struct json_writer  json;
	struct buf      out;
	uint8_t         out_storage[SESSION_OUT_BYTES];
};

/* Takes over a connected local socket; closes it where all are in use. */
void session_accept(struct role *role, int fd, unsigned long uid);

/* The session that waits for `request`, or NULL (it has gone). */
struct session *session_waiting(uint64_t request);

/* A role went away: every session that waits for it says so and ends. */
void session_peer_lost(enum role_id peer);

/* Prints one of the texts, or plain bytes, to standard output (1) or
 * standard error (2) of the command. */
void session_print(struct session *s, int stream, enum text_id id, ...);
void session_write(struct session *s, struct span bytes);

/* Sends a request whose answers will come to the command's on_answer();
 * sets the request number itself, in the field given.  What the request's
 * spans borrow must live as long as the session. */
void session_ask(struct session *s, enum role_id to, struct message *m,
    uint64_t *request_field);

/* Sends what is gathered, then EXIT; the session is over. */
void session_finish(struct session *s, unsigned code);

/* Prints FAILED with the status' text, and finishes with 1. */
void session_fail(struct session *s, enum status st);

/* Ends a command that did one thing: DONE's outcome OK prints `good`,
 * NOT_FOUND prints `missing`, each with the operand; others as session_fail. */
void session_finish_action(struct session *s, const struct msg_done *done,
    enum text_id good, enum text_id missing);

/* Ends a list, or has `ask_next` ask for its next page; `none` is printed
 * where there was no row and no JSON is wanted. */
void session_finish_page(struct session *s, const struct msg_done *done,
    void (*ask_next)(struct session *s), enum text_id none);

#endif
