/* moment.h -- a clock of the kernel's, in milliseconds. */
#ifndef OS_MOMENT_H
#define OS_MOMENT_H

#include <stdint.h>
#include <time.h>

/* Since the clock's own beginning: CLOCK_BOOTTIME for what waits while the
 * box sleeps, too; CLOCK_REALTIME is UTC and may jump.  All that the kernel
 * has can be read; any other is a bug of ours. */
uint64_t moment_ms(clockid_t clock);

#endif
