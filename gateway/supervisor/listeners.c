#include "supervisor/listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "config/address.h"
#include "os/users.h"

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

/* The bridge of the service port is a caller like any other: what it may say is
 * what whoever has the box in hand may say. */
static enum status
let_service_in(const char *path)
{
	struct user user;

	if (users_find("guichet-service", &user) == ST_OK &&
	    chown(path, (uid_t)-1, user.gid) == 0 && chmod(path, 0660) == 0)
		return ST_OK;
	return fail(-1, "service.port", path, "switch it off");
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
    const struct folders *f, const struct box *box)
{
	const struct { const char *path; enum listener at; } local[] = {
		{ f->intake_socket, LISTEN_INTAKE },
		{ f->socket, LISTEN_DESK },
		{ box == NULL ? NULL : f->update_socket, LISTEN_UPDATE },
	};

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
	for (size_t i = 0; i < COUNT(local); i++) {
		if (local[i].path == NULL)
			continue;
		TRY(open_local(local[i].path, &l->fd[local[i].at]));
		if (topology_has_service(config, box))
			TRY(let_service_in(local[i].path));
	}
	return ST_OK;
}

/* --- devices of a box ------------------------------------------------------ */

static void
open_device(struct listeners *l, enum listener at, const char *path, int flags)
{
	l->fd[at] = open(path, O_RDWR | O_CLOEXEC | flags);
	if (l->fd[at] < 0)
		log_line(LOG_ERROR, "%s: %s; the box serves without it", path,
		    strerror(errno));
}

/* See listeners.h. */
void
listeners_open_devices(struct listeners *l, const struct config *config,
    const struct box *box)
{
	if (box == NULL)
		return;
	open_device(l, LISTEN_BOOT, box->boot, 0);
	open_device(l, LISTEN_ROOT, box->root, 0);
	open_device(l, LISTEN_CONTROL, box->control, 0);
	/* A line without a carrier must not hold us up. */
	if (topology_has_service(config, box))
		open_device(l, LISTEN_SERVICE, box->service,
		    O_NOCTTY | O_NONBLOCK);
}

/* See listeners.h. */
bool
listeners_are_there(const struct listeners *l,
    const struct topology_role *role)
{
	if (role->wanted != WANTED_ON_BOX && role->wanted != WANTED_FOR_SERVICE)
		return true;
	for (int i = 0; i < ROLE_LISTEN_MAX; i++)
		if (role->listener[i] != LISTEN_NONE &&
		    l->fd[role->listener[i]] < 0)
			return false;
	return true;
}
