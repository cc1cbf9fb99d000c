/*
 * dsn.h -- whether a mail says that one of ours could not be delivered
 * (RFC 3464; and the plain texts that some servers write instead).
 *
 * Line by line, so that nobody's mail is ever held as a whole.  A mail is such
 * a report when its headers say so (multipart/report, an empty Return-Path, a
 * From with MAILER-DAEMON) and its body repeats our Original-Envelope-Id or
 * the Message-ID of ours, both REFERENCE@DOMAIN.
 * Pure.  Never: keeps words, addresses.
 */
#ifndef WIRE_DSN_H
#define WIRE_DSN_H

#include "base/span.h"

enum { DSN_REFERENCE = 22 };

struct dsn {
	struct span domain;	/* of our addresses; borrowed */
	bool in_body;
	bool is_report, is_delay;	/* by its headers */
	bool has_reference, has_action, has_failed;
	bool has_status;
	uint8_t  reference[DSN_REFERENCE];
	unsigned status[3];	/* "5.1.1" */
};

void dsn_start(struct dsn *d, struct span domain);

/* The next line, without its end. */
void dsn_line(struct dsn *d, struct span line);

enum dsn_kind {
	DSN_NOT_OURS,
	DSN_OTHER,		/* of ours, but not a failure: delayed, say */
	DSN_FAILED		/* d->reference came back */
};

/* After the last line. */
enum dsn_kind dsn_end(const struct dsn *d);

#endif
