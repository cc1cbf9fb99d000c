/*
 * json_header.h -- reads the small JSON objects of JOSE headers.
 *
 * Stricter than RFC 8259: ASCII only, no escapes in strings, no member name
 * twice (RFC 7515 section 4 lets a reader refuse that), a bounded count of
 * members and a bounded depth.  Values that are not strings or objects are
 * checked and kept as text.  Pure: no allocation, no BearSSL.
 */
#ifndef JOSE_JSON_HEADER_H
#define JOSE_JSON_HEADER_H

#include "base/span.h"

enum json_kind { JSON_KIND_STRING, JSON_KIND_OBJECT, JSON_KIND_OTHER };

struct json_member {
	struct span    name;	/* without the quotes */
	struct span    value;	/* a string without its quotes, else raw */
	enum json_kind kind;
};

enum { JSON_HEADER_MEMBERS = 16, JSON_HEADER_DEPTH = 4 };

struct json_header {
	struct json_member member[JSON_HEADER_MEMBERS];
	size_t             count;
};

/*
 * Reads one object that fills `text`; the members borrow from it.
 *
 *   ST_OK
 *   ST_MALFORMED    not JSON, or a name twice
 *   ST_UNSUPPORTED  an escape, a byte above 0x7e, too many members, too deep
 */
MUST_CHECK enum status
json_header_read(struct span text, struct json_header *h);

/* The member of that name, or NULL; borrowed from `h`. */
const struct json_member *
json_header_find(const struct json_header *h, const char *name);

/* True if there is a member of that name and it is the string `text`. */
bool json_header_is(const struct json_header *h, const char *name,
    const char *text);

/* The string of that name; {NULL, 0} where there is none or it is none. */
struct span json_header_string(const struct json_header *h, const char *name);

#endif
