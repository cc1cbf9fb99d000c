/* output.h -- what guichet-health looks for in the lines of JSON that intake
 * prints for the guichet command.  Pure: any bytes. */
#ifndef HEALTH_OUTPUT_H
#define HEALTH_OUTPUT_H

#include <stdbool.h>

#include "base/span.h"

/* Is this a line of that type ("report")? */
bool output_is(struct span line, const char *type);

/* The number behind `name`, of up to 18 digits; false: there is none. */
bool output_number(struct span line, const char *name, uint64_t *number);

#endif
