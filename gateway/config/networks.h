/*
 * networks.h -- "192.168.1.0/24, fe80::/10" or "any": whose addresses are
 * these?  Pure.
 */
#ifndef CONFIG_NETWORKS_H
#define CONFIG_NETWORKS_H

#include <stdbool.h>

#include "base/span.h"

/* ST_OK; ST_INVALID for anything but "any" and 1 to 16 networks, or where
 * bits after the prefix are set. */
MUST_CHECK enum status networks_check(struct span text);

/* `text` passed networks_check(); `address` is IPv6, or IPv4 mapped. */
bool networks_have(struct span text, const uint8_t address[static 16]);

#endif
