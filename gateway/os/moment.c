#include "os/moment.h"

#include <errno.h>

#include "base/log.h"

/* See moment.h. */
uint64_t
moment_ms(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) != 0)
		unexpected("clock", errno);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
