/*
 * hardware.h -- which of the machine's ports is which, and the hardware
 * addresses of those that have none of their own.
 */
#ifndef NETWORK_HARDWARE_H
#define NETWORK_HARDWARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { HARDWARE_NAME_MAX = 16, HARDWARE_MAC_BYTES = 6 };

/*
 * The one port below `sys` (/sys/class/net) in whose device's real path
 * `place` stands.
 *   ST_OK         with its name of the moment
 *   ST_NOT_FOUND  none, or `place` is empty
 *   ST_EXISTS     more than one: the board's fact is not exact enough
 *   ST_IO         `sys` cannot be read; errno says why
 */
MUST_CHECK enum status
hardware_find(const char *sys, const char *place,
    char name[static HARDWARE_NAME_MAX]);

/* Has the port an address that it will have the next time, too?  False where
 * its driver had to make one up. */
bool hardware_has_own_mac(const char *sys, const char *name);

/*
 * The address kept in the file `folder`/mac-`side`, which is made if there is
 * none that is whole: random, locally administered.  Where nothing can be
 * kept it is a new one each time, and ST_IO says so with errno.
 */
MUST_CHECK enum status
hardware_kept_mac(const char *folder, const char *side,
    uint8_t mac[static HARDWARE_MAC_BYTES]);

#endif
