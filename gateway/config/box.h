/*
 * box.h -- what init tells guichetd about the box it runs on (guichetd --box
 * FILE): the lines of config/lines.h, each key once, all of them.
 *
 *     board = qemu-virt            [a-z0-9-]{1,31}
 *     version = 1.4.0              printable ASCII, 1 to 31
 *     release = 14                 rises with every release
 *     floor = 12                   no release below it is taken
 *     slot = a
 *     reset = the watchdog         why the box started, one line
 *     change = 2026-11-22 ...      the last change of slot; may be empty
 *     data = checked               the data partition
 *     network = lab 192.168.1.2/24, wan dhcp
 *     lab = /run/netns/lab         network namespaces, as iproute2 names them
 *     wan = /run/netns/wan
 *     boot = /dev/vda4             the boot partition of the other slot
 *     root = /dev/vda6             its root partition
 *     control = /dev/vda1          the boot-control block
 *     keys = /etc/guichet/update.keys   who may sign an update
 *     service = /dev/vport0p1      the service port; empty: closed
 *
 * Written by PID 1 on a file system in memory.  The parser is pure.
 */
#ifndef CONFIG_BOX_H
#define CONFIG_BOX_H

#include <stdbool.h>

#include "base/span.h"

enum { BOX_NAME_MAX = 32, BOX_LINE_MAX = 161, BOX_PATH_MAX = 64,
    BOX_TEXT_MAX = 4096 };

struct box {
	char     board[BOX_NAME_MAX], version[BOX_NAME_MAX];
	uint64_t release, floor;
	uint64_t slot;		/* 0: a, 1: b */
	char     reset[BOX_LINE_MAX], change[BOX_LINE_MAX];
	char     data[BOX_LINE_MAX], network[BOX_LINE_MAX];
	char     lab[BOX_PATH_MAX], wan[BOX_PATH_MAX];
	char     boot[BOX_PATH_MAX], root[BOX_PATH_MAX];
	char     control[BOX_PATH_MAX], keys[BOX_PATH_MAX];
	char     service[BOX_PATH_MAX];	/* empty: closed */
};

/* ST_OK; ST_INVALID with *line as lines_parse() sets it. */
MUST_CHECK enum status
box_parse(struct span text, struct box *box, unsigned *line);

/* What box_parse() takes; what is not printable becomes '?'.
 * ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status box_print(const struct box *box, struct buf *out);

#endif
