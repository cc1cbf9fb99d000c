/*
 * json_tree.h -- reads JSON (RFC 8259) into a tree, for documents in which
 * digits and duplicates matter: FHIR and sidecar files.
 *
 * Numbers stay the text that was sent: 5.10 is not 5.1 (R40).  What two
 * readers could understand in two ways is refused: a key twice, bytes that
 * are not UTF-8, half a surrogate pair, U+0000, anything after the end.
 * Never: recursion over the input, heap, a number as a double.
 * Why no library: docs/decisions/0021-json-reader.md.
 */
#ifndef WIRE_JSON_TREE_H
#define WIRE_JSON_TREE_H

#include "base/arena.h"

enum {
	TREE_DEPTH_MAX   = 64,		/* arrays and objects inside another */
	TREE_MEMBERS_MAX = 128,		/* of one object */
	TREE_NODES_MAX   = 262144	/* values of any kind */
};

enum tree_kind {
	TREE_NULL, TREE_FALSE, TREE_TRUE, TREE_NUMBER, TREE_STRING,
	TREE_ARRAY, TREE_OBJECT
};

struct tree_node {
	enum tree_kind kind;
	unsigned n;			/* members or elements */
	struct span key;		/* of a member, unescaped */
	struct span text;		/* STRING: unescaped; NUMBER: as sent */
	const struct tree_node *first;	/* of an array or object */
	const struct tree_node *next;	/* beside it */
};

/*
 * Reads the one value in `in`; a byte order mark before it is passed over.
 * Texts without an escape borrow from `in`, all else from `arena`.
 *
 *   ST_OK         `*root` is set
 *   ST_MALFORMED  not JSON, not UTF-8, or U+0000 in a text
 *   ST_EXISTS     an object has a key twice
 *   ST_TOO_BIG    over a limit above, or the arena's
 *
 * In all but the first, `*at` is the byte at which reading stopped.
 */
MUST_CHECK enum status
tree_read(struct span in, struct arena *arena, const struct tree_node **root,
    size_t *at);

/* --- looking: NULL stands for what is absent, and is allowed everywhere --- */

/* The member of that name; NULL also where `node` is no object. */
const struct tree_node *
tree_member(const struct tree_node *node, const char *key);

/* The first element or member; NULL also where `node` has none. */
const struct tree_node *tree_first(const struct tree_node *node);

bool tree_is(const struct tree_node *node, enum tree_kind kind);

/* The text of a string, empty for anything else. */
struct span tree_text(const struct tree_node *node);

/* The text of the member of that name. */
struct span tree_text_of(const struct tree_node *node, const char *key);

#endif
