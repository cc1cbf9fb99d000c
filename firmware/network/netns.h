/*
 * netns.h -- network namespaces that stay without a process in them: a file
 * with the namespace mounted over it, as ip-netns(8) has them.
 *
 * Between netns_enter() and netns_leave() the whole process is there: a
 * socket that it opens belongs there, /proc/sys/net is that namespace's.
 */
#ifndef NETWORK_NETNS_H
#define NETWORK_NETNS_H

#include "base/status.h"

/* The namespace of the caller, close-on-exec.  ST_OK, or ST_IO with errno. */
MUST_CHECK enum status netns_home(int *fd);

/*
 * Makes an empty namespace at `path`, whose folder is made if it is not
 * there; the caller is back in `home` afterwards.
 *   ST_OK      *fd is the namespace, close-on-exec
 *   ST_EXISTS  something is there already
 *   ST_IO      with errno
 */
MUST_CHECK enum status netns_make(const char *path, int home, int *fd);

/* ST_OK, or ST_IO with errno: the caller stays where it was. */
MUST_CHECK enum status netns_enter(int fd);

/* Back to `home`; dies where that cannot be: PID 1 has no port, whatever
 * happens. */
void netns_leave(int home);

#endif
