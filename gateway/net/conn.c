#include "net/conn.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Silent for a minute: asked every second; ten times without an answer (that
 * is libuv's), or as long without one to what was sent: gone. */
enum { KEEPALIVE_S = 60, UNANSWERED_MS = 70000 };

static void on_timer(uv_timer_t *timer);
static void on_soon(uv_check_t *check);
static void on_idle(uv_idle_t *idle);

/*
 * Events that are known already but may not be delivered from inside a call.
 * They come after the loop's next look at the sockets, which the idle handle
 * keeps it from sleeping in.  A process has one loop.
 */
static struct {
	uv_loop_t  *loop;
	uv_check_t  check;
	uv_idle_t   idle;
	struct conn *first;
} soon;

/* A read that is not wanted any more is left running until bytes come: most
 * often the owner asks again before that, and epoll need not be told. */
static void
stop_reading(struct conn *c)
{
	if (c->is_reading)
		uv_read_stop((uv_stream_t *)&c->tcp);
	c->is_reading = false;
	c->wants_bytes = false;
}

/* See conn.h. */
void
conn_emit(struct conn *c, enum conn_event ev)
{
	c->deadline_ms = 0;
	c->wants_bytes = false;
	c->on_event(c->owner, ev);
}

static void
push_soon(struct conn *c, struct conn **head)
{
	c->next_soon = *head;
	c->link_soon = head;
	if (*head != NULL)
		(*head)->link_soon = &c->next_soon;
	*head = c;
}

static void
pop_soon(struct conn *c)
{
	*c->link_soon = c->next_soon;
	if (c->next_soon != NULL)
		c->next_soon->link_soon = c->link_soon;
	c->is_later = false;
}

static void
prepare_soon(uv_loop_t *loop)
{
	if (soon.loop == loop)
		return;
	soon.loop = loop;
	uv_check_init(loop, &soon.check);	/* these cannot fail */
	uv_idle_init(loop, &soon.idle);
}

/* See conn.h. */
void
conn_emit_later(struct conn *c, enum conn_event ev)
{
	c->later = ev;
	if (c->is_later)
		return;
	c->is_later = true;
	push_soon(c, &soon.first);
	uv_check_start(&soon.check, on_soon);
	uv_idle_start(&soon.idle, on_idle);
}

static void
on_idle(uv_idle_t *idle)
{
	(void)idle;
}

/* What a callback puts on the list now waits for the next turn. */
static void
on_soon(uv_check_t *check)
{
	struct conn *first = soon.first, *c;

	soon.first = NULL;
	if (first != NULL)
		first->link_soon = &first;
	uv_check_stop(check);
	uv_idle_stop(&soon.idle);
	while ((c = first) != NULL) {
		pop_soon(c);
		conn_emit(c, c->later);
	}
}

/* A call that libuv refuses outright fails the same way as one that it
 * refuses later: from the loop. */
static void
fail_later(struct conn *c, int error)
{
	c->error = error;
	conn_emit_later(c, CONN_FAILED);
}

/* The timer is left running when its deadline moves on: on_timer() then
 * sleeps for the rest.  A busy connection never touches the timer heap. */
static void
arm_idle_timer(struct conn *c)
{
	uint64_t now = uv_now(c->timer.loop);

	c->error = 0;
	c->deadline_ms = now + c->idle_ms;
	if (!uv_is_active((uv_handle_t *)&c->timer) ||
	    uv_timer_get_due_in(&c->timer) > c->idle_ms)
		uv_timer_start(&c->timer, on_timer, c->idle_ms, 0);
}

static void
on_timer(uv_timer_t *timer)
{
	struct conn *c = timer->data;
	uint64_t now = uv_now(timer->loop);

	if (c->deadline_ms == 0 || c->is_later) {
		return;		/* nothing is awaited: do not sleep again */
	} else if (c->deadline_ms > now) {
		uv_timer_start(timer, on_timer, c->deadline_ms - now, 0);
	} else {
		stop_reading(c);
		conn_emit(c, CONN_TIMEOUT);
	}
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct conn *c = handle->data;
	struct buf room = { c->storage, 0, c->storage_bytes };

	(void)suggested;
	*buf = uv_buf_init(NULL, 0);	/* libuv then says UV_ENOBUFS */
	if (!c->wants_bytes)
		return;
	if (c->layer != NULL)
		room = c->layer->room(c);
	if (room.ptr == NULL)
		return;
	*buf = uv_buf_init((char *)room.ptr + room.len,
	    (unsigned)(room.max - room.len));
}

static void
on_bytes(struct conn *c, const uv_buf_t *buf, size_t len)
{
	c->wants_bytes = false;
	if (c->layer != NULL) {
		c->layer->received(c, len);
		return;
	}
	c->bytes = (struct span){ (const uint8_t *)buf->base, len };
	conn_emit(c, CONN_BYTES);
}

static void
on_wire_end(struct conn *c)
{
	if (c->layer != NULL)
		c->layer->ended(c);
	else
		conn_emit(c, CONN_EOF);
}

static void
on_read(uv_stream_t *stream, ssize_t nread, const uv_buf_t *buf)
{
	struct conn *c = stream->data;
	bool wanted = c->wants_bytes;

	if (nread == 0)
		return;		/* libuv's EAGAIN: nothing happened */
	if (nread > 0) {
		on_bytes(c, buf, (size_t)nread);
		return;
	}
	stop_reading(c);
	if (!wanted)
		return;		/* conn_read() starts it again and hears it */
	if (nread == UV_EOF) {
		on_wire_end(c);
		return;
	}
	c->error = (int)nread;
	conn_emit(c, CONN_FAILED);
}

static void
on_write(uv_write_t *write, int error)
{
	struct conn *c = write->data;

	if (c->is_closing)
		return;		/* CLOSED will follow */
	c->error = error;
	if (error != 0)
		conn_emit(c, CONN_FAILED);
	else if (c->layer != NULL)
		c->layer->sent(c);
	else
		conn_emit(c, CONN_WRITTEN);
}

static void
on_shutdown(uv_shutdown_t *shutdown, int error)
{
	struct conn *c = shutdown->data;

	if (c->is_closing)
		return;
	c->error = error;
	conn_emit(c, error != 0 ? CONN_FAILED : CONN_WRITTEN);
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct conn *c = handle->data;

	if (--c->open_handles == 0)
		c->on_event(c->owner, CONN_CLOSED);
}

static void
read_peer(struct conn *c)
{
	static const uint8_t mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	struct sockaddr_storage peer;
	const struct sockaddr_in *v4 = (const void *)&peer;
	const struct sockaddr_in6 *v6 = (const void *)&peer;
	int len = sizeof(peer);

	memset(c->peer, 0, sizeof(c->peer));
	if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&peer, &len) != 0)
		return;
	if (peer.ss_family == AF_INET6) {
		memcpy(c->peer, &v6->sin6_addr, 16);
	} else if (peer.ss_family == AF_INET) {
		memcpy(c->peer, mapped, sizeof(mapped));
		memcpy(c->peer + sizeof(mapped), &v4->sin_addr, 4);
	}
}

/* Without it what was sent is repeated for a quarter of an hour. */
static void
limit_unanswered(struct conn *c)
{
	unsigned ms = UNANSWERED_MS;
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&c->tcp, &fd) == 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms,
		    sizeof(ms));
}

static enum status
init(struct conn *c, uv_loop_t *loop)
{
	c->layer = NULL;
	c->layer_state = NULL;
	c->bytes = (struct span){ 0 };
	c->deadline_ms = 0;
	c->error = 0;
	c->is_later = c->wants_bytes = c->is_reading = c->is_closing = false;
	if (uv_tcp_init(loop, &c->tcp) != 0)
		return ST_IO;
	prepare_soon(loop);
	uv_timer_init(loop, &c->timer);	/* cannot fail */
	c->tcp.data = c->timer.data = c;
	c->open_handles = 2;
	return ST_OK;
}

/* There is a peer.  Refusals of these three cost speed, not correctness. */
static void
begin(struct conn *c)
{
	(void)uv_tcp_nodelay(&c->tcp, 1);
	(void)uv_tcp_keepalive(&c->tcp, 1, KEEPALIVE_S);
	limit_unanswered(c);
	read_peer(c);
}

/* See conn.h. */
enum status
conn_accept(struct conn *c, uv_loop_t *loop, uv_stream_t *listener)
{
	TRY(init(c, loop));
	c->error = uv_accept(listener, (uv_stream_t *)&c->tcp);
	if (c->error != 0)
		fail_later(c, c->error);
	else
		begin(c);
	return ST_OK;
}

static void
on_connect(uv_connect_t *connect, int error)
{
	struct conn *c = connect->data;

	if (c->is_closing)
		return;		/* CLOSED will follow */
	c->error = error;
	if (error == 0)
		begin(c);
	conn_emit(c, error != 0 ? CONN_FAILED : CONN_WRITTEN);
}

/* See conn.h. */
enum status
conn_open(struct conn *c, uv_loop_t *loop, const struct sockaddr *to)
{
	int error;

	TRY(init(c, loop));
	memset(c->peer, 0, sizeof(c->peer));
	arm_idle_timer(c);
	c->request.connect.data = c;
	error = uv_tcp_connect(&c->request.connect, &c->tcp, to, on_connect);
	if (error != 0)
		fail_later(c, error);
	return ST_OK;
}

/* See conn.h. */
void
conn_wire_read(struct conn *c)
{
	int error;

	c->wants_bytes = true;
	if (c->is_reading)
		return;
	error = uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
	if (error != 0)
		fail_later(c, error);
	else
		c->is_reading = true;
}

/* See conn.h. */
void
conn_wire_write(struct conn *c, struct span bytes)
{
	uv_buf_t b = uv_buf_init((char *)(uintptr_t)bytes.ptr,
	    (unsigned)bytes.len);
	int error;

	c->request.write.data = c;
	error = uv_write(&c->request.write, (uv_stream_t *)&c->tcp, &b, 1,
	    on_write);
	if (error != 0)
		fail_later(c, error);
}

/* See conn.h. */
size_t
conn_wire_try_write(struct conn *c, struct span bytes, bool more)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
	uv_os_fd_t fd;
	ssize_t n;

	if (uv_fileno((uv_handle_t *)&c->tcp, &fd) != 0)
		return 0;
	n = send(fd, bytes.ptr, bytes.len, flags);
	return n > 0 ? (size_t)n : 0;	/* an error comes again from libuv */
}

/* Most often the kernel has room: then libuv need not watch for it. */
static void
write_plain(struct conn *c, struct span first, struct span second)
{
	uv_buf_t b[2];
	size_t n = conn_wire_try_write(c, first, second.len > 0);
	int error;

	if (n == first.len && second.len > 0)
		n += conn_wire_try_write(c, second, false);
	if (n == first.len + second.len) {
		conn_emit_later(c, CONN_WRITTEN);
		return;
	}
	if (n > first.len) {
		second = span_slice(second, n - first.len, second.len);
		n = first.len;
	}
	first = span_slice(first, n, first.len);
	b[0] = uv_buf_init((char *)(uintptr_t)first.ptr, (unsigned)first.len);
	b[1] = uv_buf_init((char *)(uintptr_t)second.ptr,
	    (unsigned)second.len);
	c->request.write.data = c;
	error = uv_write(&c->request.write, (uv_stream_t *)&c->tcp, b, 2,
	    on_write);
	if (error != 0)
		fail_later(c, error);
}

/* See conn.h. */
void
conn_wire_shut(struct conn *c)
{
	int error;

	c->request.shutdown.data = c;
	error = uv_shutdown(&c->request.shutdown, (uv_stream_t *)&c->tcp,
	    on_shutdown);
	if (error != 0)
		fail_later(c, error);
}

/* See conn.h. */
void
conn_read(struct conn *c)
{
	arm_idle_timer(c);
	if (c->layer != NULL)
		c->layer->read(c);
	else
		conn_wire_read(c);
}

/* See conn.h. */
void
conn_write(struct conn *c, struct span bytes)
{
	conn_write_two(c, bytes, (struct span){ 0 });
}

/* See conn.h. */
void
conn_write_two(struct conn *c, struct span first, struct span second)
{
	arm_idle_timer(c);
	if (c->layer != NULL)
		c->layer->write(c, first, second);
	else
		write_plain(c, first, second);
}

/* See conn.h. */
void
conn_shut(struct conn *c)
{
	arm_idle_timer(c);
	if (c->layer != NULL)
		c->layer->shut(c);
	else
		conn_wire_shut(c);
}

/* See conn.h. */
void
conn_close(struct conn *c)
{
	c->is_closing = true;
	if (c->is_later)
		pop_soon(c);
	if (c->layer != NULL)
		c->layer->closed(c);
	c->bytes = (struct span){ 0 };
	uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

/* See conn.h. */
struct span
conn_bytes(const struct conn *c)
{
	return c->bytes;
}

/* See conn.h. */
void
conn_peer(const struct conn *c, uint8_t address[static 16])
{
	memcpy(address, c->peer, sizeof(c->peer));
}

/* See conn.h. */
const char *
conn_error(const struct conn *c)
{
	const char *text = NULL;

	if (c->error != 0)
		return uv_strerror(c->error);
	if (c->layer != NULL)
		text = c->layer->error(c);
	return text != NULL ? text : "no error";
}
