/*
 * guichet-init -- PID 1 of the box: makes it ready, starts guichetd, and
 * restarts the box when it is not healthy.
 *
 * Trusts the signed image.  Of the card: the data partition's file system,
 * after e2fsck; the site's files, once (init/seed.h); a boot-control block
 * with a right CRC.
 * Never: reads a byte that came from a network, ends, waits for anything
 * without kicking the watchdog.
 */
#include "base/log.h"
#include "init/machine.h"
#include "init/mounts.h"

int
main(void)
{
	static struct machine m;

	log_init("init", LOG_NOTICE);
	mounts_make();
	machine_read_facts(&m);
	watchdog_open(&m.watchdog, m.board.watchdog);
	machine_find_partitions(&m);
	machine_wait_for_random(&m);
	machine_open_data(&m);
	machine_read_past(&m);
	machine_configure(&m);
	machine_start_network(&m);
	machine_restart(&m, machine_run(&m));
}
