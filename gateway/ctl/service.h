/*
 * service.h -- the way to a box that is at the other end of a serial line:
 * `guichet --service DEVICE ...` (docs/operations/service-port.md).
 *
 * DEVICE is a character device, which is made raw, or a local socket that
 * leads to one.  A process of our own carries the frames meanwhile.
 */
#ifndef CTL_SERVICE_H
#define CTL_SERVICE_H

#include <stdbool.h>

/*
 * Takes --service DEVICE and --speed BAUD from in front of the first word, and
 * looks at GUICHET_SERVICE; true: `*argc` and `argv` are without them.  False
 * after a line on standard error.
 */
bool service_options(int *argc, char **argv, bool french);

bool service_is_chosen(void);

/* A connected socket to the service of the box that would have this local
 * socket, or -1 after a line that says what to do. */
int service_connect(const char *path, bool french);

#endif
