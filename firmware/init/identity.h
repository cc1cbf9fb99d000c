/*
 * identity.h -- the box's own key and certificate for pickup, where its site
 * brought none: made once, by guichet-identity, when the kernel's random
 * numbers are ready.
 */
#ifndef INIT_IDENTITY_H
#define INIT_IDENTITY_H

#include <stdbool.h>

#include "config/config.h"
#include "init/watchdog.h"

enum { IDENTITY_NAME_MAX = 64 };

/*
 * Pure: the host of "https://HOST[:PORT]"; empty where it is none that a
 * certificate can name.
 */
void identity_host(const char *origin, char out[static IDENTITY_NAME_MAX]);

/* In `etc`: the site's certificate that was put aside. */
#define IDENTITY_REFUSED "pickup.pem.refused"
#define IDENTITY_REFUSED_KEY "pickup.key.refused"

/*
 * Asks `program` (net/tls_pair.h) whether it can serve with the certificate
 * and the key at these paths.  True only where it says that it cannot: a
 * program that does not run, or a file that cannot be read just now, says
 * nothing about them.
 */
bool identity_is_refused(const char *program, const char *certificate,
    const char *key, const struct watchdog *watchdog);

/*
 * Puts pickup.pem and pickup.key in `etc` (/data/etc) aside where `program`,
 * pickup, refuses them: identity_make() then makes both anew.  ST_OK, with
 * *is_refused also where that was at an earlier start; ST_IO after a line.
 */
MUST_CHECK enum status
identity_put_aside(int etc, const char *program,
    const struct watchdog *watchdog, bool *is_refused);

/*
 * Where pickup.key or pickup.pem is missing in `etc`: both are made, the
 * certificate renamed to its place last, so that half of it is made again.
 * ST_OK, also where there was nothing to make; ST_IO after a line.
 */
MUST_CHECK enum status
identity_make(int etc, const struct config *config, uint64_t not_before_s,
    const struct watchdog *watchdog);

#endif
