/*
 * site.h -- takes what a site put into the seed partition into /data/etc,
 * then overwrites the partition: a key is in one place.
 */
#ifndef INIT_SITE_H
#define INIT_SITE_H

#include "base/status.h"

/*
 * `device`: the seed partition; `etc`: the folder.  The partition is
 * overwritten when all files are durable, and not before: a power cut costs
 * nothing, the next start takes them again.
 *
 *   ST_OK         taken, and overwritten
 *   ST_NOT_FOUND  there is nothing in it
 *   other         as seed_read(), or ST_IO: said, nothing is overwritten
 */
MUST_CHECK enum status site_take(const char *device, int etc);

#endif
