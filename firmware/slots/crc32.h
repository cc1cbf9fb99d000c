/* crc32.h -- the CRC-32 of IEEE 802.3, which boot-control block and GPT carry.
 * Finds accidents, not attackers. */
#ifndef SLOTS_CRC32_H
#define SLOTS_CRC32_H

#include "base/span.h"

/* Of `bytes`; goes on from `so_far`, 0 at first. */
uint32_t crc32_add(uint32_t so_far, struct span bytes);

#endif
