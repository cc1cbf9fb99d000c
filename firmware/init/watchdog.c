#include "init/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"

/* See watchdog.h. */
void
watchdog_open(struct watchdog *w, const char *path)
{
	int seconds = WATCHDOG_S, flags = 0;

	*w = (struct watchdog){ .fd = -1 };
	if (path[0] != '\0')
		w->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (w->fd < 0) {
		log_line(LOG_WARNING, "no watchdog%s%s: a hang stays one",
		    path[0] == '\0' ? "" : ": ",
		    path[0] == '\0' ? "" : strerror(errno));
		return;
	}
	if (ioctl(w->fd, (int)WDIOC_GETBOOTSTATUS, &flags) == 0)
		w->did_reset = (flags & WDIOF_CARDRESET) != 0;
	if (ioctl(w->fd, (int)WDIOC_SETTIMEOUT, &seconds) != 0)
		log_line(LOG_WARNING, "watchdog: not %d s: %s", WATCHDOG_S,
		    strerror(errno));
	watchdog_kick(w);
}

/* See watchdog.h.  A kick that is refused is followed by a reset, which says
 * more than a line. */
void
watchdog_kick(const struct watchdog *w)
{
	if (w->fd >= 0 && write(w->fd, "k", 1) < 0)
		return;
}
