/*
 * guichet -- the command of staff and engineers: hands its arguments to the
 * process that answers them, over a local socket, and prints what comes back.
 *
 * Holds nothing and decides nothing: what a command may do is the desk's
 * table (desk/command.c); `guichet intake ...` is answered by intake, `guichet
 * update ...` by the updater.  With --service DEVICE in front they run on a
 * box at the other end of a serial line.
 */
#include <string.h>

#include "base/status.h"
#include "ctl/desk.h"
#include "ctl/intake.h"
#include "ctl/service.h"
#include "ctl/terminal.h"
#include "ctl/update.h"

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

/* Who answers what the desk does not. */
static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
} others[] = {
	{ "intake", intake_run },
	{ "update", update_run },
};

/* --socket PATH in front of `word` goes behind. */
static void
put_behind(int argc, char **argv, int word)
{
	for (int i = word; i > 1; i -= 2) {
		char *path = argv[i - 1], *option = argv[i - 2];

		memmove(argv + i - 2, argv + i,
		    (size_t)(argc - i) * sizeof(*argv));
		argv[argc - 2] = option;
		argv[argc - 1] = path;
	}
}

int
main(int argc, char **argv)
{
	int word;

	if (!service_options(&argc, argv, terminal_is_french()))
		return EXIT_USAGE;
	word = first_word(argc, argv);
	for (size_t i = 0; word < argc && i < COUNT(others); i++) {
		if (strcmp(argv[word], others[i].word) != 0)
			continue;
		put_behind(argc, argv, word);
		return others[i].run(argc - 1, argv + 1);
	}
	return desk_run(argc, argv);
}
