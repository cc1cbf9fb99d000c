/*
 * sms_template.h -- what an SMS gateway wants to be told, as a template with
 * {user} {secret} {to} {text} {from} {reference}.
 *
 * A brace with lower-case letters up to its closing one is a place; any other
 * brace is itself, as JSON needs them.
 * Pure.
 */
#ifndef WIRE_SMS_TEMPLATE_H
#define WIRE_SMS_TEMPLATE_H

#include "base/span.h"

#define SMS_PLACE_MAP(X)                                                \
	X(USER,      "user")                                            \
	X(SECRET,    "secret")                                          \
	X(TO,        "to")                                              \
	X(TEXT,      "text")                                            \
	X(FROM,      "from")                                            \
	X(REFERENCE, "reference")

enum sms_place {
#define X(name, text) SMS_##name,
	SMS_PLACE_MAP(X)
#undef X
	SMS_PLACES
};

/* How a value is written. */
enum sms_escape {
	SMS_AS_FORM,	/* percent-encoded (RFC 3986 section 2.1); a blank: %20 */
	SMS_AS_JSON,	/* inside the quotation marks of a string (RFC 8259) */
	SMS_AS_HEADER	/* as it is; a control character is refused */
};

/*
 * Which places `text` has, as bits of `1u << enum sms_place`.
 *
 *   ST_OK
 *   ST_NOT_FOUND  a place that is none: `unknown` is its name
 */
MUST_CHECK enum status
sms_template_check(struct span text, unsigned *places, struct span *unknown);

/*
 * Appends `text` with its places filled; `out` is wiped by who owns it, when
 * it may hold a secret.
 *
 *   ST_OK
 *   ST_NOT_FOUND  as above
 *   ST_INVALID    a value that SMS_AS_HEADER cannot say
 *   ST_NO_SPACE
 */
MUST_CHECK enum status
sms_template_fill(struct span text, enum sms_escape escape,
    const struct span value[static SMS_PLACES], struct buf *out);

#endif
