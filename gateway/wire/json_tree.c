#include "wire/json_tree.h"

#include "wire/charset.h"

struct reader {
	struct span in;
	size_t at;
	struct arena *arena;
	size_t n_nodes;
	unsigned depth;
	/* Arrays and objects that are still open, and their last element. */
	struct tree_node *open[TREE_DEPTH_MAX];
	struct tree_node *last[TREE_DEPTH_MAX];
};

static int
peek(const struct reader *r)
{
	return r->at < r->in.len ? r->in.ptr[r->at] : -1;
}

static void
skip_blanks(struct reader *r)
{
	int c = peek(r);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		r->at++;
		c = peek(r);
	}
}

static bool
takes(struct reader *r, int wanted)
{
	if (peek(r) != wanted)
		return false;
	r->at++;
	return true;
}

/* --- strings --------------------------------------------------------------- */

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits, or -1. */
static long
take_unit(struct reader *r)
{
	long unit = 0;

	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(peek(r));

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
		r->at++;
	}
	return unit;
}

/* The code point of \u, both halves of a pair (RFC 8259 section 7); -1
 * where it is none, or U+0000. */
static long
take_code_point(struct reader *r)
{
	long high = take_unit(r), low;

	if (high < 0xd800 || high > 0xdfff)
		return high == 0 ? -1 : high;
	if (high > 0xdbff || !takes(r, '\\') || !takes(r, 'u'))
		return -1;
	low = take_unit(r);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static size_t
utf8_encode(unsigned long c, uint8_t out[static 4])
{
	static const uint8_t mark[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
	out[0] = (uint8_t)(mark[n] | c);
	if (n == 1)
		out[0] = (uint8_t)c;
	return n;
}

static enum status
take_escape(struct reader *r, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *known;
	uint8_t bytes[4];
	int c = peek(r);
	long point;

	if (c <= 0)
		return ST_MALFORMED;
	r->at++;
	known = strchr(from, c);
	if (known != NULL)
		return buf_append(out, &to[known - from], 1);
	point = c == 'u' ? take_code_point(r) : -1;
	if (point < 0)
		return ST_MALFORMED;
	return buf_append(out, bytes, utf8_encode((unsigned long)point, bytes));
}

/* Up to the quote, a backslash, or a control character. */
static struct span
take_plain(struct reader *r)
{
	size_t from = r->at;

	while (r->at < r->in.len && r->in.ptr[r->at] != '"' &&
	    r->in.ptr[r->at] != '\\' && r->in.ptr[r->at] >= ' ')
		r->at++;
	return span_slice(r->in, from, r->at - from);
}

/* From the first backslash on: an escape is never shorter than what it
 * stands for, so the raw length is room enough. */
static enum status
take_escaped(struct reader *r, struct span plain, struct span *text)
{
	size_t end = r->at;
	struct buf out;

	while (end < r->in.len && r->in.ptr[end] != '"')
		end += r->in.ptr[end] == '\\' ? 2 : 1;
	out = buf_over(NULL, plain.len + end - r->at);
	out.ptr = arena_alloc(r->arena, out.max);
	if (out.ptr == NULL)
		return ST_TOO_BIG;
	while (buf_append_span(&out, plain) == ST_OK && takes(r, '\\')) {
		TRY(take_escape(r, &out));
		plain = take_plain(r);
	}
	*text = buf_span(&out);
	return takes(r, '"') ? ST_OK : ST_MALFORMED;
}

static enum status
take_string(struct reader *r, struct span *text)
{
	if (!takes(r, '"'))
		return ST_MALFORMED;
	*text = take_plain(r);
	if (takes(r, '"'))
		return ST_OK;
	return peek(r) == '\\' ? take_escaped(r, *text, text) : ST_MALFORMED;
}

/* --- numbers and words ----------------------------------------------------- */

static bool
take_digits(struct reader *r)
{
	size_t from = r->at;

	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	return r->at > from;
}

/* RFC 8259 section 6. */
static enum status
take_number(struct reader *r, struct span *text)
{
	size_t from = r->at;

	takes(r, '-');
	if (!takes(r, '0') && !take_digits(r))
		return ST_MALFORMED;
	if (takes(r, '.') && !take_digits(r))
		return ST_MALFORMED;
	if (takes(r, 'e') || takes(r, 'E')) {
		if (!takes(r, '+'))
			takes(r, '-');
		if (!take_digits(r))
			return ST_MALFORMED;
	}
	*text = span_slice(r->in, from, r->at - from);
	return ST_OK;
}

static enum status
take_word(struct reader *r, enum tree_kind *kind)
{
	static const struct {
		const char *word;
		enum tree_kind kind;
	} row[] = {
		{ "null", TREE_NULL }, { "false", TREE_FALSE },
		{ "true", TREE_TRUE },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		if (!span_is(span_slice(r->in, r->at, strlen(row[i].word)),
		    row[i].word))
			continue;
		r->at += strlen(row[i].word);
		*kind = row[i].kind;
		return ST_OK;
	}
	return ST_MALFORMED;
}

/* --- the tree -------------------------------------------------------------- */

static enum status
take_key(struct reader *r, struct span *key)
{
	const struct tree_node *o = r->open[r->depth - 1]->first;

	TRY(take_string(r, key));
	skip_blanks(r);
	if (!takes(r, ':'))
		return ST_MALFORMED;
	skip_blanks(r);
	for (; o != NULL; o = o->next)
		if (span_equal(o->key, *key))
			return ST_EXISTS;
	return ST_OK;
}

/* Hangs `node` on the innermost open array or object. */
static enum status
hang(struct reader *r, struct tree_node *node)
{
	struct tree_node *parent;

	if (r->depth == 0)
		return ST_OK;
	parent = r->open[r->depth - 1];
	if (parent->kind == TREE_OBJECT && parent->n == TREE_MEMBERS_MAX)
		return ST_TOO_BIG;
	if (parent->n++ == 0)
		parent->first = node;
	else
		r->last[r->depth - 1]->next = node;
	r->last[r->depth - 1] = node;
	return ST_OK;
}

static enum status
take_scalar(struct reader *r, struct tree_node *node)
{
	int c = peek(r);

	if (c == '"') {
		node->kind = TREE_STRING;
		return take_string(r, &node->text);
	}
	if (c == '-' || (c >= '0' && c <= '9')) {
		node->kind = TREE_NUMBER;
		return take_number(r, &node->text);
	}
	return take_word(r, &node->kind);
}

/* One value; an array or object is only opened. */
static enum status
take_value(struct reader *r, struct tree_node **out)
{
	struct tree_node *node;

	if (++r->n_nodes > TREE_NODES_MAX)
		return ST_TOO_BIG;
	node = arena_alloc(r->arena, sizeof(*node));
	if (node == NULL)
		return ST_TOO_BIG;
	*out = node;
	if (r->depth > 0 && r->open[r->depth - 1]->kind == TREE_OBJECT)
		TRY(take_key(r, &node->key));
	TRY(hang(r, node));
	if (peek(r) != '[' && peek(r) != '{')
		return take_scalar(r, node);
	node->kind = takes(r, '[') ? TREE_ARRAY : TREE_OBJECT;
	if (node->kind == TREE_OBJECT)
		r->at++;
	if (r->depth == TREE_DEPTH_MAX)
		return ST_TOO_BIG;
	r->open[r->depth++] = node;
	return ST_OK;
}

/* After a value: what ends with it.  ST_MORE: another value follows. */
static enum status
after_value(struct reader *r, bool opened)
{
	while (r->depth > 0) {
		int end = r->open[r->depth - 1]->kind == TREE_ARRAY ? ']' : '}';

		skip_blanks(r);
		if (takes(r, end)) {
			r->depth--;
			opened = false;
			continue;
		}
		if (!opened && !takes(r, ','))
			return ST_MALFORMED;
		skip_blanks(r);
		return ST_MORE;
	}
	skip_blanks(r);
	return r->at == r->in.len ? ST_OK : ST_MALFORMED;
}

static enum status
read_all(struct reader *r, struct tree_node **root)
{
	struct tree_node *node;
	enum status st;

	skip_blanks(r);
	do {
		unsigned depth = r->depth;

		TRY(take_value(r, &node));
		if (*root == NULL)
			*root = node;
		st = after_value(r, r->depth > depth);
	} while (st == ST_MORE);
	return st;
}

/* See json_tree.h. */
enum status
tree_read(struct span in, struct arena *arena, const struct tree_node **root,
    size_t *at)
{
	struct reader r = { .in = in, .arena = arena };
	struct tree_node *first = NULL;
	enum status st;

	if (span_is(span_slice(in, 0, 3), "\xef\xbb\xbf"))
		r.at = 3;
	st = charset_is_utf8(in) ? read_all(&r, &first) : ST_MALFORMED;
	if (st == ST_OK)
		*root = first;
	else
		*at = r.at;
	return st;
}

/* --- looking --------------------------------------------------------------- */

/* See json_tree.h. */
const struct tree_node *
tree_member(const struct tree_node *node, const char *key)
{
	const struct tree_node *m;

	if (!tree_is(node, TREE_OBJECT))
		return NULL;
	for (m = node->first; m != NULL; m = m->next)
		if (span_is(m->key, key))
			return m;
	return NULL;
}

/* See json_tree.h. */
const struct tree_node *
tree_first(const struct tree_node *node)
{
	return node == NULL ? NULL : node->first;
}

/* See json_tree.h. */
bool
tree_is(const struct tree_node *node, enum tree_kind kind)
{
	return node != NULL && node->kind == kind;
}

/* See json_tree.h. */
struct span
tree_text(const struct tree_node *node)
{
	return tree_is(node, TREE_STRING) ? node->text : (struct span){ 0 };
}

/* See json_tree.h. */
struct span
tree_text_of(const struct tree_node *node, const char *key)
{
	return tree_text(tree_member(node, key));
}
