#include "init/marks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "init/files.h"

static const char *const names[] = {
	[MARK_SITE] = "site", [MARK_REFUSED] = "refused"
};

/* See marks.h. */
bool
marks_has(int folder, enum mark mark)
{
	return folder >= 0 && faccessat(folder, names[mark], F_OK, 0) == 0;
}

/* See marks.h.  At most starts nothing is written. */
void
marks_set(int folder, enum mark mark, bool is_set)
{
	enum status st;

	if (folder < 0 || marks_has(folder, mark) == is_set)
		return;
	st = is_set ? files_write(folder, names[mark], (struct span){ 0 }, 0600)
	    : files_remove(folder, names[mark]);
	if (st != ST_OK)
		log_line(LOG_ERROR, "/data/boot/%s: %s", names[mark],
		    strerror(errno));
}
