/*
 * data.h -- the data partition: grown to the card's end, checked, mounted;
 * made anew only where no check can save it (decisions/0030, 0032).
 */
#ifndef INIT_DATA_H
#define INIT_DATA_H

#include <stdbool.h>

#include "base/status.h"
#include "init/watchdog.h"
#include "slots/partition.h"

enum { DATA_TEXT_MAX = 160 };	/* fits BOX_LINE_MAX */

struct data_plan {
	const char *disk;	/* "/dev/vda" */
	const struct partition *partition;
	const char *at;		/* where to mount it */
	const char *check;	/* e2fsck */
	const char *template;	/* an empty file system, as an image */
};

/*
 * ST_OK with `text` for `data =` of config/box.h: "checked; 29 GiB", or what
 * else was done.  ST_IO: there is none to be had, `text` says why.
 */
MUST_CHECK enum status
data_open(const struct data_plan *plan, const struct watchdog *watchdog,
    char text[static DATA_TEXT_MAX]);

/* May files be written below `folder`, a descriptor?  Writes nothing itself.
 * False: the kernel gave the file system up (errors=remount-ro). */
bool data_is_writable(int folder);

/* Was the partition made anew once, and what was on it lost?  `folder`: a
 * descriptor of its folder boot, or -1. */
bool data_was_lost(int folder);

#endif
