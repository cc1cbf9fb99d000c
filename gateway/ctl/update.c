#include "ctl/update.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/terminal.h"
#include "ipc/channel.h"

enum {
	PART_BYTES = 32768,	/* UPDATE_PART.data */
	/* Queued at once: more would be shown as sent, and is not. */
	AHEAD_BYTES = 4 * PART_BYTES,
	PACE_MS = 20,
	PERCENT = 100, MEBI = 1024 * 1024
};

struct command {
	struct channel updater;
	uv_timer_t pace;
	bool french, json, stay, shows_progress, has_shown;
	const char *socket, *file;
	enum message_id verb;
	int fd;			/* of the container; -1: nothing to send */
	uint64_t bytes;		/* of it; 0: unknown */
	uint64_t sent;
	int code;
};

static uint8_t part[PART_BYTES];	/* not secret */

/* --- the command line ------------------------------------------------------ */

static int
usage(bool french)
{
	fputs(french
	    ? "Usage : guichet update apply [--stay] FICHIER\n"
	      "          écrit une mise à jour signée dans l'autre emplacement et redémarre le\n"
	      "          boîtier ; --stay : sans redémarrer ; - lit l'entrée standard\n"
	      "        guichet update status [--json]\n"
	      "          ce que contiennent les deux emplacements\n"
	      "        guichet update rollback\n"
	      "          annule une mise à jour en attente, ou revient à la version précédente\n"
	    : "Usage: guichet update apply [--stay] FILE\n"
	      "         writes a signed update into the other slot and restarts the box;\n"
	      "         --stay: without restarting; - reads standard input\n"
	      "       guichet update status [--json]\n"
	      "         what the two slots hold\n"
	      "       guichet update rollback\n"
	      "         takes back an update that waits, or returns to the previous release\n",
	    stderr);
	return EXIT_USAGE;
}

static bool
read_verb(struct command *c, const char *word)
{
	static const struct {
		const char *word;
		enum message_id id;
	} verbs[] = {
		{ "apply",    MSG_UPDATE_BEGIN },
		{ "status",   MSG_UPDATE_STATUS_GET },
		{ "rollback", MSG_UPDATE_ROLLBACK },
	};

	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(word, verbs[i].word) == 0) {
			c->verb = verbs[i].id;
			return true;
		}
	}
	return false;
}

/* False: wrong. */
static bool
read_options(struct command *c, int argc, char **argv)
{
	bool applies = c->verb == MSG_UPDATE_BEGIN;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0 &&
		    c->verb == MSG_UPDATE_STATUS_GET)
			c->json = true;
		else if (strcmp(argv[i], "--stay") == 0 && applies)
			c->stay = true;
		else if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc)
			c->socket = argv[++i];
		else if ((argv[i][0] == '-' && argv[i][1] != '\0') ||
		    c->file != NULL || !applies)
			return false;
		else
			c->file = argv[i];
	}
	return applies == (c->file != NULL);
}

/* 0, or an exit code after a line that says why. */
static int
open_file(struct command *c)
{
	struct stat st;

	if (c->file == NULL)
		return 0;
	c->fd = terminal_open_file(c->file);
	if (c->fd < 0 || fstat(c->fd, &st) != 0)
		return terminal_fail_file(c->file, c->french);
	if (S_ISREG(st.st_mode))
		c->bytes = (uint64_t)st.st_size;
	c->shows_progress = isatty(STDERR_FILENO) == 1;
	return 0;
}

/* --- the container ----------------------------------------------------------- */

static void
hide_progress(struct command *c)
{
	if (c->has_shown)
		fputs("\r\033[K", stderr);
	c->has_shown = false;
}

/* What is queued is not sent yet. */
static void
show_progress(struct command *c)
{
	uint64_t done = c->sent - channel_queued_bytes(&c->updater);
	double mebi = (double)done / MEBI, of = (double)c->bytes / MEBI;

	if (!c->shows_progress || done > c->sent)
		return;
	if (c->bytes == 0)
		fprintf(stderr, c->french ? "\r\033[K%.1f Mio"
		    : "\r\033[K%.1f MiB", mebi);
	else
		fprintf(stderr, c->french ? "\r\033[K%3u %%  %.1f / %.1f Mio"
		    : "\r\033[K%3u %%  %.1f / %.1f MiB",
		    (unsigned)(done * PERCENT / c->bytes), mebi, of);
	c->has_shown = true;
}

static enum status
send_end(struct command *c)
{
	struct message m = { .id = MSG_UPDATE_END, .update_end = { c->sent } };

	close(c->fd);
	c->fd = -1;
	return channel_send(&c->updater, &m);
}

/* The next bytes of the file, or its end. */
static enum status
send_part(struct command *c)
{
	struct message m = { .id = MSG_UPDATE_PART };
	ssize_t n = read(c->fd, part, sizeof(part));

	if (n < 0 && errno == EINTR)
		return ST_OK;
	if (n < 0) {
		hide_progress(c);
		c->code = terminal_fail_file(c->file, c->french);
		return ST_IO;
	}
	if (n == 0)
		return send_end(c);
	c->sent += (uint64_t)n;
	m.update_part.data = (struct span){ part, (size_t)n };
	return channel_send(&c->updater, &m);
}

static void
on_pace(uv_timer_t *timer)
{
	struct command *c = timer->data;
	enum status st = ST_OK;

	while (st == ST_OK && c->fd >= 0 &&
	    channel_queued_bytes(&c->updater) < AHEAD_BYTES)
		st = send_part(c);
	show_progress(c);
	if (st != ST_OK)
		channel_close(&c->updater);
	if (st == ST_OK && (c->fd >= 0 ||
	    channel_queued_bytes(&c->updater) > 0))
		return;
	hide_progress(c);
	uv_timer_stop(timer);
}

/* --- what comes back ------------------------------------------------------- */

static void
on_message(void *owner, struct channel *channel, const struct message *m)
{
	struct command *c = owner;

	if (m->id == MSG_UPDATE_OUTPUT) {
		hide_progress(c);
		terminal_print(m->update_output.stream, m->update_output.text);
	} else if (m->id == MSG_UPDATE_EXIT) {
		hide_progress(c);
		c->code = (int)m->update_exit.code;
		uv_timer_stop(&c->pace);
		channel_close(channel);
	}
}

static void
on_lost(void *owner, struct channel *channel)
{
	struct command *c = owner;

	(void)channel;
	hide_progress(c);
	uv_timer_stop(&c->pace);
	fputs(c->french
	    ? "guichet : le boîtier a coupé avant la fin ; voyez "
	      "« guichet update status » dans quelques secondes.\n"
	    : "guichet: the box went away before the end; see "
	      "`guichet update status` in a few seconds.\n",
	    stderr);
}

static const struct channel_events events = {
	.on_message = on_message,
	.on_lost = on_lost,
};

static enum status
send_verb(struct command *c)
{
	struct span language = span_of(c->french ? "fr" : "en");
	struct message m = { .id = c->verb };

	if (c->verb == MSG_UPDATE_BEGIN)
		m.update_begin = (struct msg_update_begin){ language, c->bytes,
		    c->stay };
	else if (c->verb == MSG_UPDATE_STATUS_GET)
		m.update_status_get = (struct msg_update_status_get){ language,
		    c->json };
	else
		m.update_rollback = (struct msg_update_rollback){ language };
	return channel_send(&c->updater, &m);
}

static int
talk(struct command *c, int fd)
{
	uv_loop_t loop;

	if (uv_loop_init(&loop) != 0)
		return EXIT_UNAVAILABLE;
	uv_timer_init(&loop, &c->pace);
	c->pace.data = c;
	channel_init(&c->updater, ROLE_CTL, ROLE_UPDATER, &events, c);
	if (channel_open(&c->updater, &loop, fd) != ST_OK ||
	    send_verb(c) != ST_OK)
		return EXIT_UNAVAILABLE;
	if (c->fd >= 0)
		uv_timer_start(&c->pace, on_pace, 0, PACE_MS);
	uv_run(&loop, UV_RUN_DEFAULT);
	return c->code;
}

/* See update.h. */
int
update_run(int argc, char **argv)
{
	struct command c = { .french = terminal_is_french(), .fd = -1,
	    .code = EXIT_UNAVAILABLE };
	char path[TERMINAL_PATH_MAX];
	int fd, wrong;

	if (argc < 2 || !read_verb(&c, argv[1]) ||
	    !read_options(&c, argc - 2, argv + 2) ||
	    !terminal_socket_beside(terminal_socket(c.socket), "update.sock",
	    path))
		return usage(c.french);
	wrong = open_file(&c);
	if (wrong != 0)
		return wrong;
	signal(SIGPIPE, SIG_IGN);	/* an updater that left: on_lost */
	fd = terminal_connect(path, c.french);
	return fd < 0 ? EXIT_UNAVAILABLE : talk(&c, fd);
}
