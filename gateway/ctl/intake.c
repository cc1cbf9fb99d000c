#include "ctl/intake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.h"
#include "ctl/terminal.h"
#include "ipc/channel.h"

enum {
	PART_BYTES = 131072,	/* CHECK_PART.data */
	NAME_MAX_BYTES = 255
};

struct command {
	struct channel intake;
	bool french, json, is_tail, follows;
	const char *source, *socket;
	char **files;
	int n_files, file;	/* the one being sent */
	int fd;			/* of it; -1: not open */
	bool is_sent;
	int code;
};

static uint8_t part[PART_BYTES];

/* --- the command line ------------------------------------------------------ */

static int
usage(bool french)
{
	fputs(french
	    ? "Usage : guichet intake check [--source NOM] [--json] FICHIER...\n"
	      "          que deviendraient ces messages ? rien n'est enregistré ;\n"
	      "          - lit l'entrée standard\n"
	      "        guichet intake tail [--once] [--json]\n"
	      "          compteurs et derniers refus, sans donnée de patient\n"
	    : "Usage: guichet intake check [--source NAME] [--json] FILE...\n"
	      "         what would become of these messages? nothing is stored;\n"
	      "         - reads standard input\n"
	      "       guichet intake tail [--once] [--json]\n"
	      "         counters and the last refusals, without patient data\n",
	    stderr);
	return EXIT_USAGE;
}

/* Takes options off `argv`; what is left are files.  False: wrong. */
static bool
read_options(struct command *c, int argc, char **argv)
{
	int kept = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			c->json = true;
		else if (strcmp(argv[i], "--once") == 0 && c->is_tail)
			c->follows = false;
		else if (strcmp(argv[i], "--source") == 0 && i + 1 < argc &&
		    !c->is_tail)
			c->source = argv[++i];
		else if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc)
			c->socket = argv[++i];
		else if (argv[i][0] == '-' && argv[i][1] != '\0')
			return false;
		else
			argv[kept++] = argv[i];
	}
	c->files = argv;
	c->n_files = kept;
	return c->is_tail ? kept == 0 : kept > 0;
}

/* --- files to intake ------------------------------------------------------- */

/* Before anything is sent: a wrong name among many files is said at once. */
static int
check_files(const struct command *c)
{
	for (int i = 0; i < c->n_files; i++)
		if (strcmp(c->files[i], "-") != 0 &&
		    access(c->files[i], R_OK) != 0)
			return terminal_fail_file(c->files[i], c->french);
	return 0;
}

static enum status
begin_file(struct command *c)
{
	const char *path = c->files[c->file];
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	struct message m = { .id = MSG_CHECK_FILE, .check_file = {
	    .name = span_slice(span_of(name), 0, NAME_MAX_BYTES),
	    .source = span_of(c->source),
	    .lang = span_of(c->french ? "fr" : "en"), .json = c->json } };
	struct stat st;

	c->fd = terminal_open_file(path);
	if (c->fd < 0) {
		c->code = terminal_fail_file(path, c->french);
		return ST_IO;
	}
	if (fstat(c->fd, &st) == 0 && st.st_size > 0)
		m.check_file.size = (uint64_t)st.st_size;
	return channel_send(&c->intake, &m);
}

/* The next bytes of the open file, or its end. */
static enum status
send_part(struct command *c)
{
	struct message m = { .id = MSG_CHECK_PART };
	ssize_t n = read(c->fd, part, sizeof(part));

	if (n < 0 && errno == EINTR)
		return ST_OK;
	if (n < 0) {
		c->code = terminal_fail_file(c->files[c->file],
		    c->french);
		return ST_IO;
	}
	if (n > 0) {
		m.check_part.data = (struct span){ part, (size_t)n };
		return channel_send(&c->intake, &m);
	}
	close(c->fd);
	c->fd = -1;
	c->file++;
	m = (struct message){ .id = MSG_CHECK_END, .check_end = {
	    c->file == c->n_files } };
	return channel_send(&c->intake, &m);
}

static void
send_files(struct command *c)
{
	enum status st = ST_OK;

	while (st == ST_OK && c->file < c->n_files &&
	    !channel_is_full(&c->intake))
		st = c->fd < 0 ? begin_file(c) : send_part(c);
	wipe(part, sizeof(part));
	if (st != ST_OK)
		channel_close(&c->intake);
}

/* --- what comes back ------------------------------------------------------- */

static void
on_message(void *owner, struct channel *channel, const struct message *m)
{
	struct command *c = owner;

	if (m->id == MSG_INTAKE_OUTPUT) {
		terminal_print(m->intake_output.stream,
		    m->intake_output.text);
	} else if (m->id == MSG_INTAKE_EXIT) {
		c->code = (int)m->intake_exit.code;
		channel_close(channel);
	}
}

static void
on_drained(void *owner, struct channel *channel)
{
	(void)channel;
	send_files(owner);
}

static void
on_lost(void *owner, struct channel *channel)
{
	const struct command *c = owner;

	(void)channel;
	fputs(c->french
	    ? "guichet : intake a coupé avant la fin ; réessayez dans quelques secondes.\n"
	    : "guichet: intake went away before the end; try again in a few seconds.\n",
	    stderr);
}

static const struct channel_events events = {
	.on_message = on_message,
	.on_drained = on_drained,
	.on_lost = on_lost,
};

static int
talk(struct command *c, int fd)
{
	struct message m = { .id = MSG_TAIL_GET, .tail_get = {
	    span_of(c->french ? "fr" : "en"), c->json, c->follows } };
	uv_loop_t loop;

	if (uv_loop_init(&loop) != 0)
		return EXIT_UNAVAILABLE;
	channel_init(&c->intake, ROLE_CTL, ROLE_INTAKE, &events, c);
	if (channel_open(&c->intake, &loop, fd) != ST_OK)
		return EXIT_UNAVAILABLE;
	if (!c->is_tail)
		send_files(c);
	else if (channel_send(&c->intake, &m) != ST_OK)
		return EXIT_UNAVAILABLE;
	uv_run(&loop, UV_RUN_DEFAULT);
	return c->code;
}

/* See intake.h. */
int
intake_run(int argc, char **argv)
{
	struct command c = { .french = terminal_is_french(), .source = "",
	    .follows = true, .fd = -1, .code = EXIT_UNAVAILABLE };
	char path[TERMINAL_PATH_MAX];
	int fd, wrong;

	if (argc < 2 || (strcmp(argv[1], "check") != 0 &&
	    strcmp(argv[1], "tail") != 0))
		return usage(c.french);
	c.is_tail = strcmp(argv[1], "tail") == 0;
	if (!read_options(&c, argc - 2, argv + 2))
		return usage(c.french);
	wrong = check_files(&c);
	if (wrong != 0)
		return wrong;
	if (!terminal_socket_beside(terminal_socket(c.socket), "intake.sock",
	    path))
		return usage(c.french);
	fd = terminal_connect(path, c.french);
	return fd < 0 ? EXIT_UNAVAILABLE : talk(&c, fd);
}
