#include "supervisor/launcher.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/passing.h"

struct request {
	char     program[LAUNCHER_PATH_BYTES];
	char     directory[LAUNCHER_PATH_BYTES];
	unsigned n_fds;
};

struct answer {
	pid_t pid;
	int   error;	/* errno; 0: it runs */
};

static struct span
bytes_of(const void *of, size_t len)
{
	return (struct span){ of, len };
}

/* --- guichetd's end -------------------------------------------------------- */

static enum status
copy_path(char to[static LAUNCHER_PATH_BYTES], const char *path)
{
	size_t len = strlen(path);

	if (len >= LAUNCHER_PATH_BYTES) {
		errno = ENAMETOOLONG;
		return ST_IO;
	}
	memcpy(to, path, len + 1);
	return ST_OK;
}

static enum status
ask(int fd, const struct spawn *what)
{
	struct request request = { .n_fds = what->n_fds };
	enum status st;

	TRY(copy_path(request.program, what->program));
	TRY(copy_path(request.directory, what->directory));
	errno = EPIPE;
	st = passing_send(fd, bytes_of(&request, sizeof(request)), -1);
	for (unsigned i = 0; i < what->n_fds && st == ST_OK; i++)
		st = passing_send(fd, bytes_of(&i, sizeof(i)), what->fd[i]);
	return st == ST_OK ? ST_OK : ST_IO;
}

/* See launcher.h. */
enum status
launcher_spawn(int fd, const struct spawn *what, pid_t *pid)
{
	struct answer answer = { 0 };
	struct buf in = buf_over(&answer, sizeof(answer));
	int with = -1;

	*pid = 0;
	TRY(ask(fd, what));
	errno = EPIPE;
	if (passing_receive(fd, &in, &with) != ST_OK ||
	    in.len != sizeof(answer) || with >= 0)
		return ST_IO;
	if (answer.error == 0) {
		*pid = answer.pid;
		return ST_OK;
	}
	if (answer.pid > 0)
		waitpid(answer.pid, NULL, 0);
	errno = answer.error;
	return ST_IO;
}

/* --- the launcher's end ---------------------------------------------------- */

/* Anything that guichetd would not have sent: there is no guichetd. */
static bool
take(int fd, void *bytes, size_t len, int *with)
{
	struct buf in = buf_over(bytes, len);

	*with = -1;
	return passing_receive(fd, &in, with) == ST_OK && in.len == len;
}

static bool
take_request(int fd, struct request *request, struct spawn *what)
{
	unsigned number;
	int with;

	*what = (struct spawn){ .program = request->program,
	    .directory = request->directory, .for_parent = true };
	if (!take(fd, request, sizeof(*request), &with) ||
	    request->n_fds > SPAWN_FDS_MAX)
		return false;
	while (what->n_fds < request->n_fds) {
		if (!take(fd, &number, sizeof(number), &with) || with < 0)
			return false;
		what->fd[what->n_fds++] = with;
	}
	return true;
}

static bool
serve_one(int fd)
{
	struct request request;
	struct spawn what;
	struct answer answer = { 0 };

	if (!take_request(fd, &request, &what))
		return false;
	if (spawn(&what, &answer.pid) != ST_OK)
		answer.error = errno == 0 ? EIO : errno;
	for (unsigned i = 0; i < what.n_fds; i++)
		close(what.fd[i]);
	return passing_send(fd, bytes_of(&answer, sizeof(answer)), -1) == ST_OK;
}

/* See launcher.h. */
void
launcher_serve(int fd)
{
	while (serve_one(fd))
		continue;
}
