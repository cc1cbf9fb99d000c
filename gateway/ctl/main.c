/*
 * guichet -- the command of staff and engineers: hands its arguments to the
 * process that answers them, over a local socket, and prints what comes back.
 *
 * Holds nothing and decides nothing: what a command may do is the desk's
 * table (desk/command.c); `guichet intake ...` is answered by intake.
 */
#include <string.h>

#include "ctl/desk.h"
#include "ctl/intake.h"

/* The first argument that is not --socket or its value; argc: none. */
static int
first_word(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--socket") == 0)
			i++;
		else
			return i;
	}
	return argc;
}

int
main(int argc, char **argv)
{
	int word = first_word(argc, argv);

	if (word == argc || strcmp(argv[word], "intake") != 0)
		return desk_run(argc, argv);
	/* --socket PATH in front goes behind. */
	for (int i = word; i > 1; i -= 2) {
		char *path = argv[i - 1], *option = argv[i - 2];

		memmove(argv + i - 2, argv + i,
		    (size_t)(argc - i) * sizeof(*argv));
		argv[argc - 2] = option;
		argv[argc - 1] = path;
	}
	return intake_run(argc - 1, argv + 1);
}
