#include "supervisor/listeners.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "config/address.h"

enum { BACKLOG = 512 };

static enum status
fail(int fd, const char *key, const char *value, const char *hint)
{
	log_line(LOG_ERROR, "%s = %s: %s; %s", key, value, strerror(errno),
	    hint);
	if (fd >= 0)
		close(fd);
	return ST_IO;
}

static const char *
hint_for(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program listens there; stop it, or choose "
		    "another port";
	case EADDRNOTAVAIL:
		return "this machine has no such address";
	case EACCES:
		return "ports below 1024 need root";
	default:
		return "choose another address";
	}
}

/* `interface`: what comes in by another one is not even answered. */
static enum status
bind_to(int fd, const char *interface)
{
	if (interface[0] == '\0' || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
	    interface, (socklen_t)strlen(interface)) == 0)
		return ST_OK;
	return fail(fd, "mllp.interface", interface,
	    "ip link lists the interfaces of this machine");
}

static enum status
open_tcp(const char *key, const char *text, const char *interface, int *out)
{
	struct sockaddr_storage address;
	socklen_t len = 0;
	int yes = 1, fd;

	if (strcmp(text, "none") == 0)
		return ST_OK;
	TRY(address_parse(span_of(text), &address, &len));
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes,
	    sizeof(yes)) != 0)
		return fail(fd, key, text, "choose another address");
	TRY(bind_to(fd, interface));
	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    listen(fd, BACKLOG) != 0)
		return fail(fd, key, text, hint_for(errno));
	*out = fd;
	return ST_OK;
}

/* Whoever may open it may issue cards: the owner of this process only. */
static enum status
open_local(const char *path, int *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t before;
	int fd, failed;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return fail(-1, "run.dir", path, "choose a shorter one");
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(fd, "run.dir", path, "");
	unlink(path);	/* a dead guichetd's: folders_lock() says so */
	before = umask(0177);
	failed = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(before);
	if (failed != 0 || listen(fd, BACKLOG) != 0)
		return fail(fd, "run.dir", path, "choose another directory");
	*out = fd;
	return ST_OK;
}

/* See listeners.h. */
enum status
listeners_open(struct listeners *l, const struct config *config,
    const struct folders *f)
{
	for (int i = 0; i < LISTENERS; i++)
		l->fd[i] = -1;
	TRY(open_tcp("mllp.listen", config->mllp_listen,
	    config->mllp_interface, &l->fd[LISTEN_MLLP]));
	TRY(open_tcp("mllps.listen", config->mllps_listen, "",
	    &l->fd[LISTEN_MLLPS]));
	TRY(open_tcp("fhir.listen", config->fhir_listen, "",
	    &l->fd[LISTEN_FHIR]));
	TRY(open_tcp("pickup.listen", config->pickup_listen, "",
	    &l->fd[LISTEN_PICKUP]));
	TRY(open_local(f->intake_socket, &l->fd[LISTEN_INTAKE]));
	return open_local(f->socket, &l->fd[LISTEN_DESK]);
}
