#include "init/marks.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

int
main(void)
{
	char at[] = "/tmp/guichet-marks-XXXXXX";
	int folder;

	if (mkdtemp(at) == NULL)
		abort();
	folder = open(at, O_RDONLY | O_DIRECTORY);
	ok(!marks_has(folder, MARK_SITE), "none at first");
	marks_set(folder, MARK_REFUSED, false);
	marks_set(folder, MARK_SITE, true);
	marks_set(folder, MARK_SITE, true);
	ok(marks_has(folder, MARK_SITE) && !marks_has(folder, MARK_REFUSED),
	    "each is its own");
	marks_set(folder, MARK_SITE, false);
	ok(!marks_has(folder, MARK_SITE), "taken away");
	marks_set(-1, MARK_SITE, true);
	ok(!marks_has(-1, MARK_SITE), "without data nothing is remembered");
	ok(rmdir(at) == 0, "nothing is left");
	return done_testing();
}
