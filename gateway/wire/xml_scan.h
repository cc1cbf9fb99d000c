/*
 * xml_scan.h -- the little XML that object stores answer with: elements and
 * texts, one after the other.
 *
 * Pure, no memory of its own, linear in the input; expat reads what a
 * laboratory sends, but would double the size of a program for five elements.
 * Never: entities other than the five of XML and none that a document
 * declares (a DOCTYPE is refused), CDATA, attributes' values.
 */
#ifndef WIRE_XML_SCAN_H
#define WIRE_XML_SCAN_H

#include "base/span.h"

enum { XML_DEPTH_MAX = 8 };

enum xml_event { XML_START, XML_END, XML_TEXT };

struct xml_scan {
	struct span rest;
	/* The open elements' names without prefix, outermost first. */
	struct span open[XML_DEPTH_MAX];
	unsigned depth;
	bool is_empty;		/* <a/>: its end comes next */
	bool has_root;
};

/* `in` is borrowed until the last xml_next(). */
void xml_start(struct xml_scan *x, struct span in);

/*
 * The next start, end or text; texts of white space alone are passed over.
 * `text` is the name, or the bytes as they stand, entities and all.
 * After START the element is x->open[x->depth - 1]; after END it is gone.
 *
 *   ST_OK
 *   ST_NOT_FOUND    the end: every element was closed
 *   ST_MALFORMED    not XML, or it ends inside an element
 *   ST_UNSUPPORTED  DOCTYPE, CDATA
 *   ST_TOO_BIG      deeper than XML_DEPTH_MAX
 */
MUST_CHECK enum status
xml_next(struct xml_scan *x, enum xml_event *event, struct span *text);

/* True inside elements `name[0]` ... `name[n - 1]` and no others, outermost
 * first. */
bool xml_is_in(const struct xml_scan *x, const char *const *name, unsigned n);

/* Appends `text` with the five entities resolved, any other as it stands.
 * ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status xml_unescape(struct span text, struct buf *out);

#endif
