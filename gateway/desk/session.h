/*
 * session.h -- one `guichet` command being carried out.
 *
 *   COMMAND arrives -> command_start() -> lines of the command's standard
 *   input, where it wants any -> requests to other roles, one at a time ->
 *   command's on_answer() -> ... -> session_finish() sends EXIT and closes.
 *
 * Output is gathered and sent in pieces; the buffer is wiped, because it may
 * hold a slip.  What a card was made of (code, day code, addresses) and what
 * the options held are wiped by session_finish() already, whatever happened.
 * While the command reads slowly, the next page of a list is not asked for:
 * nothing is dropped.
 */
#ifndef DESK_SESSION_H
#define DESK_SESSION_H

#include "base/json_writer.h"
#include "desk/texts.h"
#include "ipc/role.h"

enum {
	SESSIONS_MAX      = 8,
	SESSION_OUT_BYTES = 16384,	/* OUTPUT's limit */
	ARGUMENT_MAX      = 128,
	MAILBOX_BYTES     = 254,	/* RFC 5321 */
	LINE_MAX_BYTES    = 1024	/* of standard input: INPUT's limit */
};

/* What a command takes: bits of its row. */
enum {
	TAKES_ORDER = 1,	/* and the patient's birth name and date */
	TAKES_LAB = 2,
	TAKES_CARD = 4,
	TAKES_HELD = 8,
	TAKES_BIOLOGIST = 16,
	TAKES_NOTICES = 32,	/* internet, phone, mail, language, secret */
	TAKES_SECRET_LINE = 64	/* a line that is not shown -> options.line */
};

struct session;

/* One row of the command table, command.c. */
struct command {
	const char *noun, *verb;	/* verb NULL: a single word */
	const char *usage;		/* "card freeze NUMBER" */
	unsigned    operands;		/* exactly so many */
	unsigned    takes;		/* TAKES_... */
	const char *help[LANG_COUNT];
	void (*start)(struct session *s);
	/* An answer to the request in flight. */
	void (*on_answer)(struct session *s, const struct message *m);
	unsigned    away_code;		/* exit where a role is away; 0: 1 */
};

/* What stood on the command line, or, where "-" did, on standard input. */
struct options {
	bool json, lab, held, internet, secret;
	char order[ARGUMENT_MAX + 1];
	char birth_name[ARGUMENT_MAX + 1];	/* PERSONAL */
	char birth_date[ARGUMENT_MAX + 1];
	char card[ARGUMENT_MAX + 1];
	char operand[ARGUMENT_MAX + 1];
	char biologist[ARGUMENT_MAX + 1];
	char language[ARGUMENT_MAX + 1];
	char phone[ARGUMENT_MAX + 1];		/* PERSONAL */
	char mail[MAILBOX_BYTES + 1];		/* PERSONAL */
	char line[LINE_MAX_BYTES + 1];		/* SECRET */
};

/* Options whose values are still to come, in this order: desk/options.c. */
struct options_wait {
	uint8_t  option[4];
	unsigned n, next;
};

struct audit_walk;

struct session {
	struct role    *role;
	struct channel  guichet;	/* to the command */
	const struct command *command;	/* NULL: none yet */
	struct options  options;
	struct options_wait wait;	/* for lines of standard input */
	enum lang       lang;
	bool            in_use;
	bool            is_over;	/* EXIT was sent */
	bool            wants_line;	/* INPUT_GET is out */
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

/* Sends what is gathered, now. */
void session_flush(struct session *s);

/* Sends a request whose answers will come to the command's on_answer();
 * sets the request number itself, in the field given.  What the request's
 * spans borrow must live as long as the session. */
void session_ask(struct session *s, enum role_id to, struct message *m,
    uint64_t *request_field);

/* Asks for a line of standard input -> options_line(). */
void session_ask_line(struct session *s, enum text_id prompt, bool is_secret);

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
