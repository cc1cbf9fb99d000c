/*
 * cda_tree.h -- an XML document (XML 1.0, Namespaces 1.0) as a tree of its
 * elements in an arena; what CDA documents are read from (cda.h).
 *
 * No document type, hence no entities but the five of XML; nothing outside
 * the document is ever asked for.  Comments and processing instructions are
 * passed over.  Depth, elements, attributes and the parser's own memory are
 * bounded below; all memory comes from the arena.
 *
 * Fed in one piece or in many: the tree is the same, whatever the cuts.
 * Readers may take turns but not run in two threads: expat's allocator has
 * no context.
 */
#ifndef WIRE_CDA_TREE_H
#define WIRE_CDA_TREE_H

#include "base/arena.h"

enum {
	CDA_DEPTH_MAX      = 128,
	CDA_NODES_MAX      = 200000,	/* elements and texts */
	CDA_ATTRIBUTES_MAX = 32,	/* of one element */
	CDA_LOOK_MAX       = 1024,	/* siblings looked at for a name */
	CDA_NAMES          = 256,	/* kept, for they come again and again */
	CDA_SALT_BYTES     = 16
};

struct cda_attribute {
	struct span name, value;	/* local names; "xsi:type" is "type" */
	struct cda_attribute *next;
};

/* An element, or a piece of text between two tags that is not all blank. */
struct cda_node {
	struct span name;	/* local; empty: a text.  "?" where it is not
				   in the namespace of HL7 v3 */
	struct span text;	/* of a text: UTF-8 */
	struct cda_attribute *attributes;
	struct cda_node *parent, *first, *last, *next;
};

struct cda_pool;

struct cda_tree {
	struct arena *arena;
	void *parser;			/* an XML_Parser */
	struct cda_pool *pool;		/* all the memory that expat has */
	struct cda_node *root;		/* NULL: none yet */
	struct cda_node *open;		/* the innermost that is not closed */
	struct span names[CDA_NAMES];	/* by a hash of them */
	struct buf text;		/* room for texts */
	size_t text_start;		/* of the one that grows */
	size_t expected;		/* bytes still to come, at the most */
	unsigned depth, nodes;
	enum status failed;		/* ST_OK so far */
	const char *why;		/* of `failed`; static text */
};

/*
 * Starts a reader; `size` is how many bytes will come, at the most.  `salt`
 * keeps names that collide in a hash table from being chosen.
 * ST_OK, or ST_TOO_BIG: the arena is full.
 */
MUST_CHECK enum status
cda_tree_start(struct cda_tree *t, struct arena *arena, size_t size,
    const uint8_t salt[static CDA_SALT_BYTES]);

/*
 * Takes the next bytes.  After a failure all further ones are refused, and
 * t->why says what it was.
 *
 *   ST_OK
 *   ST_MALFORMED    not well-formed, or in an encoding that is not known
 *                   (UTF-8, UTF-16, ISO-8859-1 and US-ASCII are)
 *   ST_UNSUPPORTED  a document type declaration
 *   ST_TOO_BIG      a limit from above, or the arena is full
 */
MUST_CHECK enum status cda_tree_feed(struct cda_tree *t, struct span bytes);

/* No more bytes: the same statuses; ST_OK means that t->root is whole. */
MUST_CHECK enum status cda_tree_end(struct cda_tree *t);

/* --- looking at it --------------------------------------------------------- */

/* The first child element of that name; NULL where there is none, and for
 * NULL.  Like all that look for a name: among CDA_LOOK_MAX siblings, so that
 * asking often costs no time squared. */
const struct cda_node *cda_child(const struct cda_node *n, const char *name);

/* The next sibling of the same name. */
const struct cda_node *cda_again(const struct cda_node *n);

/* The first element at "recordTarget/patientRole/patient", under `n`. */
const struct cda_node *cda_at(const struct cda_node *n, const char *path);

/* The next node in document order that is below `top`; NULL at the end.
 * Starts with cda_after(top, top). */
const struct cda_node *
cda_after(const struct cda_node *n, const struct cda_node *top);

/* The same, without what is below `n`. */
const struct cda_node *
cda_beyond(const struct cda_node *n, const struct cda_node *top);

bool cda_is(const struct cda_node *n, const char *name);

/* Its value without blanks around; empty where there is none, and for NULL. */
struct span cda_attribute(const struct cda_node *n, const char *name);

/* Its first text, without blanks around; empty where there is none. */
struct span cda_text(const struct cda_node *n);

/* All the text below it, runs of blanks and line ends as one blank, in
 * `arena`; empty where there is none, or where the arena is full. */
struct span cda_prose(const struct cda_node *n, struct arena *arena);

#endif
