/*
 * pairs.h -- for --check: do certificates and keys belong together, and can
 * the authorities of senders be read?  The programs that will read them are
 * asked (net/tls_pair.h): guichetd itself reads no key.
 */
#ifndef SUPERVISOR_PAIRS_H
#define SUPERVISOR_PAIRS_H

#include "supervisor/folders.h"

/* Counts the pairs that nobody could serve with, of those that are in use;
 * each is a line on standard error that names the files. */
unsigned pairs_check(const struct folders *f, const struct config *config);

#endif
