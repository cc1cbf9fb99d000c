#include "wire/json_tree.h"

#include <stdlib.h>

#include "tap.h"

static struct arena arena;
static const struct tree_node *root;

static enum status
read_text(struct span text)
{
	size_t at = 0;

	arena_clear(&arena);
	arena_init(&arena, 64 << 20);
	root = NULL;
	return tree_read(text, &arena, &root, &at);
}

static enum status
read_json(const char *text)
{
	return read_text(span_of(text));
}

static void
test_values(void)
{
	ok(read_json(" {\"a\" : [1, -2.50e+3 ,true,false,null,\"x\"], "
	    "\"b\":{}} \n") == ST_OK, "R40 an object");
	const struct tree_node *a = tree_first(tree_member(root, "a"));

	ok(tree_is(root, TREE_OBJECT) && root->n == 2 &&
	    span_is(a->text, "1") && tree_is(a, TREE_NUMBER) &&
	    span_is(a->next->text, "-2.50e+3"), "R40 numbers stay as sent");
	a = a->next->next;
	ok(tree_is(a, TREE_TRUE) && tree_is(a->next, TREE_FALSE) &&
	    tree_is(a->next->next, TREE_NULL) &&
	    span_is(tree_text(a->next->next->next), "x") &&
	    a->next->next->next->next == NULL, "words and texts");
	ok(tree_is(tree_member(root, "b"), TREE_OBJECT) &&
	    tree_first(tree_member(root, "b")) == NULL, "an empty object");
	ok(tree_member(NULL, "x") == NULL && tree_first(NULL) == NULL &&
	    tree_text(NULL).len == 0 && !tree_is(NULL, TREE_NULL) &&
	    tree_text_of(root, "zz").len == 0, "what is absent is empty");
	ok(read_json("\xef\xbb\xbf\"x\"") == ST_OK, "a byte order mark");
}

static const struct {
	const char *json, *text;
} texts[] = {
	{ "\"\"", "" }, { "\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d" },
	{ "\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t" },
	{ "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "Aé€😀" },
	{ "\"x\\u00E9y\"", "xéy" }, { "\"é€😀\"", "é€😀" },
	{ "\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
	    "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf" },
};

static void
test_texts(void)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		ok(read_json(texts[i].json) == ST_OK &&
		    span_is(tree_text(root), texts[i].text), "R40 %s",
		    texts[i].json);
}

static const char *const bad[] = {
	"", " ", "{", "[", "]", "}", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}",
	"{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "[1 2]",
	"{\"a\":1 \"b\":2}", "1 2", "[1]]", "tru", "True", "nul", "nan",
	"Infinity", "-", "+1", "01", "1.", ".1", "1e", "1e+", "0x1", "--1",
	"\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u00g0\"",
	"\"\\u0000\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"",
	"\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\t\"", "\"\n\"", "\"\x01\"",
	"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"",
	"// c\n1", "/**/1", "[1]x", "{\"a\":1]", "[1}", "\"a\"\"b\"", "\\",
};

static void
test_bad(void)
{
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(read_json(bad[i]) == ST_MALFORMED, "R40 refused: %s",
		    bad[i][0] > ' ' && strchr(bad[i], '\n') == NULL &&
		    (uint8_t)bad[i][1] < 0x7f ? bad[i] : "bytes");
	ok(read_text((struct span){ (const uint8_t *)"\"\0\"", 3 }) ==
	    ST_MALFORMED, "R40 refused: a NUL");
}

static void
test_twice(void)
{
	ok(read_json("{\"a\":1,\"b\":2,\"a\":3}") == ST_EXISTS,
	    "R40 a key twice");
	ok(read_json("{\"a\":1,\"\\u0061\":3}") == ST_EXISTS,
	    "R40 a key twice, once escaped");
	ok(read_json("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}")
	    == ST_OK, "R40 but not in one object inside another");
}

static void
nested(char *text, size_t depth)
{
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
}

static void
test_limits(void)
{
	static char text[2 * TREE_NODES_MAX + 64];
	size_t at;

	nested(text, TREE_DEPTH_MAX);
	ok(read_json(text) == ST_OK, "R40 64 deep");
	nested(text, TREE_DEPTH_MAX + 1);
	ok(read_json(text) == ST_TOO_BIG, "R40 65 deep is too deep");
	at = (size_t)sprintf(text, "{");
	for (size_t i = 0; i < TREE_MEMBERS_MAX; i++)
		at += (size_t)sprintf(text + at, "\"%zu\":1,", i);
	sprintf(text + at - 1, "}");
	ok(read_json(text) == ST_OK, "R40 128 members");
	sprintf(text + at - 1, ",\"x\":1}");
	ok(read_json(text) == ST_TOO_BIG, "R40 129 members are too many");
	text[0] = '[';
	for (size_t i = 0; i < TREE_NODES_MAX - 1; i++)
		memcpy(text + 1 + 2 * i, "1,", 2);
	strcpy(text + 2 * (TREE_NODES_MAX - 1), "]");
	ok(read_json(text) == ST_OK && root->n == TREE_NODES_MAX - 1,
	    "R40 262144 values");
	strcpy(text + 2 * (TREE_NODES_MAX - 1), ",1]");
	ok(read_json(text) == ST_TOO_BIG, "R40 one more is too many");
}

/* Every cut of a whole is no whole; with memory that ends anywhere nothing
 * breaks. */
static void
test_cuts(void)
{
	static const char whole[] = "{\"a\":[1,2.50,{\"b\":\"\\u00e9\\n\"}],"
	    "\"c\":null,\"d\":\"x\\\\\"}";
	bool good = true, memory = true;

	for (size_t cut = 0; cut < sizeof(whole) - 1; cut++)
		good = good && read_text((struct span){
		    (const uint8_t *)whole, cut }) == ST_MALFORMED;
	ok(good, "R40 half a document is none, at any cut");
	for (size_t limit = 0; limit < 600; limit++) {
		size_t at;
		enum status st;

		arena_clear(&arena);
		arena_init(&arena, limit);
		st = tree_read(span_of(whole), &arena, &root, &at);
		memory = memory && (st == ST_TOO_BIG || st == ST_OK);
	}
	ok(memory, "R40 memory may end anywhere");
}

int
main(void)
{
	test_values();
	test_texts();
	test_bad();
	test_twice();
	test_limits();
	test_cuts();
	arena_clear(&arena);
	return done_testing();
}
