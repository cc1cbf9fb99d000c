/* A role in a child process; the test is its supervisor. */
#include "ipc/role.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/inbox.h"
#include "ipc/packet.h"
#include "os/passing.h"
#include "tap.h"

enum { WAIT_MS = 5000 };

/* --- in the child: a vault's user that talks about what it sees ------------ */

static void
on_any(struct role *role, const struct message *m)
{
	(void)role;
	(void)m;
}

static void
echo_stored(struct role *role, const struct message *m)
{
	struct message answer = { .id = MSG_DELIVERY_ABORT,
	    .delivery_abort = { m->delivery_stored.delivery + 1 } };

	if (role_send(role, ROLE_VAULT, &answer) != ST_OK)
		exit(91);
}

enum { HANDLERS = 10 };

static const struct ipc_handler handlers[HANDLERS + 1] = {
	{ MSG_DELIVERY_STATE,  on_any },
	{ MSG_REPORT_OPENED,   on_any },
	{ MSG_CLAIM,           on_any },
	{ MSG_REPORT_PROBED,   on_any },
	{ MSG_SPOOL_OFFER,     on_any },
	{ MSG_SPOOL_PART,      on_any },
	{ MSG_SPOOL_END,       on_any },
	{ MSG_SPOOL_DROP,      on_any },
	{ MSG_TRAITS_GET,      on_any },
	{ MSG_DELIVERY_STORED, echo_stored },
	{ MSG_DELIVERY_STORED, on_any },	/* only to be one too many */
};

static void
greet(struct role *role, enum role_id peer)
{
	struct message m = { .id = MSG_DELIVERY_ABORT,
	    .delivery_abort = { 1000 } };

	if (peer != ROLE_VAULT || role_send(role, peer, &m) != ST_OK)
		exit(92);
}

static void
say_goodbye(struct role *role, uint64_t grace_ms)
{
	struct message m = { .id = MSG_DELIVERY_ABORT,
	    .delivery_abort = { grace_ms } };

	if (role_send(role, ROLE_VAULT, &m) != ST_OK)
		exit(93);
	role_stopped(role);
}

static int
run(size_t n_handlers, bool says_goodbye)
{
	static struct role role;
	struct role_events events = { .on_peer = greet };

	if (says_goodbye)
		events.on_stop = say_goodbye;
	role_inherit(&role, ROLE_INTAKE);
	if (role.listen_fd[0] != ROLE_FD_LISTEN || role.listen_fd[1] != -1)
		return 94;
	if (fcntl(ROLE_FD_LISTEN, F_GETFD) < 0 || fcntl(20, F_GETFD) >= 0)
		return 95;
	if (strcmp(role.config.box_id, "box-7") != 0)
		return 96;
	return role_run(&role, &events, handlers, n_handlers);
}

/* --- in the parent --------------------------------------------------------- */

struct child {
	pid_t pid;
	int   fd;	/* our end */
};

static struct child
start(size_t n_handlers, bool says_goodbye)
{
	struct child c;
	int pair[2];

	if (passing_pair(pair) != ST_OK)
		abort();
	fflush(stdout);
	c.pid = fork();
	if (c.pid == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(pair[1], ROLE_FD_SUPERVISOR);
		dup2(open("/dev/null", O_RDONLY), ROLE_FD_LISTEN);
		dup2(0, 20);
		dup2(open("/dev/null", O_WRONLY), 2);
		_exit(run(n_handlers, says_goodbye));
	}
	close(pair[1]);
	c.fd = pair[0];
	return c;
}

static bool
send_config(const struct child *c, const char *text)
{
	struct message m = { .id = MSG_START, .start = { 1, span_of(text) } };

	return packet_send(c->fd, &m, -1) == ST_OK;
}

static uint8_t bytes[PACKET_BYTES];

static bool
hear(const struct child *c, struct message *m)
{
	struct packet_route route = { ROLE_INTAKE, ROLE_SUPERVISOR };
	struct buf storage = buf_over(bytes, sizeof(bytes));
	struct pollfd p = { c->fd, POLLIN, 0 };
	int with;

	return poll(&p, 1, WAIT_MS) == 1 &&
	    packet_receive(c->fd, route, &storage, m, &with) == ST_OK;
}

static int
end(struct child *c)
{
	int how = -1;

	if (c->fd >= 0)
		close(c->fd);
	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (waitpid(c->pid, &how, WNOHANG) == c->pid)
			return how;
		usleep(10000);
	}
	kill(c->pid, SIGKILL);
	waitpid(c->pid, &how, 0);
	return how;
}

static struct child
ready(bool says_goodbye)
{
	struct child c = start(HANDLERS, says_goodbye);
	struct message m;

	ok(send_config(&c, "box.id = box-7\n") && hear(&c, &m) &&
	    m.id == MSG_READY && m.ready.pid == (uint64_t)c.pid,
	    "READY, with its own pid");
	return c;
}

static void
test_ping(void)
{
	struct child c = ready(false);
	struct message m = { .id = MSG_PING, .ping = { 4711 } };

	ok(packet_send(c.fd, &m, -1) == ST_OK && hear(&c, &m) &&
	    m.id == MSG_PONG && m.pong.number == 4711, "PING is answered");
	ok(end(&c) == 0, "it ends well when its supervisor is gone");
}

static void
test_stop(void)
{
	struct child c = ready(false);
	struct message m = { .id = MSG_STOP, .stop = { 10 } };
	struct child alone = { c.pid, -1 };

	ok(packet_send(c.fd, &m, -1) == ST_OK && end(&alone) == 0,
	    "STOP ends it with 0");
	close(c.fd);
}

/* The next DELIVERY_ABORT on a channel that we read by hand. */
static uint64_t
next_abort(int fd)
{
	uint8_t frame[16];
	size_t got = 0;
	struct pollfd p = { fd, POLLIN, 0 };
	struct message m;

	while (got < sizeof(frame)) {
		ssize_t n = poll(&p, 1, WAIT_MS) == 1
		    ? read(fd, frame + got, sizeof(frame) - got) : 0;

		if (n <= 0)
			return 0;
		got += (size_t)n;
	}
	if (message_decode(&m, frame[1], (struct span){ frame + 8, 8 }) != ST_OK)
		return 0;
	return m.delivery_abort.delivery;
}

static bool
send_stored(int fd, uint64_t number)
{
	struct message m = { .id = MSG_DELIVERY_STORED,
	    .delivery_stored = { number, ST_OK } };
	uint8_t frame[64];
	struct buf head = buf_over(frame, 8), body = buf_over(frame + 8, 56);

	return message_encode(&m, &body) == ST_OK &&
	    frame_head(m.id, body.len, &head) == ST_OK &&
	    write(fd, frame, 8 + body.len) == (ssize_t)(8 + body.len);
}

static int
give_channel(const struct child *c)
{
	struct message m = { .id = MSG_PEER, .peer = { ROLE_VAULT, 1 } };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    packet_send(c->fd, &m, pair[0]) != ST_OK)
		return -1;
	close(pair[0]);
	return pair[1];
}

static void
test_peer(void)
{
	struct child c = ready(true);
	struct message m = { .id = MSG_STOP, .stop = { 321 } };
	int first = give_channel(&c), second;

	ok(next_abort(first) == 1000, "on_peer, and a message to the peer");
	ok(send_stored(first, 5) && next_abort(first) == 6,
	    "a message reaches its handler");
	second = give_channel(&c);
	ok(next_abort(second) == 1000, "a fresh channel replaces the old one");
	ok(next_abort(first) == 0, "which is closed");
	ok(packet_send(c.fd, &m, -1) == ST_OK && next_abort(second) == 321,
	    "what on_stop sends still leaves");
	close(first);
	close(second);
	ok(end(&c) == 0, "then it ends with 0");
}

static bool
hears_lost(const struct child *c)
{
	struct message m;

	return hear(c, &m) && m.id == MSG_LINK_LOST &&
	    m.link_lost.role == ROLE_VAULT;
}

/* The peer may be alive: only the supervisor can give another channel. */
static void
test_link_lost(void)
{
	static const uint8_t nonsense[] = { 0, 0xfe, 0, 0, 0, 0, 0, 0 };
	struct child c = ready(false);
	int fd = give_channel(&c);

	ok(next_abort(fd) == 1000, "a channel");
	close(fd);
	ok(hears_lost(&c), "its end is told to the supervisor");
	fd = give_channel(&c);
	ok(next_abort(fd) == 1000, "which gives another one");
	ok(write(fd, nonsense, sizeof(nonsense)) == sizeof(nonsense) &&
	    hears_lost(&c), "so is nonsense on it");
	ok(next_abort(fd) == 0, "which closes it");
	close(fd);
	ok(end(&c) == 0, "and ends nobody");
}

static void
test_wrong_config(void)
{
	struct child c = start(4, false);
	int how;

	ok(send_config(&c, "box.id = NO\n"), "a slice that does not parse");
	how = end(&c);
	ok(WIFEXITED(how) && WEXITSTATUS(how) == ROLE_EXIT_CONFIG,
	    "ends with the exit code for it");
}

static void
test_handlers(void)
{
	static const size_t counts[] = { HANDLERS - 1, HANDLERS + 1 };

	for (size_t i = 0; i < COUNT(counts); i++) {
		struct child c = start(counts[i], false);
		int how;

		ok(send_config(&c, "box.id = box-7\n"), "START");
		how = end(&c);
		ok(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT,
		    "a handler %s is our own bug: it aborts",
		    i == 0 ? "that is missing" : "too many");
	}
}

static void
test_no_supervisor(void)
{
	struct child c;
	int how;

	fflush(stdout);
	c = (struct child){ fork(), -1 };
	if (c.pid == 0) {
		dup2(open("/dev/null", O_RDWR), ROLE_FD_SUPERVISOR);
		dup2(ROLE_FD_SUPERVISOR, 2);
		_exit(run(HANDLERS, false));
	}
	how = end(&c);
	ok(WIFEXITED(how) && WEXITSTATUS(how) == ROLE_EXIT_USAGE,
	    "without a supervisor it says so and ends");
}

static void
test_nonsense(void)
{
	struct child c = ready(false);
	int how;

	ok(send(c.fd, "nonsense", 8, 0) == 8, "nonsense from the supervisor");
	how = end(&c);
	ok(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT, "is our own bug");
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_ping();
	test_stop();
	test_peer();
	test_link_lost();
	test_wrong_config();
	test_handlers();
	test_no_supervisor();
	test_nonsense();
	return done_testing();
}
