/*
 * deny.h -- the supervisor's system-call filter: it must fork, execute and
 * change users, so that it has a list of what is refused instead of a list
 * of what is allowed.  Roles inherit it below their own filter.
 */
#ifndef OS_DENY_H
#define OS_DENY_H

#include "base/status.h"

/*
 * Also refuses io_uring with ENOSYS, so that an event loop made after this
 * falls back to epoll: a ring would go round every later filter.
 *
 * ST_OK: in force, for ever.  ST_IO: the kernel refused.
 */
MUST_CHECK enum status deny_enter(void);

#endif
