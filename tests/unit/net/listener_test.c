/* Full: the next client waits in the kernel's queue until there is room. */
#include "net/listener.h"

#include "loopback.h"
#include "tap.h"

static struct listener listener;
static struct conn conns[2];
static bool taken[2];
static unsigned n_asked, n_accepted, n_closed;
static uv_timer_t room;

static void
on_event(void *owner, enum conn_event ev)
{
	struct conn *c = owner;

	if (ev == CONN_CLOSED) {
		taken[c - conns] = false;
		n_closed++;
		listener_resume(&listener);
	} else if (ev == CONN_BYTES) {
		conn_write(c, span_of("!"));
	} else if (ev == CONN_WRITTEN) {
		conn_read(c);
	} else {
		conn_close(c);
	}
	if (n_closed == 3)
		uv_stop(uv_default_loop());
}

static struct conn *
on_waiting(void *owner)
{
	int i;

	(void)owner;
	n_asked++;
	for (i = 0; i < 2 && taken[i]; i++)
		;
	if (i == 2)
		return NULL;
	taken[i] = true;
	conns[i] = (struct conn){ .on_event = on_event, .owner = &conns[i],
	    .idle_ms = 5000, .storage = (uint8_t *)malloc(8),
	    .storage_bytes = 8 };
	return &conns[i];
}

static void
on_accepted(void *owner, struct conn *c)
{
	(void)owner;
	n_accepted++;
	conn_read(c);
}

static unsigned accepted_while_full;

static void
on_room(uv_timer_t *t)
{
	(void)t;
	accepted_while_full = n_accepted;
	conn_close(&conns[0]);
}

static void
three_clients(void *arg)
{
	int fd[3], i;
	char c;

	for (i = 0; i < 3; i++) {
		fd[i] = loopback_connect();
		(void)!write(fd[i], "x", 1);
		if (i < 2)
			(void)!read(fd[i], &c, 1);
	}
	*(int *)arg = (int)read(fd[2], &c, 1);	/* comes when there is room */
	for (i = 0; i < 3; i++)
		close(fd[i]);
}

int
main(void)
{
	static struct listener broken;
	uv_thread_t thread;
	int third = 0;

	listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted };
	ok(listener_open(&broken, uv_default_loop(), -1) == ST_IO,
	    "no socket: ST_IO");
	ok(listener_open(&listener, uv_default_loop(), loopback_socket()) ==
	    ST_OK, "listens");
	listener_resume(&listener);
	ok(n_asked == 0, "resume without anybody waiting does nothing");
	uv_timer_init(uv_default_loop(), &room);
	uv_timer_start(&room, on_room, 300, 0);
	uv_thread_create(&thread, three_clients, &third);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	uv_thread_join(&thread);
	ok(accepted_while_full == 2 && n_asked == 4,
	    "full: asked once, then not polled (%u)", n_asked);
	ok(n_accepted == 3 && third == 1, "room: the one that waited is served");
	listener_close(&listener);
	listener_close(&listener);
	ok(true, "closing twice");
	return done_testing();
}
