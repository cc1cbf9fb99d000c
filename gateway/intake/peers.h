/*
 * peers.h -- which source is it that delivers?  Pure.
 *
 * A source is known by its certificate where there is one (clients), by its
 * address otherwise (networks).
 */
#ifndef INTAKE_PEERS_H
#define INTAKE_PEERS_H

#include "config/config.h"

/* Is anything taken from there (mllp.networks)?  `address` is IPv6, or IPv4
 * mapped into it. */
bool peers_may_connect(const struct config *config,
    const uint8_t address[static 16]);

/*
 * The first source whose networks have the address, "default" last; NULL:
 * none.  One that has clients is known by these alone, unless its networks
 * say more than "any".
 */
const struct config_source *
peers_by_address(const struct config *config,
    const uint8_t address[static 16]);

/* The first source that lists this SHA-256 of a certificate; NULL: none. */
const struct config_source *
peers_by_fingerprint(const struct config *config,
    const uint8_t fingerprint[static 32]);

#endif
