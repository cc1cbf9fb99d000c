/*
 * dead -- stands in for guichetd in the root of a bad release: it takes every
 * configuration, and ends at once.
 */
#include <string.h>

int
main(int argc, char *argv[])
{
	return strcmp(argv[argc - 1], "--check") != 0;
}
