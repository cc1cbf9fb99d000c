/* On a real folder: what is tested is what the kernel does with names. */
#include "spool/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static char root[] = "/tmp/folder-test-XXXXXX";
static struct folder f;

static void
write_file(const char *name, const char *text)
{
	int fd = openat(f.fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static bool
has(const char *name, const char *text)
{
	char bytes[8192] = "";
	int fd = openat(f.fd, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);

	if (fd >= 0)
		close(fd);
	return n >= 0 && strcmp(bytes, text) == 0;
}

static bool
exists(const char *name)
{
	return faccessat(f.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* In place of the C library's: somebody may be quicker than the rename. */
static const char *replaces;	/* what "a" is replaced by, once */

int
renameat2(int from_fd, const char *from, int to_fd, const char *to,
    unsigned flags)
{
	if (replaces != NULL) {
		(void)!renameat(f.fd, replaces, f.fd, "a");
		replaces = NULL;
	}
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

static void
begin(uint64_t keep_s)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (f.fd > 0) {
		close(f.fd);
		close(f.done);
		close(f.failed);
		if (system(command) != 0)
			abort();
	}
	mkdir(root, 0700);
	ok(folder_open(&f, root, keep_s) == ST_OK &&
	    folder_prepare(&f) == ST_OK && folder_prepare(&f) == ST_OK,
	    "a folder is opened, done and failed are made");
}

static void
test_begin(void)
{
	struct stat info;

	begin(0);
	ok(fstatat(f.fd, "done", &info, 0) == 0 &&
	    (info.st_mode & 07777) == 0700, "done is for us alone");
	ok(fstatat(f.fd, "failed", &info, 0) == 0 &&
	    (info.st_mode & 07777) == 0700, "failed is, too");
	ok(!folder_is_gone(&f), "the folder is there");
	(void)!unlinkat(f.fd, "done", AT_REMOVEDIR);
	(void)!unlinkat(f.fd, "failed", AT_REMOVEDIR);
	rmdir(root);
	ok(folder_is_gone(&f), "or gone");
}

static void
test_kinds(void)
{
	struct file_id id;
	int fd = -1;

	begin(0);
	write_file("good", "x");
	write_file("empty", "");
	write_file("linked", "x");
	(void)!linkat(f.fd, "linked", f.fd, "second", 0);
	(void)!symlinkat("/etc/passwd", f.fd, "symbolic");
	(void)!symlinkat("good", f.fd, "near");
	(void)!mkfifoat(f.fd, "pipe", 0600);
	ok(folder_look(&f, "good", &id) == FILE_GOOD && id.size == 1,
	    "a file is a file");
	ok(folder_open_file(&f, "good", &id, &fd) == ST_OK &&
	    folder_is_unchanged(fd, &id), "and can be opened");
	close(fd);
	ok(folder_look(&f, "empty", &id) == FILE_EMPTY, "R36 an empty one waits");
	ok(folder_look(&f, "linked", &id) == FILE_LINKED &&
	    folder_open_file(&f, "linked", &id, &fd) == ST_INVALID,
	    "R36 one with a second name is left alone");
	ok(folder_look(&f, "symbolic", &id) == FILE_ODD &&
	    folder_open_file(&f, "symbolic", &id, &fd) == ST_INVALID &&
	    folder_look(&f, "near", &id) == FILE_ODD &&
	    folder_open_file(&f, "near", &id, &fd) == ST_INVALID,
	    "R36 symbolic links are never followed");
	ok(folder_look(&f, "pipe", &id) == FILE_ODD &&
	    folder_open_file(&f, "pipe", &id, &fd) == ST_INVALID,
	    "R36 a pipe is left alone, and nobody hangs on it");
	ok(folder_look(&f, "done", &id) == FILE_FOLDER, "folders are folders");
	ok(folder_look(&f, "none", &id) == FILE_GONE, "nothing is nothing");
	if (mknodat(f.fd, "device", S_IFCHR | 0600, makedev(1, 3)) != 0)
		skip("R36 a device is left alone", "not root");
	else
		ok(folder_look(&f, "device", &id) == FILE_ODD &&
		    folder_open_file(&f, "device", &id, &fd) == ST_INVALID,
		    "R36 a device is left alone");
}

static void
test_stored(void)
{
	struct file_id id;

	begin(0);
	write_file("a", "one");
	folder_look(&f, "a", &id);
	ok(folder_take_stored(&f, "a", &id) == ST_OK && !exists("a") &&
	    !exists("done/a"), "R36 what is stored is erased");
	ok(folder_take_stored(&f, "a", &id) == ST_OK, "gone already is fine");
	begin(60);
	for (unsigned i = 0; i < 3; i++) {
		write_file("a", i == 0 ? "one" : i == 1 ? "two" : "three");
		folder_look(&f, "a", &id);
		ok(folder_take_stored(&f, "a", &id) == ST_OK && !exists("a"),
		    "R36 or kept in done");
	}
	ok(has("done/a", "one") && has("done/a.1", "two") &&
	    has("done/a.2", "three"), "R36 names in use get a suffix");
	ok(folder_sweep(&f, (uint64_t)time(NULL) + 50) == 0,
	    "they stay for the time configured");
	ok(folder_sweep(&f, (uint64_t)time(NULL) + 61) == 3 &&
	    !exists("done/a"), "R36 and then are erased");
}

/* An operator tidies up. */
static void
test_removed(void)
{
	struct file_id id;

	begin(60);
	(void)!unlinkat(f.fd, "done", AT_REMOVEDIR);
	write_file("a", "one");
	folder_look(&f, "a", &id);
	ok(folder_take_stored(&f, "a", &id) == ST_IO && exists("a"),
	    "R36 without done a file stays, and that is said");
	ok(folder_prepare(&f) == ST_OK &&
	    folder_take_stored(&f, "a", &id) == ST_OK && has("done/a", "one"),
	    "R36 done is made again");
}

static void
test_refused(void)
{
	struct file_id id;
	unsigned i;

	begin(0);
	for (i = 0; i < 2; i++) {
		write_file("a", "one");
		folder_look(&f, "a", &id);
		ok(folder_take_refused(&f, "a", &id, span_of("why")) == ST_OK,
		    "R36 what is refused goes to failed");
	}
	ok(has("failed/a", "one") && has("failed/a.error.txt", "why") &&
	    has("failed/a.1", "one") && has("failed/a.1.error.txt", "why"),
	    "R36 with the reason beside it");
	write_file("b", "x");
	(void)!symlinkat("../b", f.failed, "a.2.error.txt");
	write_file("a", "one");
	folder_look(&f, "a", &id);
	ok(folder_take_refused(&f, "a", &id, span_of("why")) == ST_OK &&
	    has("b", "x") && has("failed/a.2.error.txt", "why"),
	    "R36 a link that waits there is not written through");
}

static void
test_replaced(void)
{
	struct file_id id, other;

	begin(0);
	write_file("a", "one");
	folder_look(&f, "a", &id);
	write_file("b", "two");
	(void)!renameat(f.fd, "b", f.fd, "a");
	ok(folder_take_stored(&f, "a", &id) == ST_INVALID && has("a", "two"),
	    "R36 a name with new content: the new one stays");
	ok(folder_take_refused(&f, "a", &id, span_of("")) == ST_INVALID &&
	    has("a", "two"), "R36 it is not refused for the old one either");
	write_file("a", "one");
	folder_look(&f, "a", &id);
	write_file("c", "three");
	replaces = "c";
	ok(folder_take_stored(&f, "a", &id) == ST_INVALID && has("a", "three")
	    && !exists("done/a"),
	    "R36 even between the last look and the move");
	write_file("a", "one");
	folder_look(&f, "a", &id);
	write_file("c", "three");
	replaces = "c";
	ok(folder_take_refused(&f, "a", &id, span_of("")) == ST_INVALID &&
	    has("a", "three") && !exists("failed/a"),
	    "R36 whatever was to become of it");
	folder_look(&f, "a", &other);
	ok(!file_id_equal(&id, &other), "it is another file");
}

static void
test_denied(void)
{
	struct file_id id;

	begin(0);
	write_file("w.ok", "");
	folder_look(&f, "w.ok", &id);
	ok(folder_remove_empty(&f, "w.ok", &id) == ST_OK && !exists("w.ok"),
	    "a witness is removed");
	write_file("w.ok", "x");
	ok(folder_remove_empty(&f, "w.ok", &id) == ST_INVALID &&
	    exists("w.ok"), "but not what was written since");
	if (geteuid() == 0) {
		skip("a folder that may not be written", "root may write all");
		return;
	}
	(void)!fchmod(f.fd, 0500);
	folder_look(&f, "w.ok", &id);
	ok(folder_prepare(&f) == ST_DENIED &&
	    folder_take_stored(&f, "w.ok", &id) == ST_DENIED,
	    "a folder that may not be written says so");
	(void)!fchmod(f.fd, 0700);
}

static unsigned names;

static void
on_name(void *owner, const char *name)
{
	(void)owner;
	names += strcmp(name, "a") == 0 || strcmp(name, "b") == 0;
}

static void
test_list(void)
{
	begin(0);
	write_file("a", "x");
	write_file("b", "");
	ok(folder_list(&f, on_name, NULL) == ST_OK && names == 2,
	    "what is there is listed");
	ok(folder_list(&f, on_name, NULL) == ST_OK && names == 4,
	    "as often as asked");
}

int
main(void)
{
	char command[64];

	umask(077);
	if (mkdtemp(root) == NULL)
		return 1;
	f.fd = -1;
	rmdir(root);
	test_begin();
	test_kinds();
	test_stored();
	test_removed();
	test_refused();
	test_replaced();
	test_denied();
	test_list();
	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (system(command) != 0)
		return 1;
	return done_testing();
}
