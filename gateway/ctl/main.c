/*
 * guichet -- the command of staff and engineers: hands its arguments to the
 * desk over a local socket and prints what comes back.
 *
 * Holds nothing and decides nothing: what a command may do is the desk's
 * table (desk/command.c).
 */
#include "ctl/terminal.h"

int
main(int argc, char **argv)
{
	return terminal_run(argc, argv);
}
