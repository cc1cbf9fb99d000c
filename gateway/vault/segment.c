#include "vault/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "vault/keystore.h"

enum { ZEROES = 65536 };

/* See segment.h. */
void
segments_init(struct segments *s, const char *dir, uint64_t bytes_max)
{
	*s = (struct segments){ .dir = dir, .bytes_max = bytes_max };
	for (size_t i = 0; i < SEGMENT_OPEN_MAX; i++)
		s->file[i].fd = -1;
}

static void
close_file(struct segment_file *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	*f = (struct segment_file){ .fd = -1 };
}

/* See segment.h. */
void
segments_close(struct segments *s)
{
	for (size_t i = 0; i < SEGMENT_OPEN_MAX; i++)
		close_file(&s->file[i]);
}

static void
path_of(const struct segments *s, uint64_t id, char *path, size_t size)
{
	snprintf(path, size, "%s/segment-%06llu", s->dir,
	    (unsigned long long)id);
}

static enum status
sync_file(struct segments *s, struct segment_file *f)
{
	enum status st;

	if (fdatasync(f->fd) == 0) {
		f->dirty = false;
		return ST_OK;
	}
	st = status_of_errno(errno);
	log_line(LOG_ERROR, "segment-%06llu: the disk did not confirm what "
	    "was written: %s; see the kernel's log",
	    (unsigned long long)f->id, status_text(st));
	s->lost = st;
	return st;
}

/* Clean ones first, then the one that was not used for longest. */
static bool
goes_before(const struct segment_file *a, const struct segment_file *b)
{
	return a->dirty != b->dirty ? b->dirty : a->used < b->used;
}

static struct segment_file *
place_for(struct segments *s)
{
	struct segment_file *best = &s->file[0];

	for (size_t i = 0; i < SEGMENT_OPEN_MAX; i++) {
		struct segment_file *f = &s->file[i];

		if (f->fd < 0)
			return f;
		if (goes_before(f, best))
			best = f;
	}
	/* What was written to it must not miss the next commit's sync: a
	 * failure here is that one's (s->lost). */
	if (best->dirty)
		(void)sync_file(s, best);
	close_file(best);
	return best;
}

static enum status
file_of(struct segments *s, uint64_t id, bool make, struct segment_file **out)
{
	char path[256];
	struct segment_file *f;
	int fd;

	for (size_t i = 0; i < SEGMENT_OPEN_MAX; i++) {
		if (s->file[i].fd >= 0 && s->file[i].id == id) {
			s->file[i].used = ++s->clock;
			*out = &s->file[i];
			return ST_OK;
		}
	}
	path_of(s, id, path, sizeof(path));
	/* What a crash left of a file no row names is cut to nothing. */
	fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC
	    | (make ? O_CREAT | O_TRUNC : 0), 0600);
	if (fd < 0)
		return status_of_errno(errno);
	f = place_for(s);
	*f = (struct segment_file){ .id = id, .fd = fd, .used = ++s->clock };
	if (make)
		s->new_file = true;
	*out = f;
	return ST_OK;
}

/* See segment.h. */
enum status
segments_resume(struct segments *s, uint64_t active, uint64_t end)
{
	struct segment_file *f;
	struct stat about;
	enum status st;

	s->active = active;
	s->end = end;
	if (active == 0)
		return ST_OK;
	st = file_of(s, active, false, &f);
	if (st == ST_NOT_FOUND)
		st = file_of(s, active, true, &f);
	TRY(st);
	if (fstat(f->fd, &about) != 0)
		return status_of_errno(errno);
	if ((uint64_t)about.st_size > end
	    && (ftruncate(f->fd, (off_t)end) != 0 || fsync(f->fd) != 0))
		return status_of_errno(errno);
	return ST_OK;
}

/* See segment.h. */
enum status
segments_reserve(struct segments *s, uint64_t size, struct extent *out)
{
	struct segment_file *f;

	if (s->active == 0 || s->end + size > s->bytes_max) {
		TRY(file_of(s, s->active + 1, true, &f));
		s->active++;
		s->end = 0;
	}
	*out = (struct extent){ s->active, s->end, size };
	s->end += size;
	return ST_OK;
}

static enum status
write_at(int fd, struct span bytes, uint64_t at)
{
	ssize_t n;

	while (bytes.len > 0) {
		n = pwrite(fd, bytes.ptr, bytes.len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? ST_IO : status_of_errno(errno);
		bytes = span_slice(bytes, (size_t)n, bytes.len);
		at += (uint64_t)n;
	}
	return ST_OK;
}

/* See segment.h. */
enum status
segments_write(struct segments *s, const struct extent *e, uint64_t offset,
    struct span bytes)
{
	struct segment_file *f;

	TRY(file_of(s, e->segment, false, &f));
	f->dirty = true;
	return write_at(f->fd, bytes, e->start + offset);
}

/* See segment.h. */
enum status
segments_read(struct segments *s, const struct extent *e, uint64_t offset,
    uint8_t *out, size_t len)
{
	struct segment_file *f;
	ssize_t n;

	TRY(file_of(s, e->segment, false, &f));
	while (len > 0) {
		n = pread(f->fd, out, len, (off_t)(e->start + offset));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? ST_CORRUPT : status_of_errno(errno);
		out += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return ST_OK;
}

/* See segment.h. */
enum status
segments_sync(struct segments *s, uint64_t *syncs)
{
	enum status st;

	for (size_t i = 0; i < SEGMENT_OPEN_MAX; i++) {
		struct segment_file *f = &s->file[i];

		if (f->fd < 0 || !f->dirty)
			continue;
		if (sync_file(s, f) != ST_OK)
			break;
		++*syncs;
	}
	st = s->lost;
	s->lost = ST_OK;
	if (st == ST_OK && s->new_file)
		st = directory_sync(s->dir);
	if (st == ST_OK)
		s->new_file = false;
	return st;
}

static enum status
overwrite(int fd, const struct extent *e)
{
	/* Not const: constants stand in the program, byte for byte. */
	static uint8_t zeroes[ZEROES];
	uint64_t done = 0, step;

	while (done < e->size) {
		step = e->size - done < ZEROES ? e->size - done : ZEROES;
		TRY(write_at(fd, (struct span){ zeroes, (size_t)step },
		    e->start + done));
		done += step;
	}
	return ST_OK;
}

/* See segment.h. */
enum status
segments_destroy(struct segments *s, const struct extent *e)
{
	struct segment_file *f;
	enum status st = file_of(s, e->segment, false, &f);

	if (st != ST_OK || e->size == 0)
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    (off_t)e->start, (off_t)e->size) != 0)
		TRY(overwrite(f->fd, e));
	f->dirty = true;
	return ST_OK;
}

/* See segment.h. */
void
segments_release(struct segments *s, const struct extent *e)
{
	struct segment_file *f;

	if (e->segment == 0 || file_of(s, e->segment, false, &f) != ST_OK)
		return;
	/* Not synced: no row will ever name it, a crash leaves it to resume. */
	if (fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    (off_t)e->start, (off_t)e->size) != 0)
		(void)overwrite(f->fd, e);
	if (e->segment == s->active && e->start + e->size == s->end) {
		s->end = e->start;
		(void)ftruncate(f->fd, (off_t)s->end);
	}
}

/* See segment.h. */
void
segments_remove(struct segments *s, uint64_t id)
{
	char path[256];

	for (size_t i = 0; i < SEGMENT_OPEN_MAX; i++) {
		if (s->file[i].fd >= 0 && s->file[i].id == id)
			close_file(&s->file[i]);
	}
	path_of(s, id, path, sizeof(path));
	if (unlink(path) != 0 && errno != ENOENT)
		log_line(LOG_WARNING, "segment %llu: not removed: errno %d",
		    (unsigned long long)id, errno);
}

/* See segment.h. */
uint64_t
segments_disk_bytes(const struct segments *s, uint64_t id)
{
	char path[256];
	struct stat about;

	path_of(s, id, path, sizeof(path));
	return stat(path, &about) == 0 ? (uint64_t)about.st_blocks * 512 : 0;
}

/* See segment.h. */
uint64_t
segments_length(const struct segments *s, uint64_t id)
{
	char path[256];
	struct stat about;

	path_of(s, id, path, sizeof(path));
	return stat(path, &about) == 0 ? (uint64_t)about.st_size : 0;
}
