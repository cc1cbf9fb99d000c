#include "supervisor/confine.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "os/capabilities.h"
#include "os/landlock.h"
#include "supervisor/topology.h"

/* Our own, one of each source, and the end. */
enum { PATHS_MAX = 16 + CONFIG_SOURCES_MAX };

/* The folder, not the file: a renewed certificate is a new file in it. */
static void
parent_of(char out[static FOLDER_BYTES], const char *path)
{
	char *slash;

	snprintf(out, FOLDER_BYTES, "%s", path);
	slash = strrchr(out, '/');
	slash[slash == out ? 1 : 0] = '\0';
}

struct paths {
	struct sandbox_path at[PATHS_MAX];
	size_t n;
};

/* The last of PATHS_MAX stays empty: it ends the list. */
static void
leave(struct paths *p, struct sandbox_path path)
{
	if (path.path != NULL && p->n < PATHS_MAX - 1)
		p->at[p->n++] = path;
}

static void
leave_folders(struct paths *p, const struct config *config)
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (config->source[i].folder[0] != '\0')
			leave(p, (struct sandbox_path){
			    .path = config->source[i].folder, .write = true,
			    .reason = "the spool's, of a source" });
}

enum { LIS_FILES = 3 };

/* Only where somebody connects with TLS: else they need not be there. */
static void
leave_lis(struct paths *p, const struct config *config,
    char folders[LIS_FILES][FOLDER_BYTES])
{
	const char *const files[LIS_FILES] = { config->lis_certificate,
	    config->lis_key, config->lis_clients };

	if (strcmp(config->mllps_listen, "none") == 0 &&
	    strcmp(config->fhir_listen, "none") == 0)
		return;
	for (size_t i = 0; i < LIS_FILES; i++) {
		parent_of(folders[i], files[i]);
		leave(p, (struct sandbox_path){ .path = folders[i],
		    .reason = "intake reads it at start" });
	}
}

static const char resolvers[] = "/etc/resolv.conf";

/* Where a link leads, the folder: the file itself is replaced with every
 * lease, and may not be there yet. */
static void
leave_resolvers(struct paths *p, char folder[static FOLDER_BYTES])
{
	char target[FOLDER_BYTES];
	ssize_t n = readlink(resolvers, target, sizeof(target) - 1);

	if (n <= 0 || target[0] != '/')
		return;
	target[n] = '\0';
	parent_of(folder, target);
	if (access(folder, X_OK) == 0)
		leave(p, (struct sandbox_path){ .path = folder,
		    .reason = "the courier reads name servers at start" });
}

/* Only where the courier runs; what is not there it does without. */
static void
leave_outside(struct paths *p, const struct config *config,
    char authorities[static FOLDER_BYTES], char servers[static FOLDER_BYTES])
{
	static const char *const files[] = { "/etc/hosts", resolvers };

	parent_of(authorities, config->tls_trust);
	leave(p, (struct sandbox_path){ .path = authorities,
	    .reason = "the courier reads authorities at start" });
	leave_resolvers(p, servers);
	for (size_t i = 0; i < COUNT(files); i++)
		if (access(files[i], R_OK) == 0)
			leave(p, (struct sandbox_path){ .path = files[i],
			    .reason = "the courier reads it at start" });
}

static enum status
leave_paths(const struct config *config, const struct folders *f)
{
	char certificates[FOLDER_BYTES], keys[FOLDER_BYTES];
	char lis[LIS_FILES][FOLDER_BYTES], authorities[FOLDER_BYTES];
	char servers[FOLDER_BYTES];
	const struct sandbox_path paths[] = {
		{ f->programs, false, "start roles", true, 0 },
		{ f->state, true, "the vault's data", false, 0 },
		{ f->run, true, "the command's socket", false, 0 },
		{ certificates, false, "pickup reads it at start", false, 0 },
		{ keys, false, "pickup reads it at start", false, 0 },
		{ "/dev/null", false, "libuv's spare descriptor", false, 0 },
		/* Where there is none, users have fixed numbers. */
		{ access("/etc/passwd", R_OK) == 0 ? "/etc/passwd" : NULL,
		  false, "roles look their user up", false, 0 },
	};
	static const uint16_t no_ports[] = { 0 };
	struct paths all = { .n = 0 };
	bool has_hosts = topology_has_hosts(config);

	parent_of(certificates, config->pickup_certificate);
	parent_of(keys, config->pickup_key);
	for (size_t i = 0; i < COUNT(paths); i++)
		leave(&all, paths[i]);
	leave_folders(&all, config);
	leave_lis(&all, config, lis);
	if (has_hosts)
		leave_outside(&all, config, authorities, servers);
	/* The courier inherits this; its own policy names its ports. */
	return landlock_enter(all.at, has_hosts ? NULL : no_ports);
}

static enum status
refuse(const char *what, const char *hint)
{
	log_line(LOG_ERROR, "%s: %s; %s", what, strerror(errno), hint);
	return ST_IO;
}

/* See confine.h. */
enum status
confine_paths(const struct config *config, const struct folders *folders)
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
	return ST_OK;
}

/* See confine.h. */
enum status
confine_rights(void)
{
	if (capabilities_keep_for_roles() != ST_OK)
		return refuse("capabilities", "the kernel refused to drop them");
	return ST_OK;
}
