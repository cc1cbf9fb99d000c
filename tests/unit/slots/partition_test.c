#include "slots/partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char sys[] = "/tmp/guichet-sys-XXXXXX";

/* In the folder that stands for /sys. */
static void
shell(const char *commands)
{
	char line[1024];

	snprintf(line, sizeof(line), "set -e; cd %s; %s", sys, commands);
	if (system(line) != 0)
		abort();
}

/* A card with its partitions and the root file system made of one, as the
 * kernel shows them. */
static void
make(void)
{
	if (mkdtemp(sys) == NULL)
		abort();
	shell("mkdir -p class/block devices/vda/vda1 devices/vda/vda4 "
	    "devices/dm-0/slaves; "
	    "printf 'DEVNAME=vda\\nDEVTYPE=disk\\n' >devices/vda/uevent; "
	    "printf 'DEVNAME=vda1\\nPARTN=1\\nPARTNAME=control\\n' "
	    ">devices/vda/vda1/uevent; "
	    "printf 'DEVNAME=vda4\\nPARTN=4\\nPARTNAME=root_a\\n' "
	    ">devices/vda/vda4/uevent; "
	    "printf 'DEVNAME=dm-0\\n' >devices/dm-0/uevent; "
	    "for d in vda vda/vda1 vda/vda4 dm-0; do "
	    "ln -s ../../devices/$d class/block/${d##*/}; done; "
	    "ln -s ../../vda/vda4 devices/dm-0/slaves/vda4");
}

static void
add_second_card(void)
{
	shell("mkdir -p devices/vdb/vdb1; "
	    "printf 'DEVNAME=vdb1\\nPARTN=1\\nPARTNAME=control\\n' "
	    ">devices/vdb/vdb1/uevent; "
	    "ln -s ../../devices/vdb/vdb1 class/block/vdb1");
}

static void
test_find(void)
{
	struct partition p;

	ok(partition_find(sys, "", "control", &p) == ST_OK &&
	    strcmp(p.path, "/dev/vda1") == 0 && p.number == 1 &&
	    strcmp(p.disk, "vda") == 0, "found by its name");
	ok(partition_find(sys, "", "contro", &p) == ST_NOT_FOUND &&
	    partition_find(sys, "", "controls", &p) == ST_NOT_FOUND &&
	    partition_find(sys, "", "", &p) == ST_NOT_FOUND,
	    "by its whole name");
	ok(partition_find("/nothing", "", "control", &p) == ST_IO,
	    "without /sys");
}

static void
test_two_cards(void)
{
	char disk[PARTITION_DISK_MAX] = "";
	struct partition p;

	add_second_card();
	ok(partition_find(sys, "", "control", &p) == ST_EXISTS,
	    "two cards have one: none is taken");
	ok(partition_boot_disk(sys, disk) == ST_OK && strcmp(disk, "vda") == 0,
	    "the root file system's card is known");
	ok(partition_find(sys, disk, "control", &p) == ST_OK &&
	    strcmp(p.path, "/dev/vda1") == 0, "and its own one is taken");
	ok(partition_find(sys, "vdb", "root_a", &p) == ST_NOT_FOUND,
	    "not another card's");
	shell("rm devices/dm-0/slaves/vda4");
	ok(partition_boot_disk(sys, disk) == ST_NOT_FOUND,
	    "a root that is made of nothing");
}

int
main(void)
{
	make();
	test_find();
	test_two_cards();
	shell("rm -r class devices");
	rmdir(sys);
	return done_testing();
}
