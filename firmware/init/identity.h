/*
 * identity.h -- the box's own key and certificate for pickup, where its site
 * brought none: made once, by guichet-identity, when the kernel's random
 * numbers are ready.
 */
#ifndef INIT_IDENTITY_H
#define INIT_IDENTITY_H

#include "config/config.h"
#include "init/watchdog.h"

enum { IDENTITY_NAME_MAX = 64 };

/*
 * Pure: the host of "https://HOST[:PORT]"; empty where it is none that a
 * certificate can name.
 */
void identity_host(const char *origin, char out[static IDENTITY_NAME_MAX]);

/*
 * Where pickup.key or pickup.pem is missing in `etc`: both are made, the
 * certificate renamed to its place last, so that half of it is made again.
 * ST_OK, also where there was nothing to make; ST_IO after a line.
 */
MUST_CHECK enum status
identity_make(int etc, const struct config *config, uint64_t not_before_s,
    const struct watchdog *watchdog);

#endif
