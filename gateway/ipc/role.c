#include "ipc/role.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/packet.h"

enum {
	MESSAGE_IDS = 256,
	LAST_WORDS_MS = 1000,	/* what is queued at the end may take this */
	LAST_WORDS_STEP_MS = 10
};

struct role_internals {
	const struct role_events *events;
	const struct ipc_handler *handler[MESSAGE_IDS];
	uv_poll_t  supervisor;
	uv_timer_t last_words;
	unsigned   steps_left;
	uint8_t    storage[PACKET_BYTES];	/* not secret */
};

/* See role.h. */
void
role_refuse(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_line(LOG_ERROR, "%s", text);
	exit(ROLE_EXIT_CONFIG);
}

/* The kernel refused something that it never refuses here. */
static _Noreturn void
die(const char *what)
{
	log_line(LOG_ERROR, "%s: %s", what, strerror(errno));
	exit(ROLE_EXIT_OS);
}

/* See role.h. */
void
role_options(int argc, char **argv, const struct sandbox_policy *policy)
{
	if (argc <= 1)
		return;
	if (argc == 2 && strcmp(argv[1], "--policy") == 0) {
		sandbox_print(policy);
		exit(0);
	}
	fprintf(stderr, "guichet-%s: %s: unknown option; the only one is "
	    "--policy.  guichetd starts this program.\n", policy->role,
	    argv[1]);
	exit(ROLE_EXIT_USAGE);
}

/* --- inheriting ------------------------------------------------------------ */

static void
check_supervisor(const struct role *role)
{
	int type = 0;
	socklen_t len = sizeof(type);

	if (getsockopt(ROLE_FD_SUPERVISOR, SOL_SOCKET, SO_TYPE, &type,
	    &len) == 0 && type == SOCK_SEQPACKET)
		return;
	fprintf(stderr, "guichet-%s: descriptor 3 is not a supervisor's: "
	    "start guichetd, it starts this program\n", role_name(role->id));
	exit(ROLE_EXIT_USAGE);
}

static void
take_start(struct role *role, const struct msg_start *start)
{
	struct config_error error;
	int next = ROLE_FD_LISTEN;

	if (start->listeners >> ROLE_LISTEN_MAX != 0)
		unexpected("too many listening sockets", (int)start->listeners);
	for (int i = 0; i < ROLE_LISTEN_MAX; i++)
		role->listen_fd[i] = start->listeners >> i & 1 ? next++ : -1;
	if (syscall(SYS_close_range, next, ~0U, 0) != 0)
		die("close_range");
	if (config_parse(&role->config, start->config, &error) != ST_OK)
		role_refuse("configuration from the supervisor: line %u: %s",
		    error.line, error.text);
}

static void
receive_start(struct role *role)
{
	struct buf storage = buf_over(malloc(PACKET_START_BYTES),
	    PACKET_START_BYTES);
	struct packet_route route = { ROLE_SUPERVISOR, role->id };
	struct message m;
	enum status st;
	int with;

	if (storage.ptr == NULL)
		die("memory");
	st = packet_receive(ROLE_FD_SUPERVISOR, route, &storage, &m, &with);
	if (st == ST_IO)
		exit(0);	/* the supervisor is gone: nobody to tell */
	if (st != ST_OK || m.id != MSG_START || with >= 0)
		unexpected("the supervisor did not begin with START", (int)st);
	take_start(role, &m.start);
	free(storage.ptr);
}

/* libuv opens its spare descriptor with the first stream: before the sandbox
 * is closed, or it tries again with every connection. */
static void
open_spare(uv_loop_t *loop)
{
	uv_tcp_t first;

	if (uv_tcp_init(loop, &first) != 0)
		die("event loop");
	uv_close((uv_handle_t *)&first, NULL);
	uv_run(loop, UV_RUN_NOWAIT);
}

/* See role.h. */
void
role_inherit(struct role *role, enum role_id id)
{
	memset(role, 0, sizeof(*role));
	role->id = id;
	log_init(role_name(id), LOG_NOTICE);
	umask(077);
	signal(SIGPIPE, SIG_IGN);	/* a peer that left is ST_IO, not death */
	check_supervisor(role);
	receive_start(role);
	role->internals = calloc(1, sizeof(*role->internals));
	if (role->internals == NULL || uv_loop_init(&role->loop) != 0)
		die("event loop");
	open_spare(&role->loop);
}

/* --- peers ----------------------------------------------------------------- */

static void
dispatch(struct role *role, const struct message *m)
{
	const struct ipc_handler *handler = role->internals->handler[m->id];

	if (handler == NULL)
		unexpected("message without a handler", (int)m->id);
	handler->on(role, m);
}

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	(void)c;
	dispatch(owner, m);
}

static void
on_drained(void *owner, struct channel *c)
{
	struct role *role = owner;

	if (role->internals->events->on_drained != NULL)
		role->internals->events->on_drained(role, c->peer);
}

static void
tell_lost(struct role *role, struct channel *c)
{
	if (role->internals->events->on_peer_lost != NULL)
		role->internals->events->on_peer_lost(role, c->peer);
}

/* The peer may be alive all the same: only the supervisor can know, and only
 * it can give another channel. */
static void
ask_again(struct role *role, enum role_id peer)
{
	struct message m = { .id = MSG_LINK_LOST,
	    .link_lost = { (uint64_t)peer } };

	if (role_send(role, ROLE_SUPERVISOR, &m) != ST_OK)
		log_line(LOG_WARNING, "channel to %s is lost and cannot be "
		    "asked for", role_name(peer));
}

static void
on_lost(void *owner, struct channel *c)
{
	tell_lost(owner, c);
	ask_again(owner, c->peer);
}

static const struct channel_events channel_events = {
	.on_message = on_message,
	.on_drained = on_drained,
	.on_lost    = on_lost,
};

static void
take_peer(struct role *role, uint64_t number, int fd)
{
	struct channel *c;

	if (number >= ROLE_COUNT || fd < 0)
		unexpected("PEER without a role or a descriptor", (int)number);
	c = &role->peer[number];
	if (c->is_open) {
		/* The other end was restarted before we saw it die. */
		channel_close(c);
		tell_lost(role, c);
	}
	if (channel_open(c, &role->loop, fd) != ST_OK) {
		log_line(LOG_ERROR, "channel to %s cannot be opened",
		    role_name(c->peer));
		ask_again(role, c->peer);
		return;
	}
	if (role->internals->events->on_peer != NULL)
		role->internals->events->on_peer(role, c->peer);
}

/* --- the supervisor -------------------------------------------------------- */

static void
answer_ping(struct role *role, uint64_t number)
{
	struct message pong = { .id = MSG_PONG, .pong = { number } };

	if (role_send(role, ROLE_SUPERVISOR, &pong) != ST_OK)
		log_line(LOG_WARNING, "PONG could not be sent");
}

static void
obey(struct role *role, const struct message *m, int with)
{
	switch (m->id) {
	case MSG_PEER:
		take_peer(role, m->peer.role, with);
		break;
	case MSG_PING:
		answer_ping(role, m->ping.number);
		break;
	case MSG_STOP:
		if (role->internals->events->on_stop == NULL)
			role_stopped(role);
		else
			role->internals->events->on_stop(role,
			    m->stop.grace_ms);
		break;
	default:
		dispatch(role, m);
	}
	if (with >= 0 && m->id != MSG_PEER)
		unexpected("descriptor beside a message", (int)m->id);
}

static void
on_supervisor(uv_poll_t *handle, int failed, int events)
{
	struct role *role = handle->data;
	struct buf storage = buf_over(role->internals->storage, PACKET_BYTES);
	struct packet_route route = { ROLE_SUPERVISOR, role->id };
	struct message m;
	enum status st;
	int with;

	(void)events;
	st = failed != 0 ? ST_IO : packet_receive(ROLE_FD_SUPERVISOR, route,
	    &storage, &m, &with);
	if (st == ST_MORE)
		return;
	if (st == ST_IO) {
		uv_stop(&role->loop);	/* the supervisor is gone */
		return;
	}
	if (st != ST_OK)
		unexpected("the supervisor's message", (int)st);
	obey(role, &m, with);
}

/* --- running --------------------------------------------------------------- */

static bool
is_own(uint64_t id)
{
	return id == MSG_START || id == MSG_PEER || id == MSG_PING ||
	    id == MSG_STOP;
}

static bool
must_be_handled(uint64_t id, enum role_id self)
{
	for (unsigned from = 0; from < ROLE_CTL; from++)
		if (message_route(id, (enum role_id)from, self) == ST_OK)
			return !is_own(id);
	return false;
}

/* Every message that may arrive has exactly one row, and no other has. */
static void
check_handlers(struct role *role, const struct ipc_handler *handlers, size_t n)
{
	const struct ipc_handler **by_id = role->internals->handler;

	for (size_t i = 0; i < n; i++) {
		if (by_id[handlers[i].id] != NULL)
			unexpected("two handlers for a message",
			    (int)handlers[i].id);
		by_id[handlers[i].id] = &handlers[i];
	}
	for (uint64_t id = 0; id < MESSAGE_IDS; id++)
		if (must_be_handled(id, role->id) != (by_id[id] != NULL))
			unexpected("handlers do not match messages.def",
			    (int)id);
}

static void
open_supervisor(struct role *role)
{
	struct message ready = { .id = MSG_READY,
	    .ready = { (uint64_t)getpid() } };
	uv_poll_t *poll = &role->internals->supervisor;

	poll->data = role;
	if (uv_poll_init(&role->loop, poll, ROLE_FD_SUPERVISOR) != 0 ||
	    uv_poll_start(poll, UV_READABLE, on_supervisor) != 0)
		die("supervisor's channel");
	uv_timer_init(&role->loop, &role->internals->last_words);
	role->internals->last_words.data = role;
	if (role_send(role, ROLE_SUPERVISOR, &ready) != ST_OK)
		exit(0);
}

/* See role.h. */
int
role_run(struct role *role, const struct role_events *events,
    const struct ipc_handler *handlers, size_t n_handlers)
{
	role->internals->events = events;
	check_handlers(role, handlers, n_handlers);
	for (unsigned peer = 0; peer < ROLE_COUNT; peer++)
		channel_init(&role->peer[peer], role->id, (enum role_id)peer,
		    &channel_events, role);
	open_supervisor(role);
	uv_run(&role->loop, UV_RUN_DEFAULT);
	return 0;
}

static bool
has_queued(const struct role *role)
{
	for (unsigned peer = 0; peer < ROLE_COUNT; peer++)
		if (channel_queued_bytes(&role->peer[peer]) > 0)
			return true;
	return false;
}

static void
on_last_words(uv_timer_t *timer)
{
	struct role *role = timer->data;

	if (has_queued(role) && role->internals->steps_left-- > 0)
		return;
	uv_stop(&role->loop);
}

/* See role.h. */
void
role_stopped(struct role *role)
{
	role->internals->steps_left = LAST_WORDS_MS / LAST_WORDS_STEP_MS;
	uv_timer_start(&role->internals->last_words, on_last_words, 0,
	    LAST_WORDS_STEP_MS);
}

/* See role.h. */
enum status
role_send(struct role *role, enum role_id to, const struct message *m)
{
	if (to != ROLE_SUPERVISOR)
		return channel_send(&role->peer[to], m);
	TRY(message_route(m->id, role->id, to));
	return packet_send(ROLE_FD_SUPERVISOR, m, -1);
}
