#include "slots/gpt.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "torn.h"

enum { MIB_SECTORS = 2048, PATH_BYTES = 64 };

static const char sfdisk[] = "/usr/sbin/sfdisk";
static const char sgdisk[] = "/usr/sbin/sgdisk";

/* The exit code of a shell line about the file `fd`, called $D there. */
static int
shell(int fd, const char *line)
{
	char file[PATH_BYTES];
	int status;
	pid_t pid;

	snprintf(file, sizeof(file), "/proc/%d/fd/%d", getpid(), fd);
	pid = fork();
	if (pid == 0) {
		setenv("D", file, 1);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

/* The layout of our images, made by sfdisk, on a card of `mib` MiB. */
static int
card(unsigned mib)
{
	static const char make[] = "exec >/dev/null 2>&1; "
	    "sfdisk --no-tell-kernel --no-reread -q \"$D\" <<'X'\n"
	    "label: gpt\nfirst-lba: 2048\n"
	    "name=control, start=16MiB, size=1MiB\n"
	    "name=boot_a, start=17MiB, size=16MiB\n"
	    "name=seed, start=33MiB, size=1MiB\n"
	    "name=data, start=34MiB, size=64MiB\nX\n";
	int fd = memfd_create("card", MFD_CLOEXEC);

	writes_left = TORN_NEVER;
	if (fd < 0 || ftruncate(fd, 100L * MIB_SECTORS * GPT_SECTOR) != 0 ||
	    shell(fd, make) != 0 ||
	    ftruncate(fd, (off_t)mib * MIB_SECTORS * GPT_SECTOR) != 0)
		abort();
	return fd;
}

static enum status
grow(int fd, struct gpt_partition *out)
{
	static struct gpt g, was;

	TRY(gpt_load(fd, &g));
	was = g;
	TRY(gpt_grow(&g, "data", out));
	return gpt_store(fd, &g, &was);
}

static bool
is_sound(int fd)
{
	return shell(fd, "PATH=$PATH:/usr/sbin; exec >/dev/null 2>&1; "
	    "sfdisk --verify \"$D\" && { test ! -x /usr/sbin/sgdisk || "
	    "sgdisk -v \"$D\" | grep -q 'No problems found'; }") == 0;
}

static void
test_grows(void)
{
	struct gpt_partition p = { 0 }, again = { 0 };
	int fd = card(300);

	ok(grow(fd, &p) == ST_OK, "a card three times as long as the image");
	ok(p.number == 4 && p.at == 34 * MIB_SECTORS &&
	    p.sectors == (299 - 34) * MIB_SECTORS,
	    "data reaches to the last whole MiB before the copy");
	ok(is_sound(fd), "sfdisk and sgdisk find nothing wrong");
	ok(shell(fd, "test $(/usr/sbin/sfdisk -d \"$D\" | grep -c name=) = 4")
	    == 0, "the other partitions are still there");
	writes_left = 0;
	ok(grow(fd, &again) == ST_OK && writes_left == 0 &&
	    again.sectors == p.sectors, "a second time writes nothing");
	close(fd);
}

static void
test_grows_again(void)
{
	struct gpt_partition p = { 0 };
	int fd = card(300);

	if (grow(fd, &p) != ST_OK ||
	    ftruncate(fd, 500L * MIB_SECTORS * GPT_SECTOR) != 0)
		abort();
	ok(grow(fd, &p) == ST_OK && p.sectors == (499 - 34) * MIB_SECTORS &&
	    is_sound(fd), "copied to a longer card, it grows again");
	close(fd);
}

static void
test_exact(void)
{
	struct gpt_partition p = { 0 };
	int fd = card(100);

	ok(grow(fd, &p) == ST_OK && p.sectors == 65 * MIB_SECTORS &&
	    is_sound(fd), "a card as long as the image: one MiB is won");
	close(fd);
}

static void
spoil(int fd, off_t sector)
{
	if (syscall(SYS_pwrite64, fd, "spoiled", 7, sector * GPT_SECTOR) != 7)
		abort();
}

static void
test_damage(void)
{
	struct gpt_partition p = { 0 };
	off_t end = 300L * MIB_SECTORS;
	int fd = card(300);

	if (grow(fd, &p) != ST_OK)
		abort();
	spoil(fd, 1);
	ok(grow(fd, &p) == ST_OK && is_sound(fd),
	    "a damaged header is made again from the copy");
	spoil(fd, 3);
	ok(grow(fd, &p) == ST_OK && is_sound(fd), "damaged entries, too");
	spoil(fd, end - 1);
	ok(grow(fd, &p) == ST_OK && is_sound(fd), "a damaged copy, too");
	spoil(fd, 1);
	spoil(fd, end - 1);
	ok(grow(fd, &p) == ST_CORRUPT, "both: nothing is written");
	close(fd);
}

static void
test_other_layouts(void)
{
	static struct gpt g;
	struct gpt_partition p;
	int fd = card(300), small = memfd_create("small", MFD_CLOEXEC);

	ok(gpt_load(fd, &g) == ST_OK &&
	    gpt_grow(&g, "nothing", &p) == ST_NOT_FOUND, "no such partition");
	ok(gpt_grow(&g, "boot_a", &p) == ST_UNSUPPORTED,
	    "not the last one on the disk");
	g.sectors = 90 * MIB_SECTORS;
	ok(gpt_grow(&g, "data", &p) == ST_UNSUPPORTED,
	    "a disk that ends before it");
	g.sectors = 8;
	ok(gpt_grow(&g, "data", &p) == ST_UNSUPPORTED, "no disk at all");
	ok(gpt_load(small, &g) == ST_UNSUPPORTED, "an empty file");
	close(small);
	ok(gpt_load(small, &g) == ST_IO, "a closed one");
	close(fd);
}

/* As Linux does with `gpt` on its command line: either side alone will do. */
static void
test_power_cuts(void)
{
	bool is_cut = true;

	for (int cut = 0; is_cut; cut++) {
		struct gpt_partition p = { 0 };
		int fd = card(300);

		writes_left = cut;
		is_cut = grow(fd, &p) != ST_OK;
		writes_left = TORN_NEVER;
		ok(grow(fd, &p) == ST_OK && is_sound(fd) &&
		    p.sectors == (299 - 34) * MIB_SECTORS,
		    "power cut in write %d: grown at the next start", cut);
		close(fd);
	}
}

int
main(void)
{
	torn_bytes = GPT_SECTOR;
	if (access(sfdisk, X_OK) != 0) {
		skip("GPT", "no sfdisk");
		return done_testing();
	}
	if (access(sgdisk, X_OK) != 0)
		skip("sgdisk", "not installed: sfdisk alone verifies");
	test_grows();
	test_grows_again();
	test_exact();
	test_damage();
	test_other_layouts();
	test_power_cuts();
	return done_testing();
}
