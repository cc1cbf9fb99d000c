/*
 * partition.h -- the partitions of the boot disk, by their names in the GPT.
 * One layout for all boards (firmware/image/layout, docs/formats/disk.md):
 *
 *     16 MiB  control   1 MiB   boot-control block
 *     17 MiB  boot_a   16 MiB   FIT          33 MiB  boot_b
 *     49 MiB  root_a   32 MiB   squashfs     81 MiB  root_b
 *    113 MiB  seed      1 MiB   a site's configuration, once
 *    114 MiB  data     64 MiB   ext4; grows to the end of the card
 *
 * The names are the kernel's, from /sys: nothing here reads a partition
 * table.  `sys` is "/sys", or a test's.
 */
#ifndef SLOTS_PARTITION_H
#define SLOTS_PARTITION_H

#include "base/span.h"

enum { PARTITION_PATH_MAX = 64, PARTITION_DISK_MAX = 32 };

struct partition {
	char     path[PARTITION_PATH_MAX];	/* "/dev/vda4" */
	char     disk[PARTITION_DISK_MAX];	/* "vda" */
	unsigned number;			/* 4 */
};

/*
 * The disk that holds what /dev/dm-0, the root file system, is made of:
 * the one that was booted.
 *   ST_OK
 *   ST_NOT_FOUND  no such device, or it is made of something else
 */
MUST_CHECK enum status
partition_boot_disk(const char *sys, char disk[static PARTITION_DISK_MAX]);

/*
 * The partition called `name` of `disk`; "": of any disk.
 *   ST_OK
 *   ST_NOT_FOUND
 *   ST_EXISTS      two have that name: two cards?
 *   ST_IO          /sys cannot be read
 */
MUST_CHECK enum status
partition_find(const char *sys, const char *disk, const char *name,
    struct partition *out);

#endif
