#include "wire/cda_tree.h"

#include <expat.h>

#define HL7_V3 "urn:hl7-org:v3"

enum {
	SEPARATOR = '|',	/* between namespace and name */
	POOL_BYTES = 256 * 1024,
	CLASS_LEAST = 5,	/* 32 bytes */
	CLASSES = 14,		/* up to 256 KiB */
	TEXT_CHUNK = 64 * 1024,
	TEXT_LONG = 16 * 1024	/* where one may be a whole PDF */
};

/* --- expat's memory -------------------------------------------------------- */

/* Blocks of 32, 64, ... bytes; one that was given back serves again. */
struct block {
	struct block *next;	/* while it is free */
	size_t class;
	_Alignas(16) uint8_t data[];
};

struct cda_pool {
	size_t used;
	struct block *spare[CLASSES];
	_Alignas(16) uint8_t bytes[POOL_BYTES];
};

/* Whose pool: set while expat runs, because it gives no context. */
static struct cda_pool *pool;

static size_t
class_of(size_t size)
{
	size_t class = 0;

	while (class < CLASSES && ((size_t)1 << (class + CLASS_LEAST)) < size)
		class++;
	return class;
}

static void *
take(size_t size)
{
	size_t class = class_of(size);
	size_t whole = sizeof(struct block) +
	    ((size_t)1 << (class + CLASS_LEAST));
	struct block *b;

	if (pool == NULL || class == CLASSES)
		return NULL;
	b = pool->spare[class];
	if (b != NULL) {
		pool->spare[class] = b->next;
		return b->data;
	}
	if (whole > POOL_BYTES - pool->used)
		return NULL;
	b = (struct block *)(void *)(pool->bytes + pool->used);
	pool->used += whole;
	b->class = class;
	return b->data;
}

static struct block *
block_of(void *data)
{
	return (struct block *)(void *)((uint8_t *)data -
	    offsetof(struct block, data));
}

static void
give_back(void *data)
{
	struct block *b;

	if (data == NULL)
		return;
	b = block_of(data);
	b->next = pool->spare[b->class];
	pool->spare[b->class] = b;
}

static void *
resize(void *data, size_t size)
{
	size_t room;
	void *bigger;

	if (data == NULL)
		return take(size);
	room = (size_t)1 << (block_of(data)->class + CLASS_LEAST);
	if (size <= room)
		return data;
	bigger = take(size);
	if (bigger == NULL)
		return NULL;
	memcpy(bigger, data, room);
	give_back(data);
	return bigger;
}

/* --- failing --------------------------------------------------------------- */

static void
fail(struct cda_tree *t, enum status st, const char *why)
{
	if (t->failed != ST_OK)
		return;
	t->failed = st;
	t->why = why;
	XML_StopParser(t->parser, XML_FALSE);
}

static void *
get(struct cda_tree *t, size_t size)
{
	void *p = arena_alloc(t->arena, size);

	if (p == NULL)
		fail(t, ST_TOO_BIG, "the document needs more memory than one "
		    "may have");
	return p;
}

/* --- nodes ----------------------------------------------------------------- */

static struct cda_node *
add_node(struct cda_tree *t)
{
	struct cda_node *n;

	if (++t->nodes > CDA_NODES_MAX) {
		fail(t, ST_TOO_BIG, "the document has too many elements");
		return NULL;
	}
	n = get(t, sizeof(*n));
	if (n == NULL)
		return NULL;
	n->parent = t->open;
	if (t->open == NULL)
		t->root = n;
	else if (t->open->last == NULL)
		t->open->first = n;
	else
		t->open->last->next = n;
	if (t->open != NULL)
		t->open->last = n;
	return n;
}

/* A copy of a name; mostly one that is there already. */
static struct span
keep(struct cda_tree *t, struct span s)
{
	uint8_t at = 0;
	struct span copy;

	for (size_t i = 0; i < s.len; i++)
		at = (uint8_t)(at * 31 + s.ptr[i]);
	if (t->names[at].ptr != NULL && span_equal(t->names[at], s))
		return t->names[at];
	copy = arena_copy(t->arena, s);
	if (copy.ptr == NULL)
		fail(t, ST_TOO_BIG, "the document needs more memory than one "
		    "may have");
	return t->names[at] = copy;
}

/* The name behind its namespace. */
static struct span
local(const char *name)
{
	const char *cut = strrchr(name, SEPARATOR);

	return span_of(cut == NULL ? name : cut + 1);
}

static bool
is_hl7(const char *name)
{
	return strncmp(name, HL7_V3 "|", sizeof(HL7_V3)) == 0;
}

static void
add_attributes(struct cda_tree *t, struct cda_node *n, const char **pair)
{
	struct cda_attribute **end = &n->attributes;
	unsigned count = 0;

	for (; pair[0] != NULL && t->failed == ST_OK; pair += 2) {
		struct cda_attribute *a;

		if (++count > CDA_ATTRIBUTES_MAX) {
			fail(t, ST_TOO_BIG, "an element has too many "
			    "attributes");
			return;
		}
		a = get(t, sizeof(*a) + strlen(pair[1]));
		if (a == NULL)
			return;
		a->name = keep(t, local(pair[0]));
		memcpy(a + 1, pair[1], strlen(pair[1]));
		a->value = (struct span){ (const uint8_t *)(a + 1),
		    strlen(pair[1]) };
		*end = a;
		end = &a->next;
	}
}

/* --- texts ------------------------------------------------------------------ */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* Ends the text that grows, if there is any. */
static void
close_text(struct cda_tree *t)
{
	struct span text = span_slice(buf_span(&t->text), t->text_start,
	    t->text.len);
	struct cda_node *n;

	if (t->failed != ST_OK)
		return;
	if (trimmed(text).len == 0) {
		t->text.len = t->text_start;
		return;
	}
	n = add_node(t);
	if (n != NULL)
		n->text = text;
	t->text_start = t->text.len;
}

/* More room, with the text that grows in front; for a long one all that may
 * still come, so that it does not move again. */
static enum status
grow(struct cda_tree *t, size_t len)
{
	struct span begun = span_slice(buf_span(&t->text), t->text_start,
	    t->text.len);
	size_t now = begun.len + len;
	size_t most = t->expected + 2 * now;
	size_t size = now > TEXT_LONG || most < TEXT_CHUNK ? most : TEXT_CHUNK;
	uint8_t *room = get(t, size);

	if (room == NULL)
		return ST_TOO_BIG;
	t->text = buf_over(room, size);
	t->text_start = 0;
	return buf_append_span(&t->text, begun);
}

static void
on_text(void *user, const XML_Char *text, int len)
{
	struct cda_tree *t = user;
	size_t n = (size_t)len;

	if (t->failed != ST_OK || t->open == NULL)
		return;
	if (n > t->text.max - t->text.len && grow(t, n) != ST_OK)
		return;
	if (buf_append(&t->text, text, n) != ST_OK)
		fail(t, ST_TOO_BIG, "a text is too long");
}

/* --- expat's events ---------------------------------------------------------- */

static void
on_start(void *user, const XML_Char *name, const XML_Char **pairs)
{
	struct cda_tree *t = user;
	struct cda_node *n;

	close_text(t);
	if (t->failed != ST_OK)
		return;
	if (t->depth == CDA_DEPTH_MAX) {
		fail(t, ST_TOO_BIG, "the document is nested too deep");
		return;
	}
	n = add_node(t);
	if (n == NULL)
		return;
	t->depth++;
	n->name = is_hl7(name) ? keep(t, local(name)) : span_of("?");
	add_attributes(t, n, pairs);
	t->open = n;
}

static void
on_end(void *user, const XML_Char *name)
{
	struct cda_tree *t = user;

	(void)name;
	close_text(t);
	if (t->failed != ST_OK)
		return;
	t->open = t->open->parent;
	t->depth--;
}

static void
on_doctype(void *user, const XML_Char *name, const XML_Char *system,
    const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	fail(user, ST_UNSUPPORTED, "the document has a document type "
	    "declaration (DOCTYPE)");
}

/* --- the reader --------------------------------------------------------------- */

/* See cda_tree.h. */
enum status
cda_tree_start(struct cda_tree *t, struct arena *arena, size_t size,
    const uint8_t salt[static CDA_SALT_BYTES])
{
	static const XML_Memory_Handling_Suite memory = {
		take, resize, give_back,
	};
	static const XML_Char separator[] = { SEPARATOR, '\0' };

	*t = (struct cda_tree){ .arena = arena, .expected = size };
	t->failed = ST_TOO_BIG;
	t->pool = pool = arena_alloc(arena, sizeof(*pool));
	t->parser = XML_ParserCreate_MM(NULL, &memory, separator);
	/* It adds to the pointer to its buffer even where it has none. */
	if (t->parser != NULL && XML_GetBuffer(t->parser, 1) == NULL)
		t->parser = NULL;
	pool = NULL;
	if (t->parser == NULL) {
		t->why = "the document needs more memory than one may have";
		return t->failed;
	}
	t->failed = ST_OK;
	(void)XML_SetHashSalt16Bytes(t->parser, salt);
	XML_SetUserData(t->parser, t);
	XML_SetElementHandler(t->parser, on_start, on_end);
	XML_SetCharacterDataHandler(t->parser, on_text);
	XML_SetStartDoctypeDeclHandler(t->parser, on_doctype);
	return ST_OK;
}

static void
judge(struct cda_tree *t)
{
	enum XML_Error error = XML_GetErrorCode(t->parser);

	if (t->failed != ST_OK)
		return;
	t->failed = error == XML_ERROR_NO_MEMORY ? ST_TOO_BIG : ST_MALFORMED;
	t->why = t->failed == ST_TOO_BIG
	    ? "a name or an attribute of the document is too long"
	    : "the document is not well-formed XML";
}

static enum status
parse(struct cda_tree *t, struct span bytes, int is_last)
{
	if (t->failed != ST_OK)
		return t->failed;
	if (bytes.len > INT32_MAX)
		return t->failed = ST_TOO_BIG;
	pool = t->pool;
	if (XML_Parse(t->parser, (const char *)bytes.ptr, (int)bytes.len,
	    is_last) != XML_STATUS_OK)
		judge(t);
	pool = NULL;
	t->expected -= bytes.len < t->expected ? bytes.len : t->expected;
	return t->failed;
}

/* See cda_tree.h. */
enum status
cda_tree_feed(struct cda_tree *t, struct span bytes)
{
	return bytes.len == 0 ? t->failed : parse(t, bytes, XML_FALSE);
}

/* See cda_tree.h. */
enum status
cda_tree_end(struct cda_tree *t)
{
	return parse(t, (struct span){ (const uint8_t *)"", 0 }, XML_TRUE);
}

/* --- looking at it -------------------------------------------------------------- */

/* See cda_tree.h. */
bool
cda_is(const struct cda_node *n, const char *name)
{
	return n != NULL && span_is(n->name, name);
}

/* The first of `n` and its next siblings that has that name. */
static const struct cda_node *
named(const struct cda_node *n, struct span name)
{
	for (unsigned i = 0; n != NULL && i < CDA_LOOK_MAX; i++, n = n->next)
		if (span_equal(n->name, name))
			return n;
	return NULL;
}

/* See cda_tree.h. */
const struct cda_node *
cda_child(const struct cda_node *n, const char *name)
{
	return n == NULL ? NULL : named(n->first, span_of(name));
}

/* See cda_tree.h. */
const struct cda_node *
cda_again(const struct cda_node *n)
{
	return n == NULL ? NULL : named(n->next, n->name);
}

/* See cda_tree.h. */
const struct cda_node *
cda_at(const struct cda_node *n, const char *path)
{
	while (n != NULL && *path != '\0') {
		size_t len = strcspn(path, "/");

		n = named(n->first, (struct span){ (const uint8_t *)path, len });
		path += len;
		path += *path == '/';
	}
	return n;
}

/* See cda_tree.h. */
const struct cda_node *
cda_beyond(const struct cda_node *n, const struct cda_node *top)
{
	while (n != NULL && n != top && n->next == NULL)
		n = n->parent;
	return n == NULL || n == top ? NULL : n->next;
}

/* See cda_tree.h. */
const struct cda_node *
cda_after(const struct cda_node *n, const struct cda_node *top)
{
	if (n == NULL)
		return NULL;
	return n->first != NULL ? n->first : cda_beyond(n, top);
}

/* See cda_tree.h. */
struct span
cda_attribute(const struct cda_node *n, const char *name)
{
	const struct cda_attribute *a = n == NULL ? NULL : n->attributes;

	while (a != NULL && !span_is(a->name, name))
		a = a->next;
	return a == NULL ? (struct span){ 0 } : trimmed(a->value);
}

/* See cda_tree.h. */
struct span
cda_text(const struct cda_node *n)
{
	struct span text = { 0 };

	for (n = n == NULL ? NULL : n->first; n != NULL && text.len == 0;
	    n = n->next)
		if (n->name.len == 0)
			text = trimmed(n->text);
	return text;
}

/* Appends `text` with single blanks; cannot fail, it never grows. */
static void
add_prose(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len && out->len < out->max; i++) {
		bool blank = is_blank(text.ptr[i]);

		if (blank && (out->len == 0 || out->ptr[out->len - 1] == ' '))
			continue;
		out->ptr[out->len++] = blank ? ' ' : text.ptr[i];
	}
}

/* See cda_tree.h. */
struct span
cda_prose(const struct cda_node *n, struct arena *arena)
{
	const struct cda_node *at;
	struct buf out;
	size_t len = 0;

	/* One more for each piece: they are kept apart. */
	for (at = cda_after(n, n); at != NULL; at = cda_after(at, n))
		len += at->text.len + 1;
	out = buf_over(len == 0 ? NULL : arena_alloc(arena, len), len);
	if (out.ptr == NULL)
		return (struct span){ 0 };
	for (at = cda_after(n, n); at != NULL; at = cda_after(at, n)) {
		add_prose(&out, at->text);
		if (at->text.len > 0)
			add_prose(&out, span_of(" "));
	}
	return trimmed(buf_span(&out));
}
