/*
 * The data partition for real: a loop device stands for the card, Debian's
 * e2fsck for ours, mke2fs makes the template.  Needs root and loop devices.
 */
#include "init/data.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tap.h"

static char folder[] = "/tmp/guichet-data-XXXXXX";
static char disk[32], device[64], at[64], template[64], bad[64];
static const struct watchdog no_watchdog = { .fd = -1 };

/* With $T the folder, $D the disk, $P the partition. */
static int
shell(const char *commands)
{
	char line[1024];

	snprintf(line, sizeof(line), "T=%s D=%s P=%s; PATH=$PATH:/usr/sbin:"
	    "/sbin; exec 2>/dev/null; %s", folder, disk, device, commands);
	return system(line);
}

/* A card of 300 MiB with an image of 70 on it, as the kernel sees it. */
static bool
insert_card(void)
{
	FILE *out;
	char line[256];

	if (mkdtemp(folder) == NULL)
		return false;
	snprintf(line, sizeof(line), "%s/at", folder);
	memcpy(at, line, sizeof(at));
	snprintf(device, sizeof(device), "%s/p2", folder);
	snprintf(template, sizeof(template), "%s/data.ext4", folder);
	snprintf(bad, sizeof(bad), "%s/no-such-e2fsck", folder);
	if (shell("mkdir $T/at && truncate -s 64M $T/data.ext4 && mke2fs -q "
	    "-t ext4 -E lazy_itable_init=0 $T/data.ext4 && truncate -s 70M "
	    "$T/card && printf 'label: gpt\\nfirst-lba: 2048\\nname=seed, "
	    "start=1MiB, size=1MiB\\nname=data, start=2MiB, size=64MiB\\n' | "
	    "sfdisk -q $T/card && truncate -s 300M $T/card") != 0)
		return false;
	snprintf(line, sizeof(line), "/sbin/losetup -f --show %s/card "
	    "2>/dev/null", folder);
	out = popen(line, "r");
	if (out == NULL || fgets(disk, sizeof(disk), out) == NULL)
		disk[0] = '\0';
	disk[strcspn(disk, "\n")] = '\0';
	return (out == NULL || pclose(out) == 0) && disk[0] != '\0' &&
	    shell("partx -a $D; n=$(cat /sys/block/${D#/dev/}/"
	    "${D#/dev/}p2/dev) && mknod $P b ${n%:*} ${n#*:}") == 0;
}

static void
eject_card(void)
{
	umount2(at, MNT_DETACH);
	if (disk[0] != '\0')
		(void)!shell("partx -d $D; losetup -d $D");
	(void)!shell("rm -r $T");
}

static enum status
open_data(const char *check, char text[static DATA_TEXT_MAX])
{
	struct partition p = { .number = 2 };
	struct data_plan plan = { disk, &p, at, check, template };
	enum status st;

	memcpy(p.path, device, sizeof(p.path));
	st = data_open(&plan, &no_watchdog, text);
	printf("# %s\n", text);
	return st;
}

static unsigned long
mib(void)
{
	struct statvfs fs;

	if (statvfs(at, &fs) != 0)
		return 0;
	return (unsigned long)(fs.f_blocks * fs.f_frsize / (1024 * 1024));
}

/* The kernel lets nobody else grow a file system. */
static bool
is_grown(void)
{
	if (prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE, 0, 0, 0) == 1)
		return mib() > 250 && mib() < 298;
	skip("the file system grows", "no CAP_SYS_RESOURCE");
	return true;
}

static void
test_first_start(void)
{
	char text[DATA_TEXT_MAX];

	ok(open_data("/sbin/e2fsck", text) == ST_OK &&
	    strncmp(text, "new; ", 5) == 0, "nothing there: made");
	ok(shell("test $(blockdev --getsize64 $P) = $((297 * 1048576))") == 0,
	    "the partition is as long as the card, which the kernel knows");
	ok(is_grown(), "and the file system as long as the partition");
	ok(shell("sfdisk --verify $D >&2 && grep -q ' '$T/at' .*nosuid.*nodev"
	    ".*noexec' /proc/mounts") == 0, "mounted with nothing to run");
	ok(strstr(text, "made anew") != NULL, "which is said");
	ok(shell("echo kept >$T/at/file && sync") == 0, "a file");
	umount(at);
}

static void
test_sound(void)
{
	char text[DATA_TEXT_MAX];

	ok(open_data("/sbin/e2fsck", text) == ST_OK &&
	    strncmp(text, "checked; ", 9) == 0 &&
	    shell("grep -q kept $T/at/file") == 0, "the next start has it");
	ok(strstr(text, "made anew") != NULL, "and still says what was lost");
	ok(shell("rm $T/at/boot/renewed") == 0, "the power was cut before that "
	    "was written down");
	umount(at);
	ok(open_data("/sbin/e2fsck", text) == ST_OK &&
	    strstr(text, "made anew") != NULL, "it is said all the same");
	umount(at);
}

static bool
is_writable(void)
{
	int fd = open(at, O_RDONLY | O_DIRECTORY);
	bool is = data_is_writable(fd);

	close(fd);
	return is;
}

/* Both are what ext4 does after an error: until Linux 6.12, and since. */
static void
test_given_up(void)
{
	char text[DATA_TEXT_MAX];

	ok(open_data("/sbin/e2fsck", text) == ST_OK && is_writable() &&
	    is_writable(), "it can be written");
	ok(mount(NULL, at, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0 &&
	    !is_writable(), "read-only: seen");
	umount(at);
	ok(open_data("/sbin/e2fsck", text) == ST_OK && is_writable(),
	    "a restart mends it");
	ok(shell("rm $T/at/writable && mkfifo $T/at/writable") == 0 &&
	    is_writable(), "a FIFO there stops nobody");
	ok(shell("rm $T/at/writable") == 0, "it is gone");
	if (shell("d=$(stat -c %t:%T $P); n=$(basename $(readlink /sys/dev/"
	    "block/$((0x${d%:*})):$((0x${d#*:})))); echo x >/sys/fs/ext4/$n/"
	    "trigger_fs_error") == 0)
		ok(!is_writable(), "an error: seen");
	else
		skip("an error", "no trigger_fs_error");
	umount(at);
	ok(open_data("/sbin/e2fsck", text) == ST_OK && is_writable(),
	    "e2fsck mends that");
	umount(at);
}

/* What is written over must not be what says whether to write over it. */
static void
test_no_checker(void)
{
	char text[DATA_TEXT_MAX];

	ok(open_data(bad, text) == ST_IO && strstr(text, "cannot be checked")
	    != NULL, "a checker that is not there");
	ok(open_data("/bin/false", text) == ST_OK, "1 is repaired");
	umount(at);
	ok(shell("printf '#!/bin/sh\\nkill -9 $$\\n' >$T/killed; chmod 755 "
	    "$T/killed") == 0, "one that is killed");
	snprintf(bad, sizeof(bad), "%s/killed", folder);
	ok(open_data(bad, text) == ST_IO, "says nothing");
	ok(open_data("/sbin/e2fsck", text) == ST_OK &&
	    shell("grep -q kept $T/at/file") == 0, "nothing was erased");
	umount(at);
}

/* e2fsck ends with 8 where it has no memory, too. */
static void
test_check_gave_up(void)
{
	char text[DATA_TEXT_MAX];

	ok(shell("printf '#!/bin/sh\\nexit 8\\n' >$T/killed") == 0 &&
	    open_data(bad, text) == ST_OK, "a checker that gives up");
	ok(strncmp(text, "damaged", 7) == 0 &&
	    shell("grep -q kept $T/at/file") == 0,
	    "what can be mounted is not erased: %s", text);
	umount(at);
}

static void
test_repaired(void)
{
	char text[DATA_TEXT_MAX];

	ok(shell("debugfs -w -R 'clri /lost+found' $P && debugfs -w -R "
	    "'ssv state 2' $P") == 0, "a folder of its own is spoiled");
	ok(open_data("/sbin/e2fsck", text) == ST_OK &&
	    strncmp(text, "repaired", 8) == 0 &&
	    shell("grep -rq kept $T/at") == 0, "repaired, and said");
	umount(at);
}

static void
test_beyond_repair(void)
{
	char text[DATA_TEXT_MAX];

	ok(shell("dd if=/dev/zero of=$P bs=1M count=298") != 0 ||
	    shell("true") == 0, "all of it is gone");
	ok(open_data("/sbin/e2fsck", text) == ST_OK &&
	    strncmp(text, "new; ", 5) == 0 && is_grown(), "made anew");
	umount(at);
	memcpy(template, "/nothing", sizeof("/nothing"));
	(void)!shell("dd if=/dev/zero of=$P bs=1M count=298");
	ok(open_data("/sbin/e2fsck", text) == ST_IO &&
	    strncmp(text, "none", 4) == 0, "not even that");
}

int
main(void)
{
	if (geteuid() != 0 || !insert_card()) {
		skip("data partition", geteuid() != 0 ? "not root"
		    : "no loop devices with partitions");
	} else {
		test_first_start();
		test_sound();
		test_given_up();
		test_no_checker();
		test_check_gave_up();
		test_repaired();
		test_beyond_repair();
	}
	eject_card();
	return done_testing();
}
