/* POP3 replies: the same lines in one piece and byte by byte, each within the
 * reader and without its end. */
#include "wire/pop3.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct pop3_reader whole, bytewise;

static void
check_line(struct span line)
{
	uint32_t number = 0;
	struct span uid = { 0 };

	if (line.len > POP3_LINE_MAX ||
	    (line.len > 0 && memchr(line.ptr, '\n', line.len) != NULL))
		abort();
	if (pop3_uid(line, &number, &uid) == ST_OK && (number == 0 ||
	    uid.len == 0 || uid.len > POP3_UID_MAX ||
	    uid.ptr + uid.len != line.ptr + line.len))
		abort();
}

static enum status
push_bytewise(struct span in, size_t *at, enum pop3_what *what,
    struct span *line)
{
	enum status st = ST_MORE;

	while (st == ST_MORE && *at < in.len) {
		struct span one = span_slice(in, (*at)++, 1);

		st = pop3_push(&bytewise, &one, what, line);
	}
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len }, rest = in, a = { 0 }, b = { 0 };
	enum pop3_what x = POP3_GOOD, y = POP3_GOOD;
	enum status st;
	size_t at = 0;

	pop3_expect(&whole, len % 2);
	pop3_expect(&bytewise, len % 2);
	do {
		st = pop3_push(&whole, &rest, &x, &a);
		if (push_bytewise(in, &at, &y, &b) != st ||
		    (st == ST_OK && (x != y || !span_equal(a, b) ||
		    rest.len != in.len - at)))
			abort();
		if (st == ST_OK)
			check_line(a);
	} while (st == ST_OK);
	return 0;
}
