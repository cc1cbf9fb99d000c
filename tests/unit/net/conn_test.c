/* Real libuv on loopback: each event of a plain connection is provoked. */
#include "net/listener.h"

#include <netinet/tcp.h>

#include "loopback.h"
#include "tap.h"

enum { BIG = 4 << 20 };

static struct listener listener;
static struct conn conn;
static uint8_t storage[8];
static char history[256];	/* one letter an event: B E W T F C */
static char heard[64];
static size_t n_heard;
static uint8_t big[BIG];
static void (*react)(enum conn_event ev);

static void
on_event(void *owner, enum conn_event ev)
{
	struct span b = conn_bytes(&conn);

	(void)owner;
	history[strlen(history)] = "BEWTFC"[ev];
	if (ev == CONN_BYTES && n_heard + b.len <= sizeof(heard)) {
		memcpy(heard + n_heard, b.ptr, b.len);
		n_heard += b.len;
	}
	if (ev == CONN_CLOSED)
		uv_stop(uv_default_loop());
	else
		react(ev);
}

static struct conn *
on_waiting(void *owner)
{
	(void)owner;
	conn = (struct conn){ .on_event = on_event, .idle_ms = 2000,
	    .storage = storage, .storage_bytes = sizeof(storage) };
	return &conn;
}

static void
on_accepted(void *owner, struct conn *c)
{
	(void)owner;
	conn_read(c);
}

/* Runs `client` against `reaction` until CLOSED. */
static void
play(uv_thread_cb client, void (*reaction)(enum conn_event))
{
	uv_thread_t thread;

	memset(history, 0, sizeof(history));
	n_heard = 0;
	react = reaction;
	uv_thread_create(&thread, client, NULL);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	uv_thread_join(&thread);
}

/* --- bytes, the end, writing after it -------------------------------------------- */

static char reply[16];

static void
says_half_and_listens(void *arg)
{
	int fd = loopback_connect();

	(void)arg;
	(void)!write(fd, "0123456789abcdef", 16);
	shutdown(fd, SHUT_WR);
	reply[loopback_read(fd, reply, sizeof(reply))] = 0;
	close(fd);
}

static void
answers_after_the_end(enum conn_event ev)
{
	if (ev == CONN_BYTES)
		conn_read(&conn);
	else if (ev == CONN_EOF)
		conn_write(&conn, span_of("answer"));
	else
		conn_close(&conn);
}

static void
test_half_close(void)
{
	play(says_half_and_listens, answers_after_the_end);
	ok(strcmp(history, "BBEWC") == 0, "two reads of the storage's size, "
	    "the end, a write after it: %s", history);
	ok(n_heard == 16 && memcmp(heard, "0123456789abcdef", 16) == 0,
	    "the bytes in order");
	ok(strcmp(reply, "answer") == 0, "a peer that shut its half may read");
}

/* --- back-pressure ------------------------------------------------------------------ */

static uv_timer_t later;
static bool was_asked, was_early;

static void
on_later(uv_timer_t *t)
{
	(void)t;
	was_asked = true;
	conn_read(&conn);
}

static void
says_much(void *arg)
{
	int fd = loopback_connect();
	char c;

	(void)arg;
	(void)!write(fd, "0123456789abcdef", 16);
	(void)!read(fd, &c, 1);
	close(fd);
}

static void
reads_late(enum conn_event ev)
{
	if (ev == CONN_BYTES && n_heard == 8) {
		uv_timer_start(&later, on_later, 100, 0);
		return;
	}
	was_early = !was_asked;
	uv_timer_stop(&later);
	conn_close(&conn);
}

static void
test_back_pressure(void)
{
	play(says_much, reads_late);
	ok(!was_early && strcmp(history, "BBC") == 0,
	    "nothing is read until asked: %s", history);
}

/* --- time ---------------------------------------------------------------------------- */

static uint64_t asked_ms, timed_ms;

static void
says_and_waits(void *arg)
{
	int fd = loopback_connect();
	char c;

	(void)arg;
	(void)!write(fd, "x", 1);
	(void)!read(fd, &c, 1);
	close(fd);
}

static void
shortens(enum conn_event ev)
{
	if (ev == CONN_BYTES) {
		conn.idle_ms = 150;
		asked_ms = uv_now(uv_default_loop());
		conn_read(&conn);
		return;
	}
	timed_ms = uv_now(uv_default_loop()) - asked_ms;
	conn_close(&conn);
}

static void
lengthens(enum conn_event ev)
{
	if (ev == CONN_BYTES) {
		conn.idle_ms = 2200;
		asked_ms = uv_now(uv_default_loop());
		conn_read(&conn);
		return;
	}
	timed_ms = uv_now(uv_default_loop()) - asked_ms;
	conn_close(&conn);
}

static void
test_timeout(void)
{
	play(says_and_waits, shortens);
	ok(strcmp(history, "BTC") == 0 && timed_ms >= 150 && timed_ms < 1000,
	    "a shorter idle_ms counts from the next verb: %s, %d ms", history,
	    (int)timed_ms);
	play(says_and_waits, lengthens);
	ok(strcmp(history, "BTC") == 0 && timed_ms >= 2200 && timed_ms < 3000,
	    "so does a longer one: %s, %d ms", history, (int)timed_ms);
}

static void
reads_nothing(void *arg)
{
	int fd = loopback_connect(), small = 4096;

	(void)arg;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	(void)!write(fd, "x", 1);
	usleep(600 * 1000);
	close(fd);
}

static void
writes_much(enum conn_event ev)
{
	if (ev == CONN_BYTES) {
		conn.idle_ms = 200;
		conn_write(&conn, (struct span){ big, sizeof(big) });
	} else {
		conn_close(&conn);
	}
}

static void
test_write_timeout(void)
{
	play(reads_nothing, writes_much);
	ok(strcmp(history, "BTC") == 0, "a reader that stops times out: %s",
	    history);
}

/* --- failure -------------------------------------------------------------------------- */

static void
resets(void *arg)
{
	struct linger now = { 1, 0 };
	int fd = loopback_connect();

	(void)arg;
	(void)!write(fd, "x", 1);
	usleep(50 * 1000);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static const char *what;

static void
reads_on(enum conn_event ev)
{
	if (ev == CONN_BYTES) {
		conn_read(&conn);
		return;
	}
	what = conn_error(&conn);
	conn_close(&conn);
}

static void
test_reset(void)
{
	play(resets, reads_on);
	ok(strcmp(history, "BFC") == 0, "a reset is FAILED: %s", history);
	ok(strstr(what, "reset") != NULL, "and says so: %s", what);
}

/* --- shutting, the peer, closing while busy --------------------------------------------- */

static void
listens_then_says(void *arg)
{
	int fd = loopback_connect();
	char c[8];

	(void)arg;
	(void)!write(fd, "1", 1);
	if (loopback_read(fd, c, sizeof(c)) == 1)	/* until our FIN */
		(void)!write(fd, "2", 1);
	close(fd);
}

static void
shuts(enum conn_event ev)
{
	if (ev == CONN_BYTES && n_heard == 1)
		conn_write(&conn, span_of("a"));
	else if (ev == CONN_WRITTEN && strlen(history) == 2)
		conn_shut(&conn);
	else if (ev == CONN_WRITTEN || ev == CONN_BYTES)
		conn_read(&conn);
	else
		conn_close(&conn);
}

static void
test_shut(void)
{
	play(listens_then_says, shuts);
	ok(strcmp(history, "BWWBEC") == 0 && n_heard == 2,
	    "after shut the peer may still speak: %s", history);
}

static uint8_t peer[16];

static void
takes_peer_and_closes(enum conn_event ev)
{
	if (ev != CONN_BYTES)
		return;
	conn_peer(&conn, peer);
	conn_write(&conn, (struct span){ big, sizeof(big) });
	conn_close(&conn);
}

static void
answers_and_closes(enum conn_event ev)
{
	if (ev != CONN_BYTES)
		return;
	conn_write(&conn, span_of("small"));
	conn_close(&conn);
}

static void
test_close_while_writing(void)
{
	static const uint8_t loopback[16] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1
	};

	play(reads_nothing, answers_and_closes);
	ok(strcmp(history, "BC") == 0, "not even what was known: %s", history);
	play(reads_nothing, takes_peer_and_closes);
	ok(strcmp(history, "BC") == 0, "nothing but CLOSED after close: %s",
	    history);
	ok(memcmp(peer, loopback, 16) == 0, "the peer, mapped into IPv6");
}

/* --- a peer that says nothing any more --------------------------------------- */

static int
option_of(int level, int name)
{
	socklen_t len = sizeof(int);
	uv_os_fd_t fd;
	int value = -1;

	if (uv_fileno((uv_handle_t *)&conn.tcp, &fd) != 0 ||
	    getsockopt(fd, level, name, &value, &len) != 0)
		abort();
	return value;
}

static void
looks_at_options(enum conn_event ev)
{
	(void)ev;
	ok(option_of(SOL_SOCKET, SO_KEEPALIVE) == 1 &&
	    option_of(IPPROTO_TCP, TCP_KEEPIDLE) == 60 &&
	    option_of(IPPROTO_TCP, TCP_KEEPINTVL) *
	    option_of(IPPROTO_TCP, TCP_KEEPCNT) == 10,
	    "R8 a dead peer is found by keepalive within 70 s");
	ok(option_of(IPPROTO_TCP, TCP_USER_TIMEOUT) == 70000,
	    "R8 also where an answer is on its way to it");
	ok(option_of(IPPROTO_TCP, TCP_NODELAY) == 1, "R2 TCP_NODELAY");
	conn_close(&conn);
}

static void
says_hello(void *arg)
{
	char c;
	int fd = loopback_connect();

	(void)arg;
	(void)!write(fd, "hello", 5);
	(void)!read(fd, &c, 1);
	close(fd);
}

static void
test_dead_peers(void)
{
	play(says_hello, looks_at_options);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	uv_timer_init(uv_default_loop(), &later);
	listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted };
	ok(listener_open(&listener, uv_default_loop(), loopback_socket()) ==
	    ST_OK, "listens");
	test_half_close();
	test_back_pressure();
	test_timeout();
	test_write_timeout();
	test_reset();
	test_shut();
	test_close_while_writing();
	test_dead_peers();
	listener_close(&listener);
	return done_testing();
}
