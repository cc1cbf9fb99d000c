#include "ctl/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/service.h"
#include "os/whole.h"

static const char usual_socket[] = "/run/guichet/guichet.sock";

/* See terminal.h. */
bool
terminal_is_french(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return strncmp(value, "fr", 2) == 0;
	}
	return false;
}

/* See terminal.h. */
void
terminal_print(uint64_t stream, struct span text)
{
	int fd = stream == 2 ? STDERR_FILENO : STDOUT_FILENO;

	if (whole_write(fd, text) != ST_OK)
		return;		/* the reader has left */
}

/* See terminal.h. */
int
terminal_open_file(const char *path)
{
	return strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
	    : open(path, O_RDONLY | O_CLOEXEC);
}

/* See terminal.h. */
const char *
terminal_reason(int error, bool french)
{
	static const struct { int error; const char *french; } reasons[] = {
		{ ENOENT, "introuvable" },
		{ EACCES, "accès refusé" },
		{ EPERM, "opération interdite" },
		{ EISDIR, "c'est un dossier" },
		{ ENOTDIR, "le chemin passe par ce qui n'est pas un dossier" },
		{ ENAMETOOLONG, "chemin trop long" },
		{ EIO, "erreur de lecture ou d'écriture" },
		{ EBUSY, "déjà utilisé" },
		{ ENODEV, "aucun périphérique" },
		{ ENXIO, "aucun périphérique" },
		{ ENOTTY, "ce n'est pas une ligne série" },
		{ ECONNREFUSED, "personne ne répond" },
	};

	for (size_t i = 0; french && i < COUNT(reasons); i++)
		if (reasons[i].error == error)
			return reasons[i].french;
	return strerror(error);
}

/* See terminal.h. */
int
terminal_fail_file(const char *path, bool french)
{
	fprintf(stderr, french ? "guichet : %s : %s.\n"
	    : "guichet: %s: %s.\n", path, terminal_reason(errno, french));
	return EXIT_NO_INPUT;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* See terminal.h. */
int
terminal_connect(const char *path, bool french)
{
	int fd;

	if (service_is_chosen())
		return service_connect(path, french);
	fd = connect_to(path);
	if (fd < 0)
		fprintf(stderr, french
		    ? "guichet : %s : %s. guichetd tourne-t-il ? Avez-vous le "
		      "droit d'ouvrir cette prise ? Une autre se donne par --socket CHEMIN.\n"
		    : "guichet: %s: %s. Is guichetd running, and may you open its socket? "
		      "Another one is named by --socket PATH.\n",
		    path, terminal_reason(errno, french));
	return fd;
}

/* See terminal.h. */
const char *
terminal_socket(const char *given)
{
	const char *path = given != NULL ? given : getenv("GUICHET_SOCKET");

	return path == NULL || *path == '\0' ? usual_socket : path;
}

/* See terminal.h. */
bool
terminal_socket_beside(const char *desk, const char *name,
    char out[static TERMINAL_PATH_MAX])
{
	const char *slash = strrchr(desk, '/');
	int folder = slash == NULL ? 0 : (int)(slash - desk) + 1;

	return snprintf(out, TERMINAL_PATH_MAX, "%.*s%s", folder, desk, name)
	    < TERMINAL_PATH_MAX;
}
