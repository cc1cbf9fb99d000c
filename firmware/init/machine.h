/*
 * machine.h -- all that init knows about the box, and the steps that make it
 * ready: each is one function, in the order of main.c.
 *
 * A step that cannot be done leaves a line in `trouble`: guichetd is not
 * started then, the kernel's log says why, and after a minute the box is
 * restarted, which is how the boot loader comes to try the other slot.
 */
#ifndef INIT_MACHINE_H
#define INIT_MACHINE_H

#include "config/config.h"
#include "init/data.h"
#include "init/past.h"
#include "init/watch.h"
#include "init/watchdog.h"
#include "network/network.h"
#include "slots/control.h"
#include "slots/partition.h"

enum { MACHINE_SLOTS = 2 };

struct machine {
	struct watchdog watchdog;
	struct release_facts release;
	struct board    board;
	unsigned slot;			/* that runs; 0: a */
	/* Empty paths: not found. */
	struct partition control, seed, data;
	struct partition boot[MACHINE_SLOTS], root[MACHINE_SLOTS];
	char   data_text[DATA_TEXT_MAX];	/* `data =` of config/box.h */
	int    boot_folder, etc_folder;		/* /data/boot, /data/etc; -1 */
	struct past    past;
	struct control booted;		/* as the boot loader left it */
	bool           has_booted;	/* it could be read */
	struct config  config;
	const char    *config_path;
	bool           has_network;
	struct network network;
	char   trouble[REASON_MAX];	/* empty: guichetd may start */
	/* While it runs */
	struct watch watch;
	pid_t guichetd, probe;		/* 0: none */
	int   pulse;			/* guichetd's (supervisor/pulse.h); -1 */
	bool  is_read_only;		/* the data partition */
	bool  has_news;			/* guichetd has not heard of */
	char  network_told[NETWORK_TEXT_MAX];
};

/* Why guichetd is not started; the first reason stays. */
__attribute__((format(printf, 2, 3)))
void machine_trouble(struct machine *m, const char *format, ...);

/* Release, board and slot, from the signed image. */
void machine_read_facts(struct machine *m);

/* All partitions of the disk that was booted. */
void machine_find_partitions(struct machine *m);

/* Blocks until the kernel's random numbers are ready. */
void machine_wait_for_random(const struct machine *m);

/* The data partition and its folders; what the box remembers. */
void machine_open_data(struct machine *m);
void machine_read_past(struct machine *m);

/* The site's files, the configuration to use, the box's own certificate.
 * (configure.c) */
void machine_configure(struct machine *m);

/* Both ports, in their namespaces. */
void machine_start_network(struct machine *m);

/* /run/guichet-box, for guichetd, who hears of it at once where it runs.
 * ST_OK or ST_IO. */
MUST_CHECK enum status machine_write_box(const struct machine *m);

/* The same where something in it has changed. */
void machine_tell_news(struct machine *m);

/* The running slot is healthy: full tries; what is remembered; the other
 * slot, where this release wants it closed.  (good.c) */
void machine_mark_good(struct machine *m);

/* Starts and watches guichetd until the box is to be restarted; returns why.
 * (run.c) */
const char *machine_run(struct machine *m);

/* Stops everything and restarts the box.  (run.c) */
_Noreturn void machine_restart(struct machine *m, const char *why);

#endif
