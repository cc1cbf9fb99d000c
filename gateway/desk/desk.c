#include "desk/desk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "desk/session.h"

static uv_poll_t listener;

static void
accept_one(struct role *role, int listening)
{
	struct ucred who = { 0 };
	socklen_t len = sizeof(who);
	int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	/* The socket's mode says who may connect; this says who did. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
		log_line(LOG_WARNING, "a caller without credentials");
	session_accept(role, fd, (unsigned long)who.uid);
}

static void
on_connection(uv_poll_t *poll, int error, int events)
{
	struct role *role = poll->data;

	if (error != 0 || (events & UV_READABLE) == 0)
		return;
	accept_one(role, role->listen_fd[0]);
}

/* See desk.h. */
void
desk_prepare(struct role *role)
{
	int error;

	listener.data = role;
	error = uv_poll_init(&role->loop, &listener, role->listen_fd[0]);
	if (error == 0)
		error = uv_poll_start(&listener, UV_READABLE, on_connection);
	if (error == 0)
		return;
	log_line(LOG_ERROR, "local socket: %s", uv_strerror(error));
	exit(1);
}

/* Answers carry the request's number; its session may be gone. */
static void
answer(uint64_t request, const struct message *m)
{
	struct session *s = session_waiting(request);

	if (s != NULL && s->command != NULL && s->command->on_answer != NULL)
		s->command->on_answer(s, m);
}

#define X(NAME, name)                                                   \
	void                                                            \
	desk_on_##name(struct role *role, const struct message *m)      \
	{                                                               \
		(void)role;                                             \
		answer(m->name.request, m);                             \
	}
DESK_ANSWERS(X)
#undef X

/* See desk.h. */
void
desk_on_peer(struct role *role, enum role_id peer)
{
	(void)role;
	(void)peer;
}

/* See desk.h. */
void
desk_on_peer_lost(struct role *role, enum role_id peer)
{
	(void)role;
	session_peer_lost(peer);
}
