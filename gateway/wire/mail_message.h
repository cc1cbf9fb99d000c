/*
 * mail_message.h -- one plain message, as bytes for SMTP's DATA (RFC 5322,
 * RFC 2045, RFC 2047).
 *
 * US-ASCII from end to end: headers are encoded words where they need to be,
 * the body is quoted-printable UTF-8.  CR LF ends each line; none is longer
 * than 76 characters but for addresses.
 * Pure.  Never: writes a header that names this program, adds a date of its
 * own.
 */
#ifndef WIRE_MAIL_MESSAGE_H
#define WIRE_MAIL_MESSAGE_H

#include "base/span.h"

/* Room that any message takes whose body is at most 2048 bytes long. */
enum { MAIL_MESSAGE_MAX = 16384 };

/* Addresses and reference are ASCII without blanks (config/remote.h checks
 * mailboxes); anything else in text is encoded, line ends in a header too. */
struct mail_message {
	struct span from_name;	/* UTF-8, or empty */
	struct span from, to;	/* local@domain */
	struct span subject;	/* UTF-8 */
	struct span body;	/* UTF-8, lines end in LF */
	struct span reference;	/* Message-ID: <reference@domain of from> */
	uint64_t    now_s;	/* UTC epoch seconds, for Date */
};

/* What stands behind the "@"; empty where there is none. */
struct span mail_domain(struct span address);

/* Appends the message.  ST_OK; ST_NO_SPACE. */
MUST_CHECK enum status
mail_message_write(const struct mail_message *m, struct buf *out);

#endif
