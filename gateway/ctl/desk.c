#include "ctl/desk.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/wipe.h"
#include "ctl/input.h"
#include "ctl/terminal.h"
#include "ipc/channel.h"

enum { ARGUMENTS_BYTES = 4096 };

struct command {
	struct channel desk;
	bool french;
	int code;
};

/* The desk waits meanwhile, and nobody else does. */
static void
answer_input(struct channel *c, const struct msg_input_get *wanted)
{
	struct message m = { .id = MSG_INPUT };
	uint8_t bytes[INPUT_LINE_MAX + 1];	/* and a CR before its LF */
	struct buf line = buf_over(bytes, sizeof(bytes));

	signal(SIGPIPE, SIG_IGN);	/* a desk that left: on_lost says so */
	m.input.outcome = input_line(wanted->prompt, wanted->is_secret != 0,
	    &line);
	if (m.input.outcome == ST_OK && line.len > INPUT_LINE_MAX)
		m.input.outcome = ST_TOO_BIG;
	if (m.input.outcome == ST_OK)
		m.input.line = buf_span(&line);
	if (channel_send(c, &m) != ST_OK)
		channel_close(c);
	wipe(bytes, sizeof(bytes));
}

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	struct command *command = owner;

	if (m->id == MSG_OUTPUT) {
		terminal_print(m->output.stream, m->output.text);
	} else if (m->id == MSG_INPUT_GET) {
		answer_input(c, &m->input_get);
	} else if (m->id == MSG_EXIT) {
		command->code = (int)m->exit.code;
		channel_close(c);
	}
}

static void
on_lost(void *owner, struct channel *c)
{
	const struct command *command = owner;

	(void)c;
	fputs(command->french
	    ? "guichet : le comptoir a coupé avant la fin ; réessayez dans quelques secondes.\n"
	    : "guichet: the desk went away before the end; try again in a few seconds.\n",
	    stderr);
}

static const struct channel_events events = {
	.on_message = on_message,
	.on_lost = on_lost,
};

/* All arguments but --socket PATH, each ended by its NUL. */
static enum status
gather(int argc, char **argv, const char **path, struct buf *out)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc)
			*path = argv[++i];
		else
			TRY(buf_append(out, argv[i], strlen(argv[i]) + 1));
	}
	return ST_OK;
}

static enum status
send_command(struct command *command, struct span arguments)
{
	struct message m = { .id = MSG_COMMAND };

	m.command.arguments = arguments;
	m.command.lang = span_of(command->french ? "fr" : "en");
	m.command.terminal = isatty(STDOUT_FILENO) == 1;
	return channel_send(&command->desk, &m);
}

static int
talk(struct command *command, int fd, struct span arguments)
{
	uv_loop_t loop;

	if (uv_loop_init(&loop) != 0)
		return EXIT_UNAVAILABLE;
	channel_init(&command->desk, ROLE_CTL, ROLE_DESK, &events, command);
	if (channel_open(&command->desk, &loop, fd) != ST_OK ||
	    send_command(command, arguments) != ST_OK)
		return EXIT_UNAVAILABLE;
	uv_run(&loop, UV_RUN_DEFAULT);
	return command->code;
}

/* See desk.h. */
int
desk_run(int argc, char **argv)
{
	struct command command = { .french = terminal_is_french(),
	    .code = EXIT_UNAVAILABLE };
	uint8_t storage[ARGUMENTS_BYTES];
	struct buf arguments = buf_over(storage, sizeof(storage));
	const char *path = NULL;
	int fd;

	if (gather(argc, argv, &path, &arguments) != ST_OK) {
		fputs(command.french ? "guichet : arguments trop longs.\n"
		    : "guichet: the arguments are too long.\n", stderr);
		return EXIT_USAGE;
	}
	fd = terminal_connect(terminal_socket(path), command.french);
	if (fd < 0)
		return EXIT_UNAVAILABLE;
	return talk(&command, fd, buf_span(&arguments));
}
