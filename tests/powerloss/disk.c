#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { SECTOR = 512, FDS_MAX = 256, FILES_MAX = 64, NAME_MAX_BYTES = 64 };

enum kind { WRITE, TRUNCATE, PUNCH, CREATE, UNLINK, RENAME, SYNC, SYNC_DIR };

struct event {
	enum kind kind;
	int       file;			/* which contents */
	uint64_t  offset, len;
	unsigned  durable_at;		/* the sync that made it so; 0: none */
	uint8_t  *data;			/* of a WRITE */
	char      name[NAME_MAX_BYTES], to[NAME_MAX_BYTES];
};

static struct event *events;
static unsigned n_events, counted, since_fault;
static char root[128];
static bool recording, counting;
static struct disk_fault fault;
static int file_of_fd[FDS_MAX];		/* -1: not below root; -2: root */
static int n_files;
static struct { char name[NAME_MAX_BYTES]; int file; } live[FILES_MAX];
static int n_live;

/* The real calls, as the linker renames them. */
int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __real_ftruncate(int fd, off_t len);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_fallocate(int fd, int mode, off_t at, off_t len);
int __real_unlink(const char *path);
int __real_rename(const char *from, const char *to);

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fallocate(int fd, int mode, off_t at, off_t len);
int __wrap_unlink(const char *path);
int __wrap_rename(const char *from, const char *to);

/* --- recording ----------------------------------------------------------- */

/* The name below root, "" for root itself, NULL for anything else. */
static const char *
below(const char *path)
{
	size_t len = strlen(root);

	if (!counting || strncmp(path, root, len) != 0)
		return NULL;
	if (path[len] == 0)
		return path + len;
	return path[len] == '/' ? path + len + 1 : NULL;
}

static int *
live_file(const char *name)
{
	for (int i = 0; i < n_live; i++) {
		if (strcmp(live[i].name, name) == 0)
			return &live[i].file;
	}
	return NULL;
}

static void
name_file(const char *name, int file)
{
	int *slot = live_file(name);

	if (slot == NULL) {
		if (n_live == FILES_MAX)
			abort();
		snprintf(live[n_live].name, NAME_MAX_BYTES, "%s", name);
		slot = &live[n_live++].file;
	}
	*slot = file;
}

static _Noreturn void
die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* Counts an operation; true where it must fail, with errno set. */
static bool
strike(bool is_sync)
{
	unsigned now;

	if (since_fault > 0 && since_fault++ == fault.killed)
		die();
	if (fault.syncs && !is_sync)
		return false;
	now = ++counted;
	if (fault.at == 0 || now < fault.at || (now > fault.at && !fault.stays))
		return false;
	if (fault.error == 0)
		die();
	since_fault = 1;
	errno = fault.error;
	return true;
}

static void
record(struct event e)
{
	if (!recording)
		return;
	events = realloc(events, (n_events + 1) * sizeof(*events));
	if (events == NULL)
		abort();
	if (e.kind == WRITE) {
		const uint8_t *bytes = e.data;

		e.data = malloc(e.len + 1);
		if (e.data == NULL)
			abort();
		memcpy(e.data, bytes, e.len);
	}
	events[n_events++] = e;
}

static int
file_at(int fd)
{
	return !counting || fd < 0 || fd >= FDS_MAX ? -1 : file_of_fd[fd];
}

static void
note_open(const char *name, int flags, int fd)
{
	struct event e = { .kind = CREATE, .file = n_files };
	int *known = live_file(name);

	if (fd >= FDS_MAX)
		abort();
	if (*name == 0) {
		file_of_fd[fd] = -2;
		return;
	}
	if (known == NULL || *known < 0) {
		snprintf(e.name, sizeof(e.name), "%s", name);
		name_file(name, n_files++);
		record(e);
		known = live_file(name);
	} else if ((flags & O_TRUNC) != 0) {
		e = (struct event){ .kind = TRUNCATE, .file = *known };
		record(e);
	}
	file_of_fd[fd] = *known;
}

int
__wrap_open(const char *path, int flags, ...)
{
	const char *name = below(path);
	bool changes = (flags & (O_CREAT | O_TRUNC)) != 0;
	mode_t mode = 0;
	va_list args;
	int fd;

	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = (mode_t)va_arg(args, int);
	va_end(args);
	if (name != NULL && changes && strike(false))
		return -1;
	fd = __real_open(path, flags, mode);
	if (fd >= 0 && fd < FDS_MAX)
		file_of_fd[fd] = -1;
	if (fd >= 0 && name != NULL)
		note_open(name, flags, fd);
	return fd;
}

int
__wrap_close(int fd)
{
	if (fd >= 0 && fd < FDS_MAX)
		file_of_fd[fd] = -1;
	return __real_close(fd);
}

ssize_t
__wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	int file = file_at(fd);
	ssize_t n;
	union { const void *in; uint8_t *out; } data = { .in = bytes };

	if (file >= 0 && strike(false)) {
		/* What a full disk does: some of it, then the error. */
		if (errno == ENOSPC && len > SECTOR)
			(void)__real_pwrite(fd, bytes, SECTOR, at);
		errno = fault.error;
		return -1;
	}
	n = __real_pwrite(fd, bytes, len, at);
	if (file >= 0 && n > 0)
		record((struct event){ .kind = WRITE, .file = file,
		    .offset = (uint64_t)at, .len = (uint64_t)n,
		    .data = data.out });
	return n;
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	off_t at;

	if (file_at(fd) < 0)
		return __real_write(fd, bytes, len);
	at = lseek(fd, 0, SEEK_CUR);
	if (lseek(fd, (off_t)len, SEEK_CUR) < 0)
		return -1;
	return __wrap_pwrite(fd, bytes, len, at);
}

int
__wrap_ftruncate(int fd, off_t len)
{
	int file = file_at(fd), result;

	if (file >= 0 && strike(false))
		return -1;
	result = __real_ftruncate(fd, len);
	if (file >= 0 && result == 0)
		record((struct event){ .kind = TRUNCATE, .file = file,
		    .len = (uint64_t)len });
	return result;
}

static int
sync_with(int fd, int (*call)(int))
{
	int file = file_at(fd), result;

	if (file != -1 && strike(true))
		return -1;
	result = call(fd);
	if (file != -1 && result == 0)
		record((struct event){ .kind = file == -2 ? SYNC_DIR : SYNC,
		    .file = file });
	return result;
}

int
__wrap_fsync(int fd)
{
	return sync_with(fd, __real_fsync);
}

int
__wrap_fdatasync(int fd)
{
	return sync_with(fd, __real_fdatasync);
}

int
__wrap_fallocate(int fd, int mode, off_t at, off_t len)
{
	int file = file_at(fd), result;

	if (file >= 0 && strike(false))
		return -1;
	result = __real_fallocate(fd, mode, at, len);
	if (file >= 0 && result == 0)
		record((struct event){ .kind = PUNCH, .file = file,
		    .offset = (uint64_t)at, .len = (uint64_t)len });
	return result;
}

int
__wrap_unlink(const char *path)
{
	const char *name = below(path);
	struct event e = { .kind = UNLINK };
	int result;

	if (name != NULL && live_file(name) != NULL && strike(false))
		return -1;
	result = __real_unlink(path);
	if (name == NULL || result != 0)
		return result;
	name_file(name, -1);
	snprintf(e.name, sizeof(e.name), "%s", name);
	record(e);
	return result;
}

int
__wrap_rename(const char *from, const char *to)
{
	const char *old = below(from), *new = below(to);
	struct event e = { .kind = RENAME };
	int result;

	if (old != NULL && strike(false))
		return -1;
	result = __real_rename(from, to);
	if (old == NULL || new == NULL || result != 0)
		return result;
	name_file(new, *live_file(old));
	name_file(old, -1);
	snprintf(e.name, sizeof(e.name), "%s", old);
	snprintf(e.to, sizeof(e.to), "%s", new);
	record(e);
	return result;
}

/* See disk.h. */
void
disk_start(const char *dir, bool with_record, struct disk_fault with_fault)
{
	snprintf(root, sizeof(root), "%s", dir);
	for (unsigned i = 0; i < n_events; i++)
		free(events[i].data);
	n_events = counted = since_fault = 0;
	n_files = n_live = 0;
	memset(file_of_fd, -1, sizeof(file_of_fd));
	fault = with_fault;
	recording = with_record;
	counting = true;
}

/* See disk.h. */
unsigned
disk_operations(void)
{
	return recording || n_events > 0 ? n_events : counted;
}

/* See disk.h. */
bool
disk_is_sync(unsigned operation)
{
	return operation > 0 && operation <= n_events
	    && (events[operation - 1].kind == SYNC
	    || events[operation - 1].kind == SYNC_DIR);
}

/* --- bringing a moment back ---------------------------------------------- */

struct contents {
	uint8_t *bytes;
	uint64_t len, max;
};

static struct contents files[FILES_MAX * 4];
static struct { char name[NAME_MAX_BYTES]; int file; } names[FILES_MAX];
static int n_names;

static void
grow(struct contents *c, uint64_t len)
{
	if (len > c->max) {
		c->bytes = realloc(c->bytes, len * 2);
		if (c->bytes == NULL)
			abort();
		c->max = len * 2;
	}
	if (len > c->len) {
		memset(c->bytes + c->len, 0, len - c->len);
		c->len = len;
	}
}

static void
apply_bytes(const struct event *e, uint64_t from, uint64_t to)
{
	struct contents *c = &files[e->file];

	if (e->kind == WRITE) {
		grow(c, e->offset + to);
		memcpy(c->bytes + e->offset + from, e->data + from, to - from);
	} else if (e->kind == TRUNCATE) {
		grow(c, e->len);
		c->len = e->len;
	} else if (e->kind == PUNCH && e->offset < c->len) {
		to = e->len < c->len - e->offset ? e->len
		    : c->len - e->offset;
		memset(c->bytes + e->offset, 0, to);
	}
}

static int
name_slot(const char *name)
{
	for (int i = 0; i < n_names; i++) {
		if (strcmp(names[i].name, name) == 0)
			return i;
	}
	snprintf(names[n_names].name, NAME_MAX_BYTES, "%s", name);
	names[n_names].file = -1;
	return n_names++;
}

static void
apply_name(const struct event *e)
{
	int slot = name_slot(e->name), file = names[slot].file;

	if (e->kind == CREATE) {
		names[slot].file = e->file;
		return;
	}
	names[slot].file = -1;
	if (e->kind == RENAME)
		names[name_slot(e->to)].file = file;
}

static bool
is_name(const struct event *e)
{
	return e->kind == CREATE || e->kind == UNLINK || e->kind == RENAME;
}

static bool
is_content(const struct event *e)
{
	return e->kind == WRITE || e->kind == TRUNCATE || e->kind == PUNCH;
}

/* The first sync that covers event `i`; 0: none does. */
static unsigned
durable_at(unsigned i)
{
	for (unsigned k = i + 1; k < n_events; k++) {
		if (is_name(&events[i]) && events[k].kind == SYNC_DIR)
			return k;
		if (is_content(&events[i]) && events[k].kind == SYNC
		    && events[k].file == events[i].file)
			return k;
	}
	return 0;
}

/* See disk.h. */
void
disk_stop(void)
{
	if (recording) {
		for (unsigned i = 0; i < n_events; i++)
			events[i].durable_at = durable_at(i);
	}
	recording = counting = false;
}

static void
apply_by_chance(const struct event *e, unsigned *seed)
{
	unsigned dice = (unsigned)rand_r(seed) % 4;
	uint64_t from = 0, to = e->len;

	if (dice == 0)
		return;
	if (dice == 1 && e->kind == WRITE && e->len > SECTOR)
		to = e->len / SECTOR / 2 * SECTOR;
	if (dice == 2 && e->kind == WRITE && e->len > SECTOR)
		from = e->len / SECTOR / 2 * SECTOR;
	apply_bytes(e, from, to);
}

static void
write_out(const char *dir)
{
	char path[256];
	FILE *f;

	for (int i = 0; i < n_names; i++) {
		if (names[i].file < 0)
			continue;
		snprintf(path, sizeof(path), "%s/%.*s", dir,
		    NAME_MAX_BYTES, names[i].name);
		f = fopen(path, "wb");
		if (f == NULL)
			abort();
		if (files[names[i].file].len > 0
		    && fwrite(files[names[i].file].bytes, 1,
		    files[names[i].file].len, f) != files[names[i].file].len)
			abort();
		fclose(f);
	}
}

/* See disk.h.  Names change in order, as a journalling file system keeps
 * them: by chance a prefix of what was not synced. */
void
disk_restore(const char *dir, unsigned at, enum disk_rest rest,
    unsigned seed)
{
	bool names_end = false;
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s && mkdir -m 700 %s",
	    dir, dir);
	if (system(command) != 0)
		abort();
	n_names = 0;
	for (size_t i = 0; i < FILES_MAX * 4; i++)
		files[i].len = 0;
	for (unsigned i = 0; i < at; i++) {
		const struct event *e = &events[i];
		bool durable = rest == DISK_ALL
		    || (e->durable_at != 0 && e->durable_at < at);

		if (is_name(e)) {
			if (!durable && (rest == DISK_NONE
			    || rand_r(&seed) % 2 == 0))
				names_end = true;
			if (durable || !names_end)
				apply_name(e);
		} else if (is_content(e) && durable)
			apply_bytes(e, 0, e->len);
		else if (is_content(e) && rest == DISK_SOME)
			apply_by_chance(e, &seed);
	}
	write_out(dir);
}
