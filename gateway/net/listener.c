#include "net/listener.h"

enum { BACKLOG = 511 };

static void
take(struct listener *l)
{
	struct conn *c = l->on_waiting(l->owner);

	l->is_waiting = c == NULL;
	if (c == NULL)
		return;		/* libuv stops polling until uv_accept() */
	if (conn_accept(c, l->tcp.loop, (uv_stream_t *)&l->tcp) != ST_OK)
		l->on_refused(l->owner, c);
	else
		l->on_accepted(l->owner, c);
}

static void
on_connection(uv_stream_t *stream, int error)
{
	if (error == 0)
		take(stream->data);
	/* Else: the peer went away, or libuv closed one for want of
	 * descriptors.  The next one gets its chance. */
}

/* See listener.h. */
enum status
listener_open(struct listener *l, uv_loop_t *loop, int fd)
{
	l->is_open = l->is_waiting = false;
	if (uv_tcp_init(loop, &l->tcp) != 0)
		return ST_IO;
	l->tcp.data = l;
	if (uv_tcp_open(&l->tcp, fd) != 0)
		return ST_IO;
	if (uv_listen((uv_stream_t *)&l->tcp, BACKLOG, on_connection) != 0)
		return ST_IO;
	l->is_open = true;
	return ST_OK;
}

/* See listener.h. */
void
listener_resume(struct listener *l)
{
	if (l->is_open && l->is_waiting)
		take(l);
}

/* See listener.h. */
void
listener_close(struct listener *l)
{
	if (l->is_open)
		uv_close((uv_handle_t *)&l->tcp, NULL);
	l->is_open = l->is_waiting = false;
}
