#include "service/bridge.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/pump.h"

enum { ENDED_MS = 500 };	/* how often an ended port is looked at */

static struct bridge {
	struct role *role;
	uv_poll_t  port, local;
	uv_timer_t tick;
	bool has_local;		/* its handle is open, or closing */
	bool is_closing;
	int  watched;		/* the socket that the handle is for */
	struct pump pump;
} bridge;

static void move(void);

/* --- services -------------------------------------------------------------- */

/* What a session may be for; names are relative to our root, run.dir. */
static const struct {
	const char *name, *socket;
} services[] = {
	{ "desk",   "guichet.sock" },
	{ "intake", "intake.sock" },
	{ "update", "update.sock" },
};

static const char *
socket_of(const char *name)
{
	for (size_t i = 0; i < COUNT(services); i++)
		if (strcmp(name, services[i].name) == 0)
			return services[i].socket;
	return NULL;
}

/* Never waits: EAGAIN says that the socket's queue is full. */
static int
connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	log_line(LOG_NOTICE, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
answer_open(void)
{
	struct line *line = &bridge.pump.line;
	const char *path = socket_of(line->name);
	int fd = path == NULL ? -1 : connect_to(path);

	if (path == NULL) {
		line_end(line, LINE_UNKNOWN);
	} else if (fd < 0) {
		line_end(line, LINE_AWAY);
	} else {
		log_line(LOG_NOTICE, "a session with %s", path);
		line_accept(line);
		pump_attach(&bridge.pump, fd);
	}
}

/* --- events ---------------------------------------------------------------- */

static int
uv_events(unsigned events)
{
	return ((events & PUMP_READ) != 0 ? UV_READABLE : 0) |
	    ((events & PUMP_WRITE) != 0 ? UV_WRITABLE : 0);
}

static void
on_ready(uv_poll_t *poll, int error, int events)
{
	(void)poll;
	(void)events;
	/* What is wrong, read() says better. */
	if (error != 0 && poll == &bridge.port)
		bridge.pump.port_has_ended = true;
	move();
}

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
	pump_try_port(&bridge.pump);
	move();
}

static void
watch(uv_poll_t *poll, unsigned events)
{
	if (events == 0)
		uv_poll_stop(poll);
	else
		uv_poll_start(poll, uv_events(events), on_ready);
}

static void
on_closed(uv_handle_t *handle)
{
	(void)handle;
	bridge.has_local = bridge.is_closing = false;
	move();
}

/* The handle of the session's socket.  Its number may be the same as the last
 * one's: the pump tells of a new one by its session. */
static void
watch_local(void)
{
	static uint32_t session;
	bool same = bridge.pump.local == bridge.watched &&
	    bridge.pump.session == session;

	if (bridge.is_closing)
		return;
	if (bridge.has_local && !same) {
		bridge.is_closing = true;
		uv_close((uv_handle_t *)&bridge.local, on_closed);
		return;
	}
	if (bridge.pump.local < 0)
		return;
	if (!bridge.has_local) {
		bridge.watched = bridge.pump.local;
		session = bridge.pump.session;
		bridge.has_local = uv_poll_init(&bridge.role->loop,
		    &bridge.local, bridge.watched) == 0;
	}
	if (bridge.has_local)
		watch(&bridge.local, pump_local_events(&bridge.pump));
}

static void
set_timer(void)
{
	uint64_t ms = 0;

	if (bridge.pump.port_has_ended)
		ms = ENDED_MS;
	else if (bridge.pump.line.state != LINE_CLOSED)
		ms = PUMP_TICK_MS;
	if (ms == 0)
		uv_timer_stop(&bridge.tick);
	else if (!uv_is_active((uv_handle_t *)&bridge.tick) ||
	    uv_timer_get_repeat(&bridge.tick) != ms)
		uv_timer_start(&bridge.tick, on_tick, ms, ms);
}

static void
move(void)
{
	uint64_t now = uv_now(&bridge.role->loop);

	pump_move(&bridge.pump, now);
	if (bridge.pump.line.state == LINE_ASKED) {
		answer_open();
		pump_move(&bridge.pump, now);
	}
	watch(&bridge.port, pump_port_events(&bridge.pump));
	watch_local();
	set_timer();
}

/* --- before the sandbox ---------------------------------------------------- */

/* As it is, but raw and without a modem's lines: its speed is the kernel's
 * (console=), or nobody's. */
static void
make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0)
		return;		/* not a terminal */
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= ~(tcflag_t)(HUPCL | CRTSCTS | CSTOPB);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &t) != 0)
		role_refuse("the service port: %s", strerror(errno));
}

/* See bridge.h. */
void
bridge_prepare(struct role *role)
{
	int fd = role->listen_fd[SERVICE_PORT];

	if (fd < 0)
		role_refuse("there is no service port");
	make_raw(fd);
	bridge.role = role;
	bridge.watched = -1;
	pump_init(&bridge.pump, fd);
	uv_timer_init(&role->loop, &bridge.tick);
	if (uv_poll_init(&role->loop, &bridge.port, fd) != 0)
		role_refuse("the service port is nothing that can be waited "
		    "for");
	watch(&bridge.port, PUMP_READ);
}
