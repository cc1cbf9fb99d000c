/* SMTP replies: the same in one piece and byte by byte; commands of any
 * argument are one line. */
#include "wire/smtp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct smtp_reader whole, bytewise;

static void
check_reply(const struct smtp_reply *r)
{
	if (r->code < 200 || r->code > 599 || r->extensions > 7 ||
	    (r->enhanced_class != 0 && r->enhanced_class != r->code / 100) ||
	    r->enhanced_subject > 999 || r->enhanced_detail > 999)
		abort();
}

static void
check_replies(struct span in)
{
	enum status st, other = ST_MORE;
	size_t at = 0;

	smtp_expect(&whole);
	smtp_expect(&bytewise);
	for (struct span rest = in; ; ) {
		st = smtp_push(&whole, &rest);
		while (other == ST_MORE && at < in.len) {
			struct span one = span_slice(in, at++, 1);

			other = smtp_push(&bytewise, &one);
		}
		if (st != other || (st == ST_OK && (rest.len != in.len - at ||
		    memcmp(&whole.reply, &bytewise.reply,
		    sizeof(whole.reply)) != 0)))
			abort();
		if (st != ST_OK)
			return;
		check_reply(&whole.reply);
		smtp_expect(&whole);
		smtp_expect(&bytewise);
		other = ST_MORE;
	}
}

/* CR LF at its end and nowhere else. */
static void
check_line(enum status st, const struct buf *out)
{
	if (st != ST_OK && out->len != 0)
		abort();
	if (st != ST_OK)
		return;
	if (out->len < 2 || memcmp(out->ptr + out->len - 2, "\r\n", 2) != 0)
		abort();
	for (size_t i = 0; i < out->len - 2; i++)
		if (out->ptr[i] < ' ' || out->ptr[i] >= 0x7f)
			abort();
}

static void
check_commands(struct span in)
{
	uint8_t bytes[SMTP_COMMAND_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));

	check_line(smtp_ehlo(in, &out), &out);
	out.len = 0;
	check_line(smtp_rcpt(in, true, &out), &out);
	out.len = 0;
	check_line(smtp_mail(in, true, in, &out), &out);
	out.len = 0;
	check_line(smtp_auth_plain(span_slice(in, 0, in.len / 2),
	    span_slice(in, in.len / 2, in.len), in.len % 2, &out), &out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check_replies((struct span){ data, len });
	check_commands((struct span){ data, len });
	return 0;
}
