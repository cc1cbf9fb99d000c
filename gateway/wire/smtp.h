/*
 * smtp.h -- a submission client's half of SMTP (RFC 5321, RFC 6409): replies
 * in, commands out.
 *
 * Pure.  Never: keeps a reply's words.  They may quote a patient's address;
 * what is known of a reply afterwards are its numbers and, of EHLO's, which
 * extensions it names.
 */
#ifndef WIRE_SMTP_H
#define WIRE_SMTP_H

#include "base/span.h"

enum {
	SMTP_LINE_MAX = 2048,	/* RFC 5321 section 4.5.3.1.5 says 512 */
	SMTP_LINES_MAX = 128,	/* of a reply */
	SMTP_COMMAND_MAX = 4096,	/* room for any command below */
	SMTP_ENVELOPE_MAX = 100	/* RFC 3461 section 4.4 */
};

/* Of EHLO's reply; bits. */
enum smtp_extension {
	SMTP_STARTTLS   = 1,	/* RFC 3207 */
	SMTP_AUTH_PLAIN = 2,	/* RFC 4954 */
	SMTP_DSN        = 4	/* RFC 3461 */
};

struct smtp_reply {
	unsigned code;		/* 200 to 599 */
	/* RFC 2034's "5.1.1", of the first line; 0.0.0: there is none. */
	unsigned enhanced_class, enhanced_subject, enhanced_detail;
	unsigned extensions;	/* enum smtp_extension, of all lines but the first */
};

/* Holds the start of a line until its end is there. */
struct smtp_reader {
	struct smtp_reply reply;
	unsigned lines;
	size_t   line_len;
	uint8_t  line[SMTP_LINE_MAX];
};

/* Before each reply. */
void smtp_expect(struct smtp_reader *r);

/*
 * Takes bytes from `in`, moving it on.
 *
 *   ST_OK         a whole reply is in r->reply; what is left of `in` was sent
 *                 out of turn, since nothing here is pipelined
 *   ST_MORE       all of `in` is consumed
 *   ST_TOO_BIG    a line or the reply is too long
 *   ST_MALFORMED  not a reply, or lines with different codes
 */
MUST_CHECK enum status smtp_push(struct smtp_reader *r, struct span *in);

/*
 * Commands: each appends one line with its CR LF.  ST_OK; ST_NO_SPACE;
 * ST_INVALID: an argument holds a control character, a blank or an angle
 * bracket, and nothing was appended.
 */
MUST_CHECK enum status smtp_ehlo(struct span domain, struct buf *out);
/* RFC 4616: with the initial response; `only_response`: it alone, for a
 * server that asks again.  ST_INVALID: a NUL in either. */
MUST_CHECK enum status
smtp_auth_plain(struct span user, struct span secret, bool only_response,
    struct buf *out);
/* `has_dsn`: the server offers it; then `envelope` becomes ENVID, unless it is
 * empty or longer than SMTP_ENVELOPE_MAX. */
MUST_CHECK enum status
smtp_mail(struct span from, bool has_dsn, struct span envelope,
    struct buf *out);
MUST_CHECK enum status
smtp_rcpt(struct span to, bool has_dsn, struct buf *out);
/* A message whose lines end in CR LF, with what DATA needs (section 4.5.2):
 * a dot before each dot that begins a line, and the end. */
MUST_CHECK enum status smtp_data(struct span message, struct buf *out);

#endif
