#include "init/site.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "init/files.h"
#include "init/identity.h"
#include "init/seed.h"
#include "os/whole.h"

/* At most SEED_BYTES_MAX, which is what the partition has. */
static enum status
read_archive(int fd, struct buf *out)
{
	enum status st = whole_read(fd, out);

	return st == ST_TOO_BIG ? ST_OK : st;
}

static enum status
write_files(int etc, const struct seed *seed)
{
	for (size_t i = 0; i < SEED_FILES; i++) {
		if (seed->file[i].ptr == NULL)
			continue;
		TRY(files_write(etc, seed_names[i].name, seed->file[i], 0600));
		log_line(LOG_NOTICE, "seed: %s", seed_names[i].name);
	}
	return ST_OK;
}

/* Of a certificate that was put aside nothing is said once another one is
 * there. */
static enum status
forget_refused(int etc, const struct seed *seed)
{
	for (size_t i = 0; i < SEED_FILES; i++)
		if (seed->file[i].ptr != NULL &&
		    strcmp(seed_names[i].name, "pickup.pem") == 0)
			return files_remove(etc, IDENTITY_REFUSED) == ST_OK
			    ? files_remove(etc, IDENTITY_REFUSED_KEY) : ST_IO;
	return ST_OK;
}

/* `zero`: as long as what was read. */
static enum status
overwrite(int fd, struct span zero)
{
	if (lseek(fd, 0, SEEK_SET) != 0)
		return ST_IO;
	TRY(whole_write(fd, zero));
	return fsync(fd) == 0 ? ST_OK : ST_IO;
}

static enum status
take(int fd, int etc, struct buf *archive)
{
	struct seed seed;

	TRY(read_archive(fd, archive));
	TRY(seed_read(buf_span(archive), &seed));
	TRY(write_files(etc, &seed));
	TRY(forget_refused(etc, &seed));
	log_line(LOG_NOTICE, "seed: %u files taken, %u left out", seed.n,
	    seed.skipped);
	wipe(archive->ptr, archive->len);
	return overwrite(fd, buf_span(archive));
}

/* See site.h. */
enum status
site_take(const char *device, int etc)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	void *memory;
	struct buf archive;
	enum status st;

	if (fd < 0)
		return ST_IO;
	/* Not static: it would stay in memory for as long as the box runs. */
	memory = mmap(NULL, SEED_BYTES_MAX, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		close(fd);
		return ST_IO;
	}
	archive = buf_over(memory, SEED_BYTES_MAX);
	st = take(fd, etc, &archive);
	wipe(memory, SEED_BYTES_MAX);
	munmap(memory, SEED_BYTES_MAX);
	close(fd);
	if (st != ST_OK && st != ST_NOT_FOUND)
		log_line(LOG_ERROR, "seed: not taken: %s", status_text(st));
	return st;
}
