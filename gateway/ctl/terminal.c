#include "ctl/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ipc/channel.h"

enum { EX_USAGE = 64, EX_UNAVAILABLE = 69, ARGUMENTS_BYTES = 4096 };

static const char default_socket[] = "/run/guichet/guichet.sock";

struct terminal {
	struct channel desk;
	bool french;
	int code;
};

static const char *
locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "en";
}

static void
print_all(int fd, struct span text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;		/* the reader has left */
		text = span_slice(text, (size_t)n, text.len);
	}
}

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	struct terminal *t = owner;

	if (m->id == MSG_OUTPUT) {
		print_all(m->output.stream == 2 ? STDERR_FILENO : STDOUT_FILENO,
		    m->output.text);
	} else if (m->id == MSG_EXIT) {
		t->code = (int)m->exit.code;
		channel_close(c);
	}
}

static void
on_lost(void *owner, struct channel *c)
{
	const struct terminal *t = owner;

	(void)c;
	fputs(t->french
	    ? "guichet : le comptoir a coupé avant la fin ; réessayez dans quelques secondes.\n"
	    : "guichet: the desk went away before the end; try again in a few seconds.\n",
	    stderr);
}

static const struct channel_events events = {
	.on_message = on_message,
	.on_lost = on_lost,
};

static int
connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
unreachable(const struct terminal *t, const char *path)
{
	fprintf(stderr, t->french
	    ? "guichet : %s : %s. guichetd tourne-t-il ? Avez-vous le droit d'ouvrir cette prise ? "
	      "Une autre se donne par --socket CHEMIN.\n"
	    : "guichet: %s: %s. Is guichetd running, and may you open its socket? "
	      "Another one is named by --socket PATH.\n",
	    path, strerror(errno));
	return EX_UNAVAILABLE;
}

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
send_command(struct terminal *t, struct span arguments)
{
	struct message m = { .id = MSG_COMMAND };

	m.command.arguments = arguments;
	m.command.lang = span_of(t->french ? "fr" : "en");
	m.command.terminal = isatty(STDOUT_FILENO) == 1;
	return channel_send(&t->desk, &m);
}

static int
run(struct terminal *t, int fd, struct span arguments)
{
	uv_loop_t loop;

	if (uv_loop_init(&loop) != 0)
		return EX_UNAVAILABLE;
	channel_init(&t->desk, ROLE_CTL, ROLE_DESK, &events, t);
	if (channel_open(&t->desk, &loop, fd) != ST_OK ||
	    send_command(t, arguments) != ST_OK)
		return EX_UNAVAILABLE;
	uv_run(&loop, UV_RUN_DEFAULT);
	return t->code;
}

/* See terminal.h. */
int
terminal_run(int argc, char **argv)
{
	struct terminal t = { .code = EX_UNAVAILABLE };
	const char *path = getenv("GUICHET_SOCKET");
	uint8_t storage[ARGUMENTS_BYTES];
	struct buf arguments = buf_over(storage, sizeof(storage));
	int fd;

	t.french = strncmp(locale(), "fr", 2) == 0;
	if (path == NULL || *path == '\0')
		path = default_socket;
	if (gather(argc, argv, &path, &arguments) != ST_OK) {
		fputs(t.french ? "guichet : arguments trop longs.\n"
		    : "guichet: the arguments are too long.\n", stderr);
		return EX_USAGE;
	}
	fd = connect_to(path);
	if (fd < 0)
		return unreachable(&t, path);
	return run(&t, fd, buf_span(&arguments));
}
