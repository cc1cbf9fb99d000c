#include "wire/smtp.h"

#include "tap.h"

#define TEXT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static struct smtp_reader reader;

static enum status
read_reply(struct span in, struct span *rest)
{
	enum status st;

	smtp_expect(&reader);
	st = smtp_push(&reader, &in);
	*rest = in;
	return st;
}

static const struct {
	const char *claim;
	struct span in;
	enum status st;
	unsigned code, left;
} replies[] = {
	{ "one line", TEXT("250 ok\r\n"), ST_OK, 250, 0 },
	{ "a code alone", TEXT("354\r\n"), ST_OK, 354, 0 },
	{ "LF alone", TEXT("250 ok\n"), ST_OK, 250, 0 },
	{ "several lines", TEXT("250-a\r\n250-b\r\n250 c\r\n"), ST_OK, 250, 0 },
	{ "what comes out of turn", TEXT("220 go\r\n250 EHLO\r\n"), ST_OK, 220,
	    10 },
	{ "half a line", TEXT("250 o"), ST_MORE, 0, 0 },
	{ "a line that is not the last", TEXT("250-a\r\n"), ST_MORE, 250, 0 },
	{ "different codes", TEXT("250-a\r\n251 b\r\n"), ST_MALFORMED, 250, 0 },
	{ "no code", TEXT("SSH-2.0-OpenSSH\r\n"), ST_MALFORMED, 0, 0 },
	{ "two digits", TEXT("25\r\n"), ST_MALFORMED, 0, 0 },
	{ "four digits", TEXT("2500 x\r\n"), ST_MALFORMED, 0, 0 },
	{ "an empty line", TEXT("\r\n"), ST_MALFORMED, 0, 0 },
	{ "a code below 200", TEXT("199 x\r\n"), ST_MALFORMED, 0, 0 },
	{ "a code above 599", TEXT("600 x\r\n"), ST_MALFORMED, 0, 0 },
	{ "a NUL", TEXT("250 \0\r\n"), ST_MALFORMED, 0, 3 },
};

static void
test_replies(void)
{
	for (size_t i = 0; i < COUNT(replies); i++) {
		struct span rest;
		enum status st = read_reply(replies[i].in, &rest);

		ok(st == replies[i].st && (st != ST_OK ||
		    reader.reply.code == replies[i].code) &&
		    (st != ST_OK || rest.len == replies[i].left), "%s",
		    replies[i].claim);
	}
}

static void
test_every_cut(void)
{
	struct span whole = TEXT("250-mx.example Hello\r\n250-SIZE 10\r\n"
	    "250-starttls\r\n250-AUTH LOGIN plain\r\n250 DSN\r\n");
	bool good = true;

	for (size_t cut = 0; cut < whole.len; cut++) {
		struct span first = span_slice(whole, 0, cut);
		struct span second = span_slice(whole, cut, whole.len);

		smtp_expect(&reader);
		good = good && smtp_push(&reader, &first) == ST_MORE &&
		    first.len == 0 && smtp_push(&reader, &second) == ST_OK &&
		    reader.reply.extensions ==
		    (SMTP_STARTTLS | SMTP_AUTH_PLAIN | SMTP_DSN);
	}
	ok(good, "a reply in two pieces, at any cut, is the same");
}

static void
test_extensions(void)
{
	struct span rest;

	ok(read_reply(TEXT("250-DSN STARTTLS\r\n250 SIZE\r\n"), &rest) == ST_OK
	    && reader.reply.extensions == 0, "the first line names a host");
	ok(read_reply(TEXT("250-a\r\n250-AUTH LOGIN XPLAIN\r\n250 DSNX\r\n"),
	    &rest) == ST_OK && reader.reply.extensions == 0,
	    "whole words only");
	ok(read_reply(TEXT("250-a\r\n250 AUTH  PLAIN\r\n"), &rest) == ST_OK &&
	    reader.reply.extensions == SMTP_AUTH_PLAIN, "two blanks");
}

static void
test_enhanced(void)
{
	struct span rest;
	struct smtp_reply *r = &reader.reply;

	ok(read_reply(TEXT("550-5.7.1 no\r\n550 5.1.1 x\r\n"), &rest) == ST_OK
	    && r->enhanced_class == 5 && r->enhanced_subject == 7 &&
	    r->enhanced_detail == 1, "5.7.1");
	ok(read_reply(TEXT("450 5.7.1 no\r\n"), &rest) == ST_OK &&
	    r->enhanced_class == 0, "not of another class");
	ok(read_reply(TEXT("550 5.7.1x no\r\n"), &rest) == ST_OK &&
	    r->enhanced_class == 0, "not with something behind it");
	ok(read_reply(TEXT("550 10.0.0.1 no\r\n"), &rest) == ST_OK &&
	    r->enhanced_class == 0, "not an address");
}

static void
test_bounds(void)
{
	static uint8_t line[SMTP_LINE_MAX + 2];
	struct span in = { line, sizeof(line) };
	enum status st = ST_MORE;

	memset(line, 'x', sizeof(line));
	memcpy(line, "250-", 4);
	smtp_expect(&reader);
	ok(smtp_push(&reader, &in) == ST_TOO_BIG, "a line that does not end");
	smtp_expect(&reader);
	for (unsigned i = 0; i < SMTP_LINES_MAX && st == ST_MORE; i++) {
		in = TEXT("250-x\r\n");
		st = smtp_push(&reader, &in);
	}
	ok(st == ST_TOO_BIG, "a reply that does not");
}

/* --- commands --------------------------------------------------------------- */

static void
test_commands(void)
{
	uint8_t bytes[SMTP_COMMAND_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(smtp_ehlo(span_of("labo.example"), &out) == ST_OK &&
	    span_is(buf_span(&out), "EHLO labo.example\r\n"), "EHLO");
	out.len = 0;
	ok(smtp_mail(span_of("a@b.example"), true, span_of("x@b.example"),
	    &out) == ST_OK && span_is(buf_span(&out),
	    "MAIL FROM:<a@b.example> RET=HDRS ENVID=x@b.example\r\n"), "MAIL");
	out.len = 0;
	ok(smtp_mail(span_of("a@b.example"), false, span_of("x@b.example"),
	    &out) == ST_OK && span_is(buf_span(&out),
	    "MAIL FROM:<a@b.example>\r\n"), "MAIL without DSN");
	out.len = 0;
	ok(smtp_rcpt(span_of("a+b=c@d.example"), true, &out) == ST_OK &&
	    span_is(buf_span(&out), "RCPT TO:<a+b=c@d.example> NOTIFY=FAILURE "
	    "ORCPT=rfc822;a+2Bb+3Dc@d.example\r\n"), "RCPT");
	out.len = 0;
	ok(smtp_rcpt(span_of("a@d.example"), false, &out) == ST_OK &&
	    span_is(buf_span(&out), "RCPT TO:<a@d.example>\r\n"),
	    "RCPT without DSN");
}

static void
test_injection(void)
{
	static const char *const bad[] = { "a@b>\r\nRCPT TO:<x@y", "a b@c",
	    "a@b>", "<a@b", "a@b\n", "\xc3\xa9@b", "", "a@b\x7f" };
	uint8_t bytes[256];
	struct buf out = buf_over(bytes, sizeof(bytes));
	bool good = true;

	for (size_t i = 0; i < COUNT(bad); i++)
		good = good && smtp_rcpt(span_of(bad[i]), true, &out) ==
		    ST_INVALID && smtp_mail(span_of(bad[i]), false,
		    span_of(""), &out) == ST_INVALID &&
		    smtp_ehlo(span_of(bad[i]), &out) == ST_INVALID;
	ok(good && out.len == 0, "nothing ends an argument early");
	ok(smtp_auth_plain(TEXT("a\0b"), span_of("c"), false, &out) ==
	    ST_INVALID && smtp_auth_plain(span_of("a"), TEXT("\0"), false,
	    &out) == ST_INVALID && out.len == 0, "no NUL in a log-in");
}

static void
test_auth(void)
{
	uint8_t bytes[SMTP_COMMAND_MAX], secret[1024];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(smtp_auth_plain(span_of("tim"), span_of("tanstaaftanstaaf"), false,
	    &out) == ST_OK && span_is(buf_span(&out),
	    "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n"),
	    "RFC 4616's example");
	out.len = 0;
	ok(smtp_auth_plain(span_of("tim"), span_of("tanstaaftanstaaf"), true,
	    &out) == ST_OK && span_is(buf_span(&out),
	    "AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n"), "for who asks again");
	memset(secret, 's', sizeof(secret));
	out.len = 0;
	ok(smtp_auth_plain(span_slice((struct span){ secret, 128 }, 0, 128),
	    (struct span){ secret, sizeof(secret) }, false, &out) == ST_OK,
	    "the longest");
}

static void
test_data(void)
{
	uint8_t bytes[64];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(smtp_data(span_of(".a\r\n..b\r\nc.\r\n"), &out) == ST_OK &&
	    span_is(buf_span(&out), "..a\r\n...b\r\nc.\r\n.\r\n"),
	    "dots are doubled");
	out.len = 0;
	ok(smtp_data(span_of("a"), &out) == ST_OK &&
	    span_is(buf_span(&out), "a\r\n.\r\n"), "the last line is ended");
	out.len = 0;
	ok(smtp_data(span_of(""), &out) == ST_OK &&
	    span_is(buf_span(&out), ".\r\n"), "an empty message");
}

static void
test_no_space(void)
{
	uint8_t bytes[128];
	bool good = true;

	for (size_t max = 0; max < 24; max++) {
		struct buf out = buf_over(bytes, max);

		good = good && smtp_ehlo(span_of("abcdefghijklmnopqrst"), &out)
		    == ST_NO_SPACE && smtp_mail(span_of("abcdefghi@jklmn"),
		    true, span_of("x"), &out) == ST_NO_SPACE &&
		    smtp_rcpt(span_of("abcdefghi@jklmn"), true, &out) ==
		    ST_NO_SPACE && smtp_auth_plain(span_of("abcdef"),
		    span_of("ghijkl"), false, &out) == ST_NO_SPACE &&
		    out.len == 0;
	}
	ok(good, "what does not fit leaves nothing behind");
}

int
main(void)
{
	test_replies();
	test_every_cut();
	test_extensions();
	test_enhanced();
	test_bounds();
	test_commands();
	test_injection();
	test_auth();
	test_data();
	test_no_space();
	return done_testing();
}
