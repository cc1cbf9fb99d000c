/*
 * fits.h -- what no box can do, though guichetd on another machine could: a
 * configuration that asks for it would leave a box that is never healthy.  Pure.
 */
#ifndef INIT_FITS_H
#define INIT_FITS_H

#include "config/config.h"

/*
 * Programs in the laboratory listen at the lab port's address, at every
 * address or on the loopback, by IPv4 (the kernel has no other); the port's
 * name is the box's affair.  Returns the key that asks for something else, or
 * NULL.
 */
const char *fits_not(const struct config *config);

#endif
