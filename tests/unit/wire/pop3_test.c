#include "wire/pop3.h"

#include "tap.h"

#define TEXT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static struct pop3_reader reader;

/* "G:..;" good, "B:" bad, "L:" line, "E:" end, "!" malformed, of pieces of
 * `step` bytes. */
static const char *
told(struct span in, bool is_multiline, size_t step)
{
	static char text[512];
	size_t len = 0;

	pop3_expect(&reader, is_multiline);
	text[0] = '\0';
	while (in.len > 0) {
		struct span piece = span_slice(in, 0, step), line = { 0 };
		enum pop3_what what;

		in = span_slice(in, piece.len, in.len);
		while (piece.len > 0) {
			enum status st = pop3_push(&reader, &piece, &what,
			    &line);

			if (st == ST_MALFORMED)
				return "!";
			if (st == ST_OK)
				len += (size_t)snprintf(text + len,
				    sizeof(text) - len, "%c:%.*s;",
				    "GBLE"[what], (int)line.len, line.ptr);
		}
	}
	return text;
}

static const struct {
	const char *claim;
	struct span in;
	bool is_multiline;
	const char *told;
} replies[] = {
	{ "good", TEXT("+OK ready\r\n"), false, "G:+OK ready;" },
	{ "good without words", TEXT("+OK\r\n"), false, "G:+OK;" },
	{ "bad", TEXT("-ERR [AUTH] no\r\n"), true, "B:-ERR [AUTH] no;" },
	{ "lines", TEXT("+OK\r\n1 a\r\n2 b\r\n.\r\n"), true,
	    "G:+OK;L:1 a;L:2 b;E:;" },
	{ "dots", TEXT("+OK\r\n..\r\n..a\r\na.\r\n\r\n.\r\n"), true,
	    "G:+OK;L:.;L:.a;L:a.;L:;E:;" },
	{ "LF alone", TEXT("+OK\na\n.\n"), true, "G:+OK;L:a;E:;" },
	{ "neither", TEXT("* OK IMAP4\r\n"), false, "!" },
	{ "almost", TEXT("+OKAY\r\n"), false, "!" },
	{ "nothing", TEXT("\r\n"), false, "!" },
	{ "after a reply of one line", TEXT("+OK a\r\n+OK b\r\n"), false,
	    "G:+OK a;G:+OK b;" },
};

static void
test_replies(void)
{
	for (size_t i = 0; i < COUNT(replies); i++) {
		bool good = true;

		for (size_t step = 1; step <= replies[i].in.len; step++)
			good = good && strcmp(told(replies[i].in,
			    replies[i].is_multiline, step),
			    replies[i].told) == 0;
		ok(good, "%s, in pieces of any length", replies[i].claim);
	}
}

static void
test_long_line(void)
{
	static uint8_t text[POP3_LINE_MAX * 3];
	struct span in = { text, sizeof(text) }, line = { 0 };
	enum pop3_what what = POP3_END;
	struct span start = TEXT("+OK\r\n");

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\n';
	pop3_expect(&reader, true);
	ok(pop3_push(&reader, &start, &what, &line) == ST_OK &&
	    pop3_push(&reader, &in, &what, &line) == ST_OK &&
	    what == POP3_LINE && line.len == POP3_LINE_MAX && in.len == 0,
	    "a line that is too long is cut, its rest passed over");
}

static const struct {
	const char *line;
	enum status st;
	uint32_t number;
	const char *uid;
} uids[] = {
	{ "1 whqtswO00WBw418f9t5JxYwZ", ST_OK, 1, "whqtswO00WBw418f9t5JxYwZ" },
	{ "999999999 !~", ST_OK, 999999999, "!~" },
	{ "0 a", ST_MALFORMED, 0, "" },
	{ "1234567890 a", ST_MALFORMED, 0, "" },
	{ "1", ST_MALFORMED, 0, "" },
	{ "1 ", ST_MALFORMED, 0, "" },
	{ "1 a b", ST_MALFORMED, 0, "" },
	{ "1 a\x7f", ST_MALFORMED, 0, "" },
	{ "a 1", ST_MALFORMED, 0, "" },
	{ "", ST_MALFORMED, 0, "" },
	{ "1 1234567890123456789012345678901234567890123456789012345678901234567"
	    "8901", ST_MALFORMED, 0, "" },
};

static void
test_uids(void)
{
	for (size_t i = 0; i < COUNT(uids); i++) {
		uint32_t number = 0;
		struct span uid = { 0 };

		ok(pop3_uid(span_of(uids[i].line), &number, &uid) ==
		    uids[i].st && number == uids[i].number &&
		    span_is(uid, uids[i].uid), "UIDL \"%s\"", uids[i].line);
	}
}

int
main(void)
{
	test_replies();
	test_long_line();
	test_uids();
	return done_testing();
}
