/*
 * auditor.h -- what an auditor must find of those who may not deliver.
 *
 * The vault writes it into the audit log.  A few in every turn of the
 * counters: whoever is refused must not be able to fill the log.
 */
#ifndef INTAKE_AUDITOR_H
#define INTAKE_AUDITOR_H

#include "intake/delivery.h"

/*
 * `source`: its name, or NULL where it is not known; `peer`: 16 bytes
 * (conn_peer()) or NULL; `words`: our own, static.
 */
void auditor_tell(struct delivery_shared *shared, const char *source,
    const uint8_t *peer, const char *words);

#endif
