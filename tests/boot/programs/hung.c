/*
 * hung -- stands in for init in the root of a bad release: it opens the
 * watchdog, as init does, and then does nothing any more.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/mount.h>
#include <unistd.h>

int
main(void)
{
	if (mount("dev", "/dev", "devtmpfs", 0, NULL) != 0 ||
	    open("/dev/watchdog0", O_WRONLY) < 0)
		return 1;	/* a panic: also seen by the test */
	for (;;)
		pause();
}
