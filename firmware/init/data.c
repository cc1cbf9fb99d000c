#include "init/data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "init/child.h"
#include "init/files.h"
#include "init/history.h"
#include "slots/gpt.h"

/* e2fsck(8), "EXIT CODE": bits. */
enum {
	FSCK_CORRECTED = 1 | 2, FSCK_UNCORRECTED = 4, FSCK_FAILED = 8,
	FSCK_S_MAX = 1800
};

enum { FREE_BYTES = 1024, HEAD_BYTES = 4096, CHUNK_BYTES = 64 * 1024, READ_BYTES = 64 << 20 };

/* <linux/ext4.h> is no public header: fs/ext4/ext4.h, _IOW('f', 16, __u64). */
static const unsigned long resize_fs = 0x40086610;

static const char renewed[] = "renewed";	/* below `at`/boot */

/* --- growing ------------------------------------------------------------------ */

static enum status
grow_partition(int disk, const char *name, struct gpt_partition *now)
{
	static struct gpt g, was;

	TRY(gpt_load(disk, &g));
	was = g;
	TRY(gpt_grow(&g, name, now));
	return gpt_store(disk, &g, &was);
}

/* The rest of the card is not worth a box that does not serve: whatever
 * fails is said, and the partition stays as long as it is. */
static void
grow(const struct data_plan *plan)
{
	int disk = open(plan->disk, O_RDWR | O_CLOEXEC);
	struct gpt_partition now;
	enum status st = ST_IO;

	if (disk >= 0)
		st = grow_partition(disk, "data", &now);
	if (st == ST_OK)
		st = gpt_tell_kernel(disk, &now);
	if (st != ST_OK)
		log_line(LOG_WARNING, "%s: the data partition stays as long "
		    "as it is: %s", plan->disk, status_text(st));
	if (disk >= 0)
		close(disk);
}

/* The file system, to the length of its partition. */
static void
grow_file_system(const struct data_plan *plan)
{
	int at = open(plan->at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int device = open(plan->partition->path, O_RDONLY | O_CLOEXEC);
	uint64_t bytes = 0, blocks;
	struct statvfs fs;

	if (at >= 0 && device >= 0 && fstatvfs(at, &fs) == 0 &&
	    ioctl(device, (int)BLKGETSIZE64, &bytes) == 0) {
		blocks = bytes / fs.f_bsize;
		if (ioctl(at, (int)resize_fs, &blocks) != 0)
			log_line(LOG_WARNING, "%s: does not grow: %s",
			    plan->at, strerror(errno));
	}
	if (at >= 0)
		close(at);
	if (device >= 0)
		close(device);
}

/* --- making anew -------------------------------------------------------------- */

static enum status
copy_range(int from, int to, off_t begin, off_t end,
    const struct watchdog *watchdog)
{
	static uint8_t chunk[CHUNK_BYTES];	/* not secret */

	for (off_t at = begin; at < end;) {
		size_t want = end - at < CHUNK_BYTES ? (size_t)(end - at)
		    : CHUNK_BYTES;
		ssize_t n = pread(from, chunk, want, at);

		if (n <= 0 || pwrite(to, chunk, (size_t)n, at) != n)
			return ST_IO;
		at += n;
		watchdog_kick(watchdog);
	}
	return fsync(to) == 0 ? ST_OK : ST_IO;
}

/* ext4 leaves the first 1024 bytes of its partition to others
 * (Documentation/filesystems/ext4/super.rst): that it was made here stands
 * there before there is a file system that could hide it. */
static const char mark[] = "guichet-made-anew\n";

/* Its superblock last: half a copy is no file system. */
static enum status
copy_template(const struct data_plan *plan, const struct watchdog *watchdog)
{
	int from = open(plan->template, O_RDONLY | O_CLOEXEC);
	int to = open(plan->partition->path, O_WRONLY | O_CLOEXEC);
	uint8_t head[HEAD_BYTES] = { 0 };
	enum status st = ST_IO;
	off_t end = 0;

	memcpy(head, mark, sizeof(mark));
	if (from >= 0 && to >= 0)
		end = lseek(from, 0, SEEK_END);
	if (end > HEAD_BYTES &&
	    pwrite(to, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	    fsync(to) == 0)
		st = copy_range(from, to, HEAD_BYTES, end, watchdog);
	if (st == ST_OK)
		st = copy_range(from, to, FREE_BYTES, HEAD_BYTES, watchdog);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return st;
}

/* --- checking ------------------------------------------------------------------ */

enum verdict { SOUND, BROKEN, UNKNOWN };

/* A checker that cannot run is no reason to lose what is there.  Nor is
 * BROKEN alone one: 8 is no file system at all, but also no memory, a write
 * that failed, a feature that this e2fsck does not know. */
static enum verdict
verdict_of(int code)
{
	if ((code & ~FSCK_CORRECTED) == 0)
		return SOUND;
	return (code & ~(FSCK_CORRECTED | FSCK_UNCORRECTED | FSCK_FAILED)) == 0
	    ? BROKEN : UNKNOWN;
}

static enum verdict
check(const struct data_plan *plan, const char *how,
    const struct watchdog *watchdog, bool *repaired)
{
	const char *const argv[] = { plan->check, how, plan->partition->path,
	    NULL };
	struct child child = { .argv = argv };
	int code = -1;

	if (child_run(&child, watchdog, FSCK_S_MAX, &code) != ST_OK)
		return UNKNOWN;
	if (code != 0)
		log_line(LOG_WARNING, "%s: e2fsck %s ended with %d",
		    plan->partition->path, how, code);
	*repaired = *repaired || (code & FSCK_CORRECTED) != 0;
	return verdict_of(code);
}

/* True where all that a new file system will cover can be read: a card that
 * does not answer just now is not one without a file system. */
static bool
can_be_read(const struct data_plan *plan, const struct watchdog *watchdog)
{
	static uint8_t chunk[CHUNK_BYTES];	/* not secret */
	int fd = open(plan->partition->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	for (off_t at = 0; n > 0 && at < READ_BYTES; at += n) {
		n = pread(fd, chunk, sizeof(chunk), at);
		watchdog_kick(watchdog);
	}
	if (fd >= 0)
		close(fd);
	return n >= 0;
}

static bool
is_mounted(const struct data_plan *plan)
{
	if (mount(plan->partition->path, plan->at, "ext4", MS_NODEV |
	    MS_NOSUID | MS_NOEXEC | MS_NOATIME, "errors=remount-ro") == 0)
		return true;
	log_line(LOG_WARNING, "%s: not mounted: %s", plan->partition->path,
	    strerror(errno));
	return false;
}

/* --- what was done -------------------------------------------------------------- */

static bool
is_marked(const struct data_plan *plan)
{
	char there[sizeof(mark)] = "";
	int fd = open(plan->partition->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, there, sizeof(there), 0);

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)sizeof(there) &&
	    memcmp(there, mark, sizeof(mark)) == 0;
}

/* That what was on the box is lost is said for as long as the box lives; with
 * the date at which that was first written down. */
static void
remember_renewal(int at)
{
	char line[HISTORY_LINE_MAX];
	int folder;

	history_date((uint64_t)time(NULL), "", line);
	if (files_folder(at, "boot", 0700, &folder) != ST_OK)
		return;
	if (faccessat(folder, renewed, F_OK, 0) != 0 &&
	    files_write(folder, renewed, span_of(line), 0600) != ST_OK)
		log_line(LOG_WARNING, "%s: %s", renewed, strerror(errno));
	close(folder);
}

static void
say_renewal(int at, char text[static DATA_TEXT_MAX], size_t len)
{
	char date[HISTORY_LINE_MAX];
	struct buf bytes = buf_over(date, sizeof(date) - 1);
	int folder = openat(at, "boot", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return;
	if (files_read(folder, renewed, &bytes) == ST_OK) {
		date[bytes.len] = '\0';
		snprintf(text + len, DATA_TEXT_MAX - len, "; made anew %.16s, "
		    "what was on it is lost", date);
	}
	close(folder);
}

static void
say(const struct data_plan *plan, const char *found,
    char text[static DATA_TEXT_MAX])
{
	int at = open(plan->at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statvfs fs = { 0 };
	int len;

	if (at >= 0 && fstatvfs(at, &fs) != 0)
		fs.f_blocks = 0;
	len = snprintf(text, DATA_TEXT_MAX, "%s; %llu MiB", found,
	    (unsigned long long)fs.f_blocks * fs.f_frsize / (1024 * 1024));
	if (at >= 0 && is_marked(plan))
		remember_renewal(at);
	if (at >= 0 && len > 0)
		say_renewal(at, text, (size_t)len);
	if (at >= 0)
		close(at);
}

static enum status
renew(const struct data_plan *plan, const struct watchdog *watchdog)
{
	log_line(LOG_ERROR, "%s: beyond repair: made anew, what was on it is "
	    "lost", plan->partition->path);
	TRY(copy_template(plan, watchdog));
	return is_mounted(plan) ? ST_OK : ST_IO;
}

/* Mounts it as it is, or else, where that is all that is left to do, anew.
 * Returns what was found, or NULL with `text` saying why it is not there. */
static const char *
mount_or_renew(const struct data_plan *plan, const struct watchdog *watchdog,
    bool repaired, enum verdict verdict, char text[static DATA_TEXT_MAX])
{
	const char *why = NULL;

	if (verdict == UNKNOWN)
		why = "cannot be checked";
	else if (is_mounted(plan))
		return verdict == BROKEN ? "damaged: e2fsck gave up"
		    : repaired ? "repaired: files may be missing" : "checked";
	else if (verdict == SOUND)
		why = "cannot be mounted";
	else if (!can_be_read(plan, watchdog))
		why = "cannot be read";
	else if (renew(plan, watchdog) == ST_OK)
		return "new";
	else
		why = "cannot be made anew";
	snprintf(text, DATA_TEXT_MAX, "none: it %s", why);
	return NULL;
}

/* See data.h.  To open a file is enough: ext4 refuses it with EIO once it has
 * shut itself down, though statvfs(2) says nothing (Linux 6.12). */
bool
data_is_writable(int folder)
{
	int fd = openat(folder, "writable", O_WRONLY | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK, 0600);	/* no FIFO stops PID 1 */

	if (fd < 0)
		return errno != EROFS && errno != EIO;
	close(fd);
	return true;
}

/* See data.h. */
bool
data_was_lost(int folder)
{
	return folder >= 0 && faccessat(folder, renewed, F_OK, 0) == 0;
}

/* See data.h. */
enum status
data_open(const struct data_plan *plan, const struct watchdog *watchdog,
    char text[static DATA_TEXT_MAX])
{
	bool repaired = false;
	enum verdict verdict;
	const char *found;

	grow(plan);
	verdict = check(plan, "-p", watchdog, &repaired);
	if (verdict != SOUND)
		verdict = check(plan, "-y", watchdog, &repaired);
	found = mount_or_renew(plan, watchdog, repaired, verdict, text);
	if (found == NULL)
		return ST_IO;
	grow_file_system(plan);
	say(plan, found, text);
	return ST_OK;
}
