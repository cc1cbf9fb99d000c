/*
 * partition.h -- the partitions of the boot disk, by their names in the GPT.
 * One layout for all boards (firmware/image/layout, docs/formats/disk.md):
 *
 *     16 MiB  control   1 MiB   boot-control block
 *     17 MiB  boot_a   16 MiB   FIT          33 MiB  boot_b
 *     49 MiB  root_a   32 MiB   squashfs     81 MiB  root_b
 *    113 MiB  seed      1 MiB   a site's configuration, once
 *    114 MiB  data     64 MiB   ext4; grows to the end of the card
 */
#ifndef SLOTS_PARTITION_H
#define SLOTS_PARTITION_H

#include "base/status.h"

enum { PARTITION_PATH_MAX = 64 };

/*
 * "/dev/vda4" for "boot_a", by PARTNAME in /sys/class/block/<name>/uevent;
 * only of the disk that also has `beside` (NULL: any).
 *   ST_OK
 *   ST_NOT_FOUND
 *   ST_EXISTS      two partitions have that name: two cards?
 */
MUST_CHECK enum status
partition_find(const char *name, char path[static PARTITION_PATH_MAX]);

#endif
