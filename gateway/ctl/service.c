#include "ctl/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ctl/terminal.h"
#include "ipc/pump.h"
#include "os/moment.h"

enum { LOCK_TRIES = 40, LOCK_TRY_MS = 100 };

static const struct { const char *text; speed_t speed; } speeds[] = {
	{ "1500000", B1500000 },	/* the first one: without --speed */
	{ "9600", B9600 }, { "19200", B19200 }, { "38400", B38400 },
	{ "57600", B57600 }, { "115200", B115200 }, { "230400", B230400 },
	{ "460800", B460800 }, { "921600", B921600 }, { "1000000", B1000000 },
	{ "2000000", B2000000 }, { "3000000", B3000000 },
};

static struct {
	const char *device;
	speed_t     speed;
	bool        french;
	bool        is_terminal;
	struct termios before;
	struct pump pump;
	pid_t       carrier;	/* the process that carries the frames */
	int         end;	/* our end of its socket, once more */
} service = { .speed = B1500000, .end = -1 };

/* --- options --------------------------------------------------------------- */

static bool
read_speed(const char *text)
{
	for (size_t i = 0; i < COUNT(speeds); i++)
		if (strcmp(text, speeds[i].text) == 0) {
			service.speed = speeds[i].speed;
			return true;
		}
	fprintf(stderr, service.french
	    ? "guichet : --speed %s : une vitesse de ligne est attendue, "
	      "par exemple 115200 ou 1500000.\n"
	    : "guichet: --speed %s: give a line's speed, for example 115200 "
	      "or 1500000.\n", text);
	return false;
}

/* See service.h. */
bool
service_options(int *argc, char **argv, bool french)
{
	const char *device = getenv("GUICHET_SERVICE");
	int kept = 1, i = 1;

	service.french = french;
	service.device = device != NULL && *device != '\0' ? device : NULL;
	for (; i + 1 < *argc; i += 2) {
		if (strcmp(argv[i], "--service") == 0) {
			service.device = argv[i + 1];
		} else if (strcmp(argv[i], "--speed") == 0) {
			if (!read_speed(argv[i + 1]))
				return false;
		} else if (strcmp(argv[i], "--socket") == 0) {
			argv[kept++] = argv[i];
			argv[kept++] = argv[i + 1];
		} else {
			break;
		}
	}
	while (i < *argc)
		argv[kept++] = argv[i++];
	argv[kept] = NULL;
	*argc = kept;
	return true;
}

/* See service.h. */
bool
service_is_chosen(void)
{
	return service.device != NULL;
}

/* --- the device ------------------------------------------------------------ */

static int
fail(int fd)
{
	fprintf(stderr, service.french ? "guichet : %s : %s.\n"
	    : "guichet: %s: %s.\n", service.device,
	    terminal_reason(errno, service.french));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
open_socket(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail(fd);
	if (strlen(service.device) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return fail(fd);
	}
	strcpy(to.sun_path, service.device);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		return fail(fd);
	return fd;
}

/* The last command may still be saying goodbye there. */
static bool
lock(int fd)
{
	const struct timespec pause = { 0, LOCK_TRY_MS * 1000000L };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&pause, NULL);
	}
	errno = EBUSY;
	return false;
}

/* 8N1, raw, without a modem's lines. */
static bool
make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &service.before) != 0)
		return false;
	t = service.before;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= ~(tcflag_t)(HUPCL | CRTSCTS | CSTOPB);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (cfsetspeed(&t, service.speed) != 0 ||
	    tcsetattr(fd, TCSAFLUSH, &t) != 0)
		return false;
	service.is_terminal = true;
	return true;
}

static int
open_device(void)
{
	struct stat st;
	int fd;

	if (stat(service.device, &st) != 0)
		return fail(-1);
	if (S_ISSOCK(st.st_mode))
		return open_socket();
	fd = open(service.device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || !lock(fd) || !make_raw(fd))
		return fail(fd);
	return fd;
}

/* --- carrying -------------------------------------------------------------- */

static short
poll_events(unsigned events)
{
	return (short)(((events & PUMP_READ) != 0 ? POLLIN : 0) |
	    ((events & PUMP_WRITE) != 0 ? POLLOUT : 0));
}

/* Moves what can be moved, and waits for more. */
static void
carry(struct pump *p)
{
	struct pollfd fds[2];

	pump_move(p, moment_ms(CLOCK_MONOTONIC));
	fds[0] = (struct pollfd){ p->port, poll_events(pump_port_events(p)),
	    0 };
	fds[1] = (struct pollfd){ pump_local_events(p) == 0 ? -1 : p->local,
	    poll_events(pump_local_events(p)), 0 };
	/* Closed, there may be words left that the command has not read. */
	if (!p->port_has_ended &&
	    (p->line.state != LINE_CLOSED || p->local >= 0))
		(void)poll(fds, 2, PUMP_TICK_MS);
}

static const char *
reason_text(enum line_reason why)
{
	const bool fr = service.french;

	switch (why) {
	case LINE_UNKNOWN:
		return fr ? "cette version du boîtier n'a pas ce service"
		    : "this version of the box has no such service";
	case LINE_AWAY:
		return fr ? "le programme demandé ne tourne pas sur le boîtier ; "
		    "réessayez dans quelques secondes"
		    : "the program asked for is not running on the box; try "
		    "again in a few seconds";
	case LINE_SILENT:
		return fr ? "le boîtier ne répond pas. Est-il sous tension, le "
		    "câble en place, la vitesse bonne (--speed), et "
		    "service.port = on ?"
		    : "the box does not answer. Is it switched on, the cable "
		    "in, the speed right (--speed), and service.port = on?";
	default:
		return fr ? "le boîtier a coupé ; réessayez"
		    : "the box hung up; try again";
	}
}

static void
say_why(const struct pump *p)
{
	const char *why = !p->port_has_ended ? reason_text(p->line.why)
	    : service.french ? "plus rien au bout de la ligne"
	    : "nothing is at the end of the line any more";

	fprintf(stderr, service.french ? "guichet : %s : %s.\n"
	    : "guichet: %s: %s.\n", service.device, why);
}

static void
put_back(int fd)
{
	if (service.is_terminal)
		tcsetattr(fd, TCSADRAIN, &service.before);
}

/* Until the session is over; says goodbye also when the command was ended. */
static _Noreturn void
run_carrier(struct pump *p)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	while (!p->port_has_ended &&
	    (p->line.state != LINE_CLOSED || p->local >= 0))
		carry(p);
	if (p->port_has_ended || p->line.why != LINE_END)
		say_why(p);
	put_back(p->port);
	_exit(0);
}

/* --- the connection -------------------------------------------------------- */

/* Both ends' words on a screen come before the shell's next prompt. */
static void
wait_for_carrier(void)
{
	shutdown(service.end, SHUT_RDWR);
	while (waitpid(service.carrier, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *file = slash == NULL ? path : slash + 1;

	if (strcmp(file, "intake.sock") == 0)
		return "intake";
	return strcmp(file, "update.sock") == 0 ? "update" : "desk";
}

static bool
open_session(struct pump *p, const char *name)
{
	uint32_t session = 0;

	while (session == 0)
		if (getrandom(&session, sizeof(session), 0) < 0 &&
		    errno != EINTR)
			return false;
	line_open(&p->line, session, name, moment_ms(CLOCK_MONOTONIC));
	while (p->line.state == LINE_OPENING && !p->port_has_ended)
		carry(p);
	return p->line.state == LINE_OPEN && !p->port_has_ended;
}

/* Our end, or -1. */
static int
start_carrier(struct pump *p)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	if (fcntl(pair[1], F_SETFL, O_NONBLOCK) != 0)
		return -1;
	pump_attach(p, pair[1]);
	fflush(NULL);
	service.carrier = fork();
	if (service.carrier < 0)
		return -1;
	if (service.carrier == 0) {
		close(pair[0]);
		run_carrier(p);
	}
	close(pair[1]);
	close(p->port);
	service.end = fcntl(pair[0], F_DUPFD_CLOEXEC, 0);
	atexit(wait_for_carrier);
	return pair[0];
}

/* See service.h. */
int
service_connect(const char *path, bool french)
{
	struct pump *p = &service.pump;
	int port, fd;

	service.french = french;
	signal(SIGPIPE, SIG_IGN);
	port = open_device();
	if (port < 0)
		return -1;
	pump_init(p, port);
	if (!open_session(p, name_of(path))) {
		say_why(p);
		put_back(port);
		close(port);
		return -1;
	}
	fd = start_carrier(p);
	return fd < 0 ? fail(port) : fd;
}
