/* Lines out of pieces: each write is a record of a socket, as of the kernel's
 * log. */
#include "init/relay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tap.h"

static int ends[2];

static struct relay
begin(void)
{
	return (struct relay){ .to = ends[1] };
}

/* The next record is `text`; NULL: there is none. */
static void
expect(const char *text, const char *what)
{
	char got[1024];
	ssize_t n = recv(ends[0], got, sizeof(got), MSG_DONTWAIT);

	ok(text == NULL ? n < 0 : n == (ssize_t)strlen(text) &&
	    memcmp(got, text, strlen(text)) == 0, "%s", what);
}

static void
test_pieces(void)
{
	struct relay r = begin();

	relay_feed(&r, span_of("/bin/e2fsck"));
	relay_feed(&r, span_of(": "));
	expect(NULL, "nothing before its end");
	relay_feed(&r, span_of("Bad magic\n\nne"));
	expect("/bin/e2fsck: Bad magic\n", "one line out of three pieces");
	expect(NULL, "none for an empty one");
	relay_feed(&r, span_of("xt\tone\033[2J"));
	relay_end(&r);
	expect("next?one?[2J\n", "a last one without its end; no controls");
	relay_end(&r);
	expect(NULL, "once");
}

static void
test_bounds(void)
{
	struct relay r = begin();
	char text[RELAY_LINE_MAX + 2];

	memset(text, 'x', sizeof(text));
	relay_feed(&r, (struct span){ (uint8_t *)text, RELAY_LINE_MAX + 1 });
	text[RELAY_LINE_MAX] = '\n';
	text[RELAY_LINE_MAX + 1] = '\0';
	expect(text, "a long line is cut");
	relay_end(&r);
	expect("x\n", "and goes on in another");
	for (unsigned i = 2; i < RELAY_LINES_MAX; i++) {
		relay_feed(&r, span_of("y\n"));
		(void)!recv(ends[0], text, sizeof(text), MSG_DONTWAIT);
	}
	relay_feed(&r, span_of("z\nz\nz\n"));
	expect("and more: not shown\n", "after many lines");
	expect(NULL, "nothing more");
}

int
main(void)
{
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0)
		abort();
	test_pieces();
	test_bounds();
	return done_testing();
}
