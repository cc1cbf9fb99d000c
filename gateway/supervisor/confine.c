#include "supervisor/confine.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "os/capabilities.h"
#include "os/landlock.h"

/* The folder, not the file: a renewed certificate is a new file in it. */
static void
parent_of(char out[static FOLDER_BYTES], const char *path)
{
	char *slash;

	snprintf(out, FOLDER_BYTES, "%s", path);
	slash = strrchr(out, '/');
	slash[slash == out ? 1 : 0] = '\0';
}

static enum status
leave_paths(const struct config *config, const struct folders *f)
{
	char certificates[FOLDER_BYTES], keys[FOLDER_BYTES];
	const struct sandbox_path paths[] = {
		{ f->programs, false, "start roles", true },
		{ f->state, true, "the vault's data", false },
		{ f->run, true, "the command's socket", false },
		{ certificates, false, "pickup reads it at start", false },
		{ keys, false, "pickup reads it at start", false },
		{ "/dev/null", false, "libuv's spare descriptor", false },
		/* Last: where there is none, users have fixed numbers. */
		{ access("/etc/passwd", R_OK) == 0 ? "/etc/passwd" : NULL,
		  false, "roles look their user up", false },
		{ NULL, false, NULL, false },
	};

	parent_of(certificates, config->pickup_certificate);
	parent_of(keys, config->pickup_key);
	return landlock_enter(paths, LANDLOCK_NO_TCP);
}

static enum status
refuse(const char *what, const char *hint)
{
	log_line(LOG_ERROR, "%s: %s; %s", what, strerror(errno), hint);
	return ST_IO;
}

/* See confine.h. */
enum status
confine(const struct config *config, const struct folders *folders)
{
	struct rlimit none = { 0, 0 };
	enum status st;

	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return refuse("core dumps", "they must be off");
	st = leave_paths(config, folders);
	if (st == ST_UNSUPPORTED)
		return refuse("landlock", "Linux 5.13 or newer is needed, "
		    "built with CONFIG_SECURITY_LANDLOCK and started with "
		    "landlock among lsm=");
	if (st != ST_OK)
		return refuse("landlock", status_text(st));
	if (capabilities_keep_for_roles() != ST_OK)
		return refuse("capabilities", "the kernel refused to drop them");
	return ST_OK;
}
