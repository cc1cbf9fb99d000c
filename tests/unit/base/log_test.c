#include "base/log.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char said[4096];
static int status;

/* Runs `act` in a child and keeps what it writes to standard error. */
static void
listen_to(void (*act)(void))
{
	int ends[2];
	size_t len = 0;
	ssize_t got;
	pid_t child;

	fflush(stdout);
	if (pipe(ends) != 0 || (child = fork()) < 0)
		_exit(99);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		act();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)got;
	said[len] = 0;
	close(ends[0]);
	waitpid(child, &status, 0);
}

static void
say_one_line(void)
{
	log_init("intake", LOG_NOTICE);
	log_line(LOG_NOTICE, "%d connections", 3);
	log_line(LOG_DEBUG, "not asked for");
}

static void
say_too_much(void)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	log_line(LOG_ERROR, "%s", text);
}

static void
find_a_bug(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	unexpected("state", 7);
}

int
main(void)
{
	listen_to(say_one_line);
	ok(strcmp(said, "<5>intake: 3 connections\n") == 0,
	    "level, role and text; less important lines are left out");
	listen_to(say_too_much);
	ok(strlen(said) <= 1024 && said[strlen(said) - 1] == '\n',
	    "a long line is cut, and ends");
	listen_to(find_a_bug);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	    "unexpected() aborts");
	ok(strcmp(said, "<3>guichet: bug: state (7)\n") == 0,
	    "and says what and which");
	return done_testing();
}
