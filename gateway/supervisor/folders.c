#include "supervisor/folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "os/users.h"
#include "supervisor/topology.h"

enum { PEM_BYTES = 64 };	/* of a PEM file that are looked at */

/* --- names ----------------------------------------------------------------- */

static bool
join(char *out, const char *folder, const char *name)
{
	return snprintf(out, FOLDER_BYTES, "%s%s", folder, name) <
	    FOLDER_BYTES;
}

static enum status
name_programs(struct folders *f)
{
	ssize_t n = readlink("/proc/self/exe", f->programs, FOLDER_BYTES - 1);
	char *slash;

	if (n <= 0) {
		log_line(LOG_ERROR, "/proc/self/exe: %s; /proc must be "
		    "mounted", strerror(errno));
		return ST_IO;
	}
	f->programs[n] = '\0';
	slash = strrchr(f->programs, '/');
	*slash = '\0';
	return ST_OK;
}

/* See folders.h. */
enum status
folders_name(struct folders *f, const struct config *config)
{
	TRY(name_programs(f));
	if (join(f->state, config->state_dir, "") &&
	    join(f->data, config->state_dir, "/vault") &&
	    join(f->run, config->run_dir, "") &&
	    join(f->empty, config->run_dir, "/empty") &&
	    join(f->socket, config->run_dir, "/guichet.sock") &&
	    join(f->intake_socket, config->run_dir, "/intake.sock") &&
	    join(f->update_socket, config->run_dir, "/update.sock") &&
	    join(f->booted, config->run_dir, "/booted"))
		return ST_OK;
	log_line(LOG_ERROR, "a path is too long");	/* config.h bounds it */
	return ST_IO;
}

/* --- checking -------------------------------------------------------------- */

static unsigned
check_program(const struct folders *f, const char *program)
{
	char path[2 * FOLDER_BYTES];

	snprintf(path, sizeof(path), "%s/%s", f->programs, program);
	if (access(path, X_OK) == 0)
		return 0;
	log_line(LOG_ERROR, "%s: %s; it belongs beside guichetd", path,
	    strerror(errno));
	return 1;
}

/* The nearest part of `path` that exists must be a directory we can write. */
static unsigned
check_folder(const char *key, const char *path)
{
	char part[FOLDER_BYTES];
	struct stat info;
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	while (stat(part, &info) != 0 && errno == ENOENT &&
	    (slash = strrchr(part, '/')) != NULL && slash != part)
		*slash = '\0';
	if (stat(part, &info) == 0 && !S_ISDIR(info.st_mode))
		errno = ENOTDIR;
	else if (access(part, W_OK | X_OK) == 0)
		return 0;
	log_line(LOG_ERROR, "%s = %s: %s: %s; choose a directory that this "
	    "user may write", key, path, part, strerror(errno));
	return 1;
}

static unsigned
check_pem(const char *key, const char *path)
{
	static const char begin[] = "-----BEGIN ";
	char head[PEM_BYTES] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0) {
		log_line(LOG_ERROR, "%s = %s: %s; name a PEM file that this "
		    "user may read", key, path, strerror(errno));
		return 1;
	}
	n = read(fd, head, sizeof(head) - 1);
	close(fd);
	if (n >= (ssize_t)sizeof(begin) - 1 &&
	    memmem(head, (size_t)n, begin, sizeof(begin) - 1) != NULL)
		return 0;
	log_line(LOG_ERROR, "%s = %s: must be a PEM file: it does not begin "
	    "with %s", key, path, begin);
	return 1;
}

static void
warn_readable_key(const char *path)
{
	struct stat info;

	if (stat(path, &info) == 0 && (info.st_mode & 077) != 0)
		log_line(LOG_WARNING, "pickup.key = %s: others may read it "
		    "(mode %04o): chmod 600", path,
		    (unsigned)info.st_mode & 07777);
}

/* True where `inner` is `outer` or lies in it; both without links. */
static bool
lies_in(const char *inner, const char *outer)
{
	size_t len = strlen(outer);

	while (len > 0 && outer[len - 1] == '/')
		len--;
	return strncmp(inner, outer, len) == 0 &&
	    (inner[len] == '/' || inner[len] == '\0');
}

/* What exists of `path`, with every symbolic link resolved. */
static const char *
resolve(const char *path, char out[static PATH_MAX])
{
	return realpath(path, out) == NULL ? path : out;
}

static unsigned
wrong_folder(const struct config_source *source, const char *why)
{
	log_line(LOG_ERROR, "[source %s] folder = %s: %s", source->name,
	    source->folder, why);
	return 1;
}

/* Whoever may write into a source's folder must not thereby reach what is
 * ours, nor another source's files. */
static unsigned
check_apart(const struct config *config, unsigned at, const char *real)
{
	const struct config_source *source = &config->source[at];
	const char *const ours[] = { config->state_dir, config->run_dir };
	char other[PATH_MAX];

	for (size_t i = 0; i < COUNT(ours); i++) {
		const char *p = resolve(ours[i], other);

		if (lies_in(real, p) || lies_in(p, real))
			return wrong_folder(source, "lies inside state.dir or "
			    "run.dir, or these in it; choose a directory of "
			    "its own");
	}
	for (unsigned i = 0; i < at; i++) {
		const char *p = resolve(config->source[i].folder, other);

		if (*p != '\0' && (lies_in(real, p) || lies_in(p, real)))
			return wrong_folder(source, "is another source's "
			    "folder too, or one lies in the other; give each "
			    "source a directory of its own");
	}
	return 0;
}

static unsigned
check_source(const struct config *config, unsigned at)
{
	const struct config_source *source = &config->source[at];
	char real[PATH_MAX];
	struct stat info;

	if (source->folder[0] == '\0')
		return 0;
	if (stat(source->folder, &info) != 0 ||
	    realpath(source->folder, real) == NULL) {
		log_line(LOG_ERROR, "[source %s] folder = %s: %s; make it: "
		    "install -d -m 2770 -g guichet-spool %s", source->name,
		    source->folder, strerror(errno), source->folder);
		return 1;
	}
	if (!S_ISDIR(info.st_mode))
		return wrong_folder(source, "is not a directory; name the "
		    "directory in which the source leaves its files");
	return check_apart(config, at, real);
}

/* See folders.h. */
unsigned
folders_check(const struct folders *f, const struct config *config,
    const struct box *box)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < topology_n_roles; i++)
		if (topology_is_wanted(&topology_roles[i], config, box))
			wrong += check_program(f, topology_roles[i].program);
	for (unsigned i = 0; i < config->n_sources; i++)
		wrong += check_source(config, i);
	wrong += check_folder("state.dir", f->state);
	wrong += check_folder("run.dir", f->run);
	wrong += check_pem("pickup.certificate", config->pickup_certificate);
	wrong += check_pem("pickup.key", config->pickup_key);
	warn_readable_key(config->pickup_key);
	return wrong;
}

/* --- making ---------------------------------------------------------------- */

static enum status
make(const char *path, mode_t mode)
{
	struct stat info;

	if (mkdir(path, mode) == 0 || errno == EEXIST) {
		if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
			return ST_OK;
		errno = ENOTDIR;
	}
	log_line(LOG_ERROR, "%s: cannot be made: %s", path, strerror(errno));
	return ST_IO;
}

/* Like mkdir -p. */
static enum status
make_all(const char *path, mode_t mode)
{
	char part[FOLDER_BYTES];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		TRY(make(part, 0755));
		*p = '/';
	}
	return make(path, mode);
}

static bool
is_empty(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	if (d == NULL)
		return false;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n <= 2;		/* . and .. */
}

static enum status
check_owner(const char *path, uid_t uid)
{
	struct stat info;

	if (stat(path, &info) == 0 && info.st_uid == uid)
		return ST_OK;
	log_line(LOG_ERROR, "%s: belongs to user %u, must belong to user %u "
	    "with all that is in it: chown -R %u:%u %s", path,
	    (unsigned)info.st_uid, (unsigned)uid, (unsigned)uid,
	    (unsigned)uid, path);
	return ST_IO;
}

/* The vault's: its user's own and nobody else's. */
static enum status
make_data(const char *path)
{
	struct user user = { geteuid(), getegid() };

	TRY(make(path, 0700));
	if (geteuid() == 0) {
		if (users_find("guichet-vault", &user) != ST_OK) {
			log_line(LOG_ERROR, "user guichet-vault must not be "
			    "root");
			return ST_IO;
		}
		if (is_empty(path) && chown(path, user.uid, user.gid) != 0) {
			log_line(LOG_ERROR, "%s: chown: %s", path,
			    strerror(errno));
			return ST_IO;
		}
	}
	TRY(check_owner(path, user.uid));
	if (chmod(path, 0700) == 0)
		return ST_OK;
	log_line(LOG_ERROR, "%s: chmod 700: %s", path, strerror(errno));
	return ST_IO;
}

/* See folders.h. */
enum status
folders_make(const struct folders *f)
{
	umask(022);	/* the modes below are meant as they stand */
	TRY(make_all(f->state, 0755));
	TRY(make_all(f->run, 0755));
	TRY(make(f->empty, 0555));
	if (!is_empty(f->empty)) {
		log_line(LOG_ERROR, "%s: must be empty: remove what is in it",
		    f->empty);
		return ST_IO;
	}
	return make_data(f->data);
}

/* See folders.h. */
enum status
folders_lock(const struct folders *f)
{
	char path[2 * FOLDER_BYTES];
	int fd;

	snprintf(path, sizeof(path), "%s/guichetd.lock", f->run);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return ST_OK;	/* held until this process ends */
	if (fd >= 0 && errno == EWOULDBLOCK) {
		log_line(LOG_ERROR, "run.dir = %s: another guichetd is "
		    "running with it; stop it, or choose another directory",
		    f->run);
		return ST_EXISTS;
	}
	log_line(LOG_ERROR, "%s: %s", path, strerror(errno));
	return ST_IO;
}
