#include "ctl/input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "base/wipe.h"
#include "ctl/terminal.h"

/* Signals that end the command, or stop it, while the echo is off. */
static const int interruptions[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
};

static volatile sig_atomic_t caught;

static void
on_signal(int number)
{
	caught = number;
}

/* What is to be as it was after a secret was typed. */
struct terminal {
	struct termios   settings;
	sigset_t         mask;
	struct sigaction actions[COUNT(interruptions)];
};

static void
set_echo(const struct terminal *t, bool is_on)
{
	struct termios settings = t->settings;

	if (!is_on)
		settings.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings);
}

/* Signals come in ppoll() alone, so that none is lost between looking at
 * `caught` and waiting. */
static void
hide(struct terminal *t)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t all;

	sigemptyset(&all);
	for (size_t i = 0; i < COUNT(interruptions); i++) {
		sigaddset(&all, interruptions[i]);
		sigaction(interruptions[i], &act, &t->actions[i]);
	}
	sigprocmask(SIG_BLOCK, &all, &t->mask);
	set_echo(t, false);
}

static void
show(const struct terminal *t)
{
	set_echo(t, true);
	for (size_t i = 0; i < COUNT(interruptions); i++)
		sigaction(interruptions[i], &t->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &t->mask, NULL);
}

/* The signal does what it would have done, to a terminal as it was; whoever
 * was only stopped goes on without echo. */
static void
obey(struct terminal *t)
{
	int number = caught;

	caught = 0;
	show(t);
	(void)raise(number);
	hide(t);
}

/* One byte; false at the end.  `t` NULL: nothing to put back. */
static bool
read_byte(struct terminal *t, uint8_t *byte)
{
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	for (;;) {
		if (t != NULL && ppoll(&ready, 1, NULL, &t->mask) < 0) {
			if (caught != 0)
				obey(t);
			continue;
		}
		n = read(STDIN_FILENO, byte, 1);
		if (n < 0 && errno == EINTR)
			continue;
		return n == 1;
	}
}

static enum status
read_line(struct terminal *t, struct buf *line)
{
	size_t before = line->len;
	enum status st = ST_OK;
	bool is_any = false;
	uint8_t byte = 0;

	while (read_byte(t, &byte)) {
		is_any = true;
		if (byte == '\n')
			break;
		if (st == ST_OK && buf_append(line, &byte, 1) != ST_OK)
			st = ST_TOO_BIG;
	}
	wipe(&byte, sizeof(byte));
	if (line->len > before && line->ptr[line->len - 1] == '\r')
		line->len--;
	return is_any ? st : ST_NOT_FOUND;
}

/* See input.h. */
enum status
input_line(struct span prompt, bool is_secret, struct buf *line)
{
	struct terminal t;
	enum status st;

	if (isatty(STDIN_FILENO) != 1)
		return read_line(NULL, line);
	terminal_print(2, prompt);
	if (!is_secret || tcgetattr(STDIN_FILENO, &t.settings) != 0)
		return read_line(NULL, line);
	hide(&t);
	st = read_line(&t, line);
	show(&t);
	terminal_print(2, span_of("\n"));	/* the one that was not echoed */
	return st;
}
