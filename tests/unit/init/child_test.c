/* Real programs: how they end, how long it takes, what they say. */
#include "init/child.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

enum { QUICK_MS = 400 };

static const struct watchdog no_watchdog = { .fd = -1 };
static int ends[2];

/* By a shell; what it says comes as records to ends[0]. */
static enum status
run(const char *commands, unsigned most_s, int *code)
{
	const char *const argv[] = { "/bin/sh", "-c", commands, NULL };
	struct child child = { .argv = argv };
	int own = dup(STDERR_FILENO);
	enum status st;

	dup2(ends[1], STDERR_FILENO);
	*code = -1;
	st = child_run(&child, &no_watchdog, most_s, code);
	dup2(own, STDERR_FILENO);
	close(own);
	return st;
}

static void
expect(const char *text)
{
	char got[1024];
	ssize_t n = recv(ends[0], got, sizeof(got) - 1, MSG_DONTWAIT);

	got[n < 0 ? 0 : n] = '\0';
	ok(strcmp(got, text) == 0, "said: %.*s", (int)strcspn(text, "\n"), text);
}

static void
test_ends(void)
{
	uint64_t began = child_now_ms();
	int code;

	ok(run("exit 0", 9, &code) == ST_OK && code == 0, "ends with 0");
	ok(run("exit 78", 9, &code) == ST_OK && code == 78, "with 78");
	ok(run("kill -9 $$", 9, &code) == ST_IO, "by a signal");
	ok(run("exec >&- 2>&-; sleep 0.05; exit 3", 9, &code) == ST_OK &&
	    code == 3, "having closed what it says long before");
	ok(child_now_ms() - began < QUICK_MS, "each end is seen at once: %u ms",
	    (unsigned)(child_now_ms() - began));
	ok(run("sleep 5", 1, &code) == ST_BUSY, "not within its time");
	expect("<3>guichet: /bin/sh: not ready after 1 s\n");
}

static void
test_says(void)
{
	int code;

	ok(run("printf /bin/e2fsck >&2; printf ': ' >&2; echo Bad magic >&2; "
	    "echo out; printf end", 9, &code) == ST_OK, "pieces");
	expect("/bin/e2fsck: Bad magic\n");
	expect("out\n");
	expect("end\n");
	expect("");
	ok(run("sleep 3 & exit 4", 9, &code) == ST_OK && code == 4,
	    "a child of its own is not waited for");
}

int
main(void)
{
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0)
		abort();
	test_ends();
	test_says();
	return done_testing();
}
