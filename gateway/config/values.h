/*
 * values.h -- the kinds of values of keys.def: text -> field -> text.
 *
 * Pure: looks at nothing but its arguments.
 */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include "base/span.h"

#define VALUE_KIND_MAP(X)                                               \
	X(ID) X(TEXT) X(PATH) X(ADDRESS) X(ORIGIN) X(COUNT) X(DURATION) \
	X(SIZE) X(FIELDS) X(CHOICE) X(TIMEZONE) X(LISTEN) X(NETWORKS)   \
	X(FINGERPRINTS) X(SENDERS) X(LANGUAGE) X(PATTERN) X(FOLDER) X(CODES) \
	X(URL) X(SERVER) X(HOURS) X(MAILBOX) X(RESOLVERS) \
	X(INTERFACE) X(UPLINK) X(GATEWAY)

enum value_kind {
#define X(name) VALUE_##name,
	VALUE_KIND_MAP(X)
#undef X
	VALUE_KINDS
};

/* Where roles may see a key. */
enum {
	TO_INTAKE = 1, TO_VAULT = 2, TO_PICKUP = 4, TO_DESK = 8,
	TO_SPOOL = 16, TO_COURIER = 32,
	TO_ALL = TO_INTAKE | TO_VAULT | TO_PICKUP | TO_DESK
};

struct value_row {
	const char *key;
	enum value_kind kind;
	size_t      offset, size;	/* of the field in its struct */
	const char *initial;
	uint64_t    least, most;
	unsigned    roles;
	const char *words;		/* of a CHOICE: "a|b|c"; else NULL */
};

/*
 * Checks `text` and stores it into the field of `owner` that `row` describes.
 * ST_OK, or ST_INVALID with the field undefined.
 */
MUST_CHECK enum status
value_set(const struct value_row *row, void *owner, struct span text);

/* Appends the field as text that value_set() takes; ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
value_put(const struct value_row *row, const void *owner, struct buf *out);

#endif
