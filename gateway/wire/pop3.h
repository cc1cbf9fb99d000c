/*
 * pop3.h -- a POP3 server's replies (RFC 1939), line by line.
 *
 * Pure.  A line longer than POP3_LINE_MAX is cut: others' mails have any.
 * Never: keeps more than the line it is at.
 */
#ifndef WIRE_POP3_H
#define WIRE_POP3_H

#include "base/span.h"

enum { POP3_LINE_MAX = 1024, POP3_UID_MAX = 70 };

enum pop3_what {
	POP3_GOOD,		/* "+OK ..." */
	POP3_BAD,		/* "-ERR ..." */
	POP3_LINE,		/* of a reply of several lines, its dot undone */
	POP3_END		/* the lone dot */
};

struct pop3_reader {
	bool    is_multiline;	/* the reply that is being read, if it is good */
	bool    in_lines;	/* its first line was read */
	size_t  len;
	uint8_t line[POP3_LINE_MAX];
};

/* Before each reply; `is_multiline`: lines follow "+OK". */
void pop3_expect(struct pop3_reader *r, bool is_multiline);

/*
 * Takes bytes from `in`, moving it on, up to the end of a line.
 *
 *   ST_OK         `what`, and `line` without its end, valid until the next
 *                 call; after POP3_GOOD of a reply of one line, after POP3_BAD
 *                 and after POP3_END the reply is over
 *   ST_MORE       all of `in` is consumed
 *   ST_MALFORMED  a reply that begins with neither "+OK" nor "-ERR"
 */
MUST_CHECK enum status
pop3_push(struct pop3_reader *r, struct span *in, enum pop3_what *what,
    struct span *line);

/* A line of UIDL: "12 qhwkj8".  ST_OK: a number above 0, and the id, 1 to
 * POP3_UID_MAX printable characters; ST_MALFORMED. */
MUST_CHECK enum status
pop3_uid(struct span line, uint32_t *number, struct span *uid);

#endif
