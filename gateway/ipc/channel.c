#include "ipc/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/inbox.h"
#include "ipc/queue.h"

enum {
	CHUNK_MIN_BYTES = 16 * 1024,
	FLUSH_BYTES     = 64 * 1024,	/* do not gather more than this */
	IDLE_MS         = 2000,		/* then memory is given back */
	VECTORS         = 8
};

/*
 * uv_poll and our own read(2) and write(2) rather than uv_pipe: a frame is
 * read straight into the inbox and handed on from there, and what is sent in
 * one turn of the loop leaves in one write.
 */
struct channel_state {
	struct channel *channel;	/* NULL: closed, waiting for libuv */
	int          fd;
	unsigned     open_handles;
	uv_poll_t    poll;
	uv_idle_t    soon;	/* runs once, before the loop sleeps again */
	uv_timer_t   idle;
	bool         is_paused;
	bool         is_blocked;	/* the kernel's buffer is full */
	bool         was_full;
	bool         is_broken;		/* a write failed; lost() comes soon */
	bool         moved;		/* bytes since the idle timer last fired */
	struct inbox in;
	struct queue out;
	size_t       frame_max;		/* longest that we may send */
};

static void on_poll(uv_poll_t *handle, int failed, int events);
static void on_soon(uv_idle_t *handle);
static void on_idle(uv_timer_t *handle);

/* See channel.h. */
void
channel_init(struct channel *c, enum role_id self, enum role_id peer,
    const struct channel_events *events, void *owner)
{
	*c = (struct channel){ .self = self, .peer = peer,
	    .events = events, .owner = owner };
}

static void
on_handle_closed(uv_handle_t *handle)
{
	struct channel_state *s = handle->data;

	if (--s->open_handles > 0)
		return;
	queue_clear(&s->out);
	inbox_clear(&s->in);
	free(s);
}

/* See channel.h. */
void
channel_close(struct channel *c)
{
	struct channel_state *s = c->state;

	if (!c->is_open)
		return;
	c->is_open = false;
	c->state = NULL;
	s->channel = NULL;
	uv_close((uv_handle_t *)&s->poll, on_handle_closed);
	uv_close((uv_handle_t *)&s->soon, on_handle_closed);
	uv_close((uv_handle_t *)&s->idle, on_handle_closed);
	close(s->fd);
}

static void
lose(struct channel_state *s)
{
	struct channel *c = s->channel;

	channel_close(c);
	c->events->on_lost(c->owner, c);
}

/* Cannot fail: the descriptor was accepted by epoll in channel_open(). */
static void
watch(struct channel_state *s)
{
	int events = (s->is_paused ? 0 : UV_READABLE) |
	    (s->is_blocked ? UV_WRITABLE : 0);

	if (events == 0)
		uv_poll_stop(&s->poll);
	else
		uv_poll_start(&s->poll, events, on_poll);
}

static void
keep_awake(struct channel_state *s)
{
	s->moved = true;
	if (!uv_is_active((uv_handle_t *)&s->idle))
		uv_timer_start(&s->idle, on_idle, IDLE_MS, 0);
}

static struct channel_state *
state_new(struct channel *c, int fd)
{
	struct channel_state *s = calloc(1, sizeof(*s));
	size_t max = message_route_max_bytes(c->self, c->peer);

	if (s == NULL)
		return NULL;
	s->fd = fd;
	s->frame_max = FRAME_HEAD_BYTES + max;
	inbox_init(&s->in, message_route_max_bytes(c->peer, c->self));
	queue_init(&s->out,
	    s->frame_max > CHUNK_MIN_BYTES ? s->frame_max : CHUNK_MIN_BYTES);
	s->poll.data = s->soon.data = s->idle.data = s;
	return s;
}

/* See channel.h. */
enum status
channel_open(struct channel *c, uv_loop_t *loop, int fd)
{
	struct channel_state *s = c->is_open ? NULL : state_new(c, fd);

	if (s == NULL || uv_poll_init(loop, &s->poll, fd) != 0) {
		free(s);
		close(fd);
		return ST_IO;
	}
	uv_idle_init(loop, &s->soon);
	uv_timer_init(loop, &s->idle);
	s->open_handles = 3;
	s->channel = c;
	c->state = s;
	c->is_open = true;
	watch(s);
	return ST_OK;
}

/* --- receiving ------------------------------------------------------------- */

static enum status
deliver_one(struct channel_state *s, uint64_t *id)
{
	struct channel *c = s->channel;
	struct message m;
	struct span body;

	*id = 0;
	TRY(inbox_next(&s->in, id, &body));
	TRY(message_route(*id, c->peer, c->self));
	TRY(message_decode(&m, *id, body));
	c->events->on_message(c->owner, c, &m);
	inbox_done(&s->in, body.len, !message_is_ciphertext(*id));
	return ST_OK;
}

/* Hands on whole frames until there is none, or the owner says stop. */
static void
deliver(struct channel_state *s)
{
	enum status st = ST_OK;
	uint64_t id = 0;

	while (st == ST_OK && s->channel != NULL && !s->is_paused)
		st = deliver_one(s, &id);
	if (st == ST_OK || st == ST_MORE)
		return;
	log_line(LOG_ERROR, "channel to %s: message 0x%02x (%s): %s; closed",
	    role_name(s->channel->peer), (unsigned)id, message_name(id),
	    status_text(st));
	lose(s);
}

static void
receive(struct channel_state *s)
{
	struct buf room = inbox_room(&s->in);
	ssize_t n;

	if (room.ptr == NULL) {
		log_line(LOG_ERROR, "channel to %s: no memory; closed",
		    role_name(s->channel->peer));
		lose(s);
		return;
	}
	n = read(s->fd, room.ptr, room.max);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lose(s);
		return;
	}
	inbox_add(&s->in, (size_t)n);
	keep_awake(s);
	deliver(s);
}

/* --- sending --------------------------------------------------------------- */

/* Writes what the kernel takes.  Never calls the owner. */
static void
flush(struct channel_state *s)
{
	struct iovec vectors[VECTORS];
	ssize_t n;

	while (s->out.bytes > 0 && !s->is_broken) {
		n = writev(s->fd, vectors,
		    queue_vectors(&s->out, vectors, VECTORS));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			s->is_broken = true;
			uv_idle_start(&s->soon, on_soon);
			return;
		}
		queue_written(&s->out, (size_t)n);
	}
	if (s->is_blocked != (s->out.bytes > 0)) {
		s->is_blocked = s->out.bytes > 0;
		watch(s);
	}
}

static void
tell_drained(struct channel_state *s)
{
	struct channel *c = s->channel;

	if (!s->was_full || s->out.bytes >= CHANNEL_LOW_BYTES)
		return;
	s->was_full = false;
	c->events->on_drained(c->owner, c);
}

/* The body's length is known only afterwards: the head is filled in then. */
static enum status
encode_frame(struct channel_state *s, const struct message *m)
{
	struct buf room = queue_room(&s->out);
	struct buf head = room;

	if (room.max < FRAME_HEAD_BYTES)
		return ST_NO_SPACE;
	room.len = FRAME_HEAD_BYTES;
	TRY(message_encode(m, &room));
	TRY(frame_head(m->id, room.len - FRAME_HEAD_BYTES, &head));
	queue_commit(&s->out, room.len, !message_is_ciphertext(m->id));
	return ST_OK;
}

static enum status
enqueue(struct channel_state *s, const struct message *m)
{
	enum status st = encode_frame(s, m);

	if (st != ST_NO_SPACE)
		return st;
	TRY(queue_grow(&s->out));
	return encode_frame(s, m);
}

/* See channel.h. */
enum status
channel_send(struct channel *c, const struct message *m)
{
	struct channel_state *s = c->state;
	enum status st;

	if (!c->is_open || s->is_broken)
		return ST_IO;
	TRY(message_route(m->id, c->self, c->peer));
	if (s->out.bytes > CHANNEL_FULL_BYTES + s->frame_max)
		return ST_BUSY;
	st = enqueue(s, m);
	if (st != ST_OK)
		return st == ST_NO_SPACE ? ST_BUSY : st;
	keep_awake(s);
	if (s->out.bytes >= FLUSH_BYTES && !s->is_blocked)
		flush(s);
	else if (!s->is_blocked)
		uv_idle_start(&s->soon, on_soon);
	if (s->out.bytes >= CHANNEL_FULL_BYTES)
		s->was_full = true;
	return ST_OK;
}

/* See channel.h. */
bool
channel_is_full(const struct channel *c)
{
	return c->is_open && c->state->out.bytes >= CHANNEL_FULL_BYTES;
}

/* See channel.h. */
size_t
channel_queued_bytes(const struct channel *c)
{
	return c->is_open ? c->state->out.bytes : 0;
}

/* --- the loop's calls ------------------------------------------------------ */

static void
on_poll(uv_poll_t *handle, int failed, int events)
{
	struct channel_state *s = handle->data;

	if (failed != 0) {
		lose(s);
		return;
	}
	if (events & UV_WRITABLE) {
		flush(s);
		tell_drained(s);
	}
	if ((events & UV_READABLE) && s->channel != NULL && !s->is_paused)
		receive(s);
}

static void
on_soon(uv_idle_t *handle)
{
	struct channel_state *s = handle->data;

	uv_idle_stop(handle);
	if (!s->is_blocked)
		flush(s);
	if (s->is_broken) {
		lose(s);
		return;
	}
	tell_drained(s);
	if (s->channel != NULL)
		deliver(s);
}

static void
on_idle(uv_timer_t *handle)
{
	struct channel_state *s = handle->data;

	if (s->moved) {
		s->moved = false;
		uv_timer_start(handle, on_idle, IDLE_MS, 0);
		return;
	}
	inbox_trim(&s->in);
	queue_trim(&s->out);
}

/* See channel.h. */
void
channel_pause(struct channel *c)
{
	if (!c->is_open || c->state->is_paused)
		return;
	c->state->is_paused = true;
	watch(c->state);
}

/* See channel.h. */
void
channel_resume(struct channel *c)
{
	if (!c->is_open || !c->state->is_paused)
		return;
	c->state->is_paused = false;
	watch(c->state);
	/* What was read before the pause waits in the inbox. */
	uv_idle_start(&c->state->soon, on_soon);
}
