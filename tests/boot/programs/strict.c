/*
 * strict -- stands in for guichetd in the root of a release that no longer
 * takes what a site wrote: it refuses every configuration, and is guichetd.
 */
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	if (strcmp(argv[argc - 1], "--check") == 0)
		return 1;
	argv[0] = (char[]){ "/bin/guichetd-true" };
	execv(argv[0], argv);
	return 127;
}
