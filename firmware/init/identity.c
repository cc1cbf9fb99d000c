#include "init/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "init/child.h"
#include "init/files.h"

/* PAIR_REFUSED: TLS_PAIR_REFUSED of net/tls_pair.h. */
enum { MAKE_S = 60, PAIR_S = 30, NUMBER_BYTES = 24, PAIR_REFUSED = 78 };

static const char key_name[] = "pickup.key", key_new[] = "pickup.key.new";
static const char pem_name[] = "pickup.pem", pem_new[] = "pickup.pem.new";

/* See identity.h.  An address in brackets (IPv6) is left out. */
void
identity_host(const char *origin, char out[static IDENTITY_NAME_MAX])
{
	static const char scheme[] = "https://";
	size_t len;

	out[0] = '\0';
	if (strncmp(origin, scheme, sizeof(scheme) - 1) != 0)
		return;
	origin += sizeof(scheme) - 1;
	len = strcspn(origin, ":/");
	if (len == 0 || len >= IDENTITY_NAME_MAX || origin[0] == '[')
		return;
	memcpy(out, origin, len);
	out[len] = '\0';
}

/* "192.168.1.2" of "192.168.1.2/24". */
static void
lab_address(const struct config *config, char out[static IDENTITY_NAME_MAX])
{
	snprintf(out, IDENTITY_NAME_MAX, "%.*s",
	    (int)strcspn(config->network_lab, "/"), config->network_lab);
}

static enum status
run(int key, int pem, const struct config *config, uint64_t not_before_s,
    const struct watchdog *watchdog)
{
	char host[IDENTITY_NAME_MAX], address[IDENTITY_NAME_MAX];
	char from[NUMBER_BYTES];
	const char *argv[] = { "/bin/guichet-identity", address, from, NULL,
	    NULL };
	struct child child = { .argv = argv, .fd = { key, pem },
	    .directory = CHILD_EMPTY };
	int code = -1;

	snprintf(from, sizeof(from), "%" PRIu64, not_before_s);
	lab_address(config, address);
	identity_host(config->pickup_origin, host);
	if (host[0] != '\0' && strcmp(host, address) != 0) {
		argv[2] = host;
		argv[3] = from;
	}
	TRY(child_run(&child, watchdog, MAKE_S, &code));
	if (code != 0)
		return ST_IO;
	return fsync(key) == 0 && fsync(pem) == 0 ? ST_OK : ST_IO;
}

/* --- the site's own ------------------------------------------------------------------ */

/* See identity.h. */
bool
identity_is_refused(const char *program, const char *certificate,
    const char *key, const struct watchdog *watchdog)
{
	const char *const argv[] = { program, "--pair", certificate, key, NULL };
	struct child child = { .argv = argv };
	int code = -1;

	return child_run(&child, watchdog, PAIR_S, &code) == ST_OK &&
	    code == PAIR_REFUSED;
}

/* The key by a second name first: once the certificate is gone, another key
 * takes its place. */
static bool
put_aside(int etc)
{
	return files_remove(etc, IDENTITY_REFUSED_KEY) == ST_OK &&
	    linkat(etc, key_name, etc, IDENTITY_REFUSED_KEY, 0) == 0 &&
	    fsync(etc) == 0 &&
	    renameat(etc, pem_name, etc, IDENTITY_REFUSED) == 0 &&
	    fsync(etc) == 0;
}

/* See identity.h. */
enum status
identity_put_aside(int etc, const char *program,
    const struct watchdog *watchdog, bool *is_refused)
{
	if (faccessat(etc, key_name, F_OK, 0) == 0 &&
	    faccessat(etc, pem_name, F_OK, 0) == 0 &&
	    identity_is_refused(program, "/data/etc/pickup.pem",
	    "/data/etc/pickup.key", watchdog) && !put_aside(etc)) {
		log_line(LOG_ERROR, "%s: not put aside: %s", pem_name,
		    strerror(errno));
		return ST_IO;
	}
	*is_refused = faccessat(etc, IDENTITY_REFUSED, F_OK, 0) == 0;
	return ST_OK;
}

/* --- its own ------------------------------------------------------------------------- */

static enum status
place(int etc)
{
	if (renameat(etc, key_new, etc, key_name) != 0 || fsync(etc) != 0 ||
	    renameat(etc, pem_new, etc, pem_name) != 0 || fsync(etc) != 0)
		return ST_IO;
	return ST_OK;
}

/* See identity.h. */
enum status
identity_make(int etc, const struct config *config, uint64_t not_before_s,
    const struct watchdog *watchdog)
{
	enum status st = ST_IO;
	int key, pem;

	if (faccessat(etc, key_name, F_OK, 0) == 0 &&
	    faccessat(etc, pem_name, F_OK, 0) == 0)
		return ST_OK;
	key = files_create(etc, key_new, 0600);
	pem = files_create(etc, pem_new, 0600);
	if (key >= 0 && pem >= 0)
		st = run(key, pem, config, not_before_s, watchdog);
	if (key >= 0)
		close(key);
	if (pem >= 0)
		close(pem);
	if (st == ST_OK)
		st = place(etc);
	log_line(st == ST_OK ? LOG_NOTICE : LOG_ERROR, st == ST_OK
	    ? "pickup: a key and a certificate of its own were made"
	    : "pickup: no key and certificate could be made");
	return st;
}
