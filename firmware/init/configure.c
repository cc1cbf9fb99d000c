/* machine_configure(): the site's files, and what the box runs on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "init/child.h"
#include "init/fallback.h"
#include "init/files.h"
#include "init/fits.h"
#include "init/identity.h"
#include "init/machine.h"
#include "init/marks.h"
#include "init/site.h"

enum { CONFIG_BYTES = 64 * 1024, CHECK_S = 30 };

static const char site_config[] = "/data/etc/guichet.conf";
static const char image_config[] = "/etc/guichet/guichet.conf";
static const char closed_config[] = "/run/guichet.conf";
static const char pickup[] = "/bin/guichet-pickup";

/* Not secret.  The site's, the image's, what is made of both. */
static uint8_t site_bytes[CONFIG_BYTES], image_bytes[CONFIG_BYTES];
static uint8_t closed_bytes[2 * CONFIG_BYTES];

/* What the site has to put right stands beside `data =`: that is shown. */
static void
note(struct machine *m, const char *text)
{
	size_t len = strlen(m->data_text);

	log_line(LOG_ERROR, "%s", text);
	snprintf(m->data_text + len, sizeof(m->data_text) - len, "; %s", text);
}

/* That the other slot takes what the site wrote is known only where no release
 * refused it outside a trial. */
static bool
is_trial(const struct machine *m)
{
	return !marks_has(m->boot_folder, MARK_REFUSED) &&
	    fallback_is_trial(m->slot, m->past.has_record ? &m->past.record
	    : NULL, m->has_booted ? &m->booted : NULL);
}

/* --- reading ------------------------------------------------------------------------- */

static enum status
parse(const char *path, struct span text, struct config *config)
{
	struct config_error error;

	if (config_parse(config, text, &error) == ST_OK)
		return ST_OK;
	log_line(LOG_ERROR, "%s: line %u: %s", path, error.line, error.text);
	return ST_INVALID;
}

static enum status
parse_file(const char *path, struct buf *text, struct config *config)
{
	enum status st = files_read(AT_FDCWD, path, text);

	if (st == ST_OK)
		return parse(path, buf_span(text), config);
	log_line(LOG_ERROR, "%s: %s", path, status_text(st));
	return st;
}

/* Nothing that this kind of machine does not have. */
static bool
fits(const struct config *config)
{
	const char *key = fits_not(config);

	if (key != NULL)
		log_line(LOG_ERROR, "%s: %s: not what a box can listen at: "
		    "0.0.0.0, or the address of network.lab", site_config, key);
	return key == NULL;
}

static void
take_image(struct machine *m)
{
	struct buf text = buf_over(image_bytes, sizeof(image_bytes));

	m->config_path = image_config;
	if (parse_file(image_config, &text, &m->config) != ST_OK)
		machine_trouble(m, "%s: not a configuration", image_config);
}

/* --- without the site's own ----------------------------------------------------------- */

static enum status
write_closed(struct span text)
{
	int run = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st = ST_IO;

	if (run >= 0) {
		st = files_write(run, "guichet.conf", text, 0600);
		close(run);
	}
	return st;
}

static enum status
make_closed(struct span refused, struct config *config)
{
	struct buf image = buf_over(image_bytes, sizeof(image_bytes));
	struct buf closed = buf_over(closed_bytes, sizeof(closed_bytes));

	TRY(files_read(AT_FDCWD, image_config, &image));
	TRY(fallback_write(buf_span(&image), refused, &closed));
	TRY(parse(closed_config, buf_span(&closed), config));
	return write_closed(buf_span(&closed));
}

static void
take_closed(struct machine *m, struct span refused)
{
	m->config_path = closed_config;
	if (make_closed(refused, &m->config) != ST_OK)
		machine_trouble(m, "%s: not a configuration", closed_config);
}

/* Where this release is on trial it is the wrong one: the other slot's took
 * what the site wrote. */
static void
refuse(struct machine *m, struct span refused, const char *why)
{
	note(m, why);
	if (is_trial(m))
		machine_trouble(m, "this release does not take the site's "
		    "guichet.conf");
	else
		marks_set(m->boot_folder, MARK_REFUSED, true);
	take_closed(m, refused);
}

/* A card from the factory has no file of the site yet; one that lost its data,
 * or that file, has none any more: what it said of senders is not known. */
static void
do_without(struct machine *m)
{
	if (data_was_lost(m->boot_folder) ||
	    marks_has(m->boot_folder, MARK_SITE))
		take_closed(m, (struct span){ 0 });
	else
		take_image(m);
}

/* --- certificates ------------------------------------------------------------------- */

/* On trial nothing of the site's is put aside, for the same reason. */
static bool
is_pair_of_before(struct machine *m)
{
	if (!is_trial(m) || !identity_is_refused(pickup, "/data/etc/pickup.pem",
	    "/data/etc/pickup.key", &m->watchdog))
		return false;
	machine_trouble(m, "this release does not take the site's pickup.pem");
	return true;
}

/* With a site's pair that nobody can serve with, no box would ever be healthy,
 * in whatever slot: its own serves patients, whose browsers warn them. */
static void
open_identity(struct machine *m)
{
	bool is_refused = false;

	if (m->etc_folder < 0 || is_pair_of_before(m))
		return;
	if (identity_put_aside(m->etc_folder, pickup, &m->watchdog,
	    &is_refused) != ST_OK || identity_make(m->etc_folder, &m->config,
	    m->release.built_s, &m->watchdog) != ST_OK)
		machine_trouble(m, "no certificate for pickup");
	else if (is_refused)
		note(m, "pickup.pem and pickup.key are no pair: not used");
}

static const char *
why_not_used(const struct machine *m)
{
	bool has_tls = strcmp(m->config.mllps_listen, "none") != 0 ||
	    strcmp(m->config.fhir_listen, "none") != 0;

	return has_tls && identity_is_refused("/bin/guichet-intake",
	    m->config.lis_certificate, m->config.lis_key, &m->watchdog)
	    ? "guichet.conf not used: lis.pem and lis.key are no pair"
	    : "guichet.conf has errors: not used";
}

/* --- which ----------------------------------------------------------------------------- */

static bool
passes_check(const struct machine *m, const char *path)
{
	const char *const argv[] = { "/bin/guichetd", "-c", path, "--check",
	    NULL };
	struct child child = { .argv = argv };
	int code = -1;

	return child_run(&child, &m->watchdog, CHECK_S, &code) == ST_OK &&
	    code == 0;
}

/* The certificate comes between: --check wants to see it.  A file that is
 * there and cannot be read is refused. */
static void
choose_config(struct machine *m)
{
	struct buf own = buf_over(site_bytes, sizeof(site_bytes));
	bool is_there = access(site_config, F_OK) == 0 || errno != ENOENT;

	m->config_path = site_config;
	if (!is_there)
		do_without(m);
	else if (parse_file(site_config, &own, &m->config) != ST_OK ||
	    !fits(&m->config))
		refuse(m, buf_span(&own), "guichet.conf has errors: not used");
	open_identity(m);
	if (m->config_path == site_config && !passes_check(m, site_config))
		refuse(m, buf_span(&own), why_not_used(m));
	if (is_there)
		marks_set(m->boot_folder, MARK_SITE, true);
	if (m->config_path == site_config)
		marks_set(m->boot_folder, MARK_REFUSED, false);
}

/* See machine.h. */
void
machine_configure(struct machine *m)
{
	enum status st = ST_NOT_FOUND;

	if (m->etc_folder >= 0 && m->seed.path[0] != '\0')
		st = site_take(m->seed.path, m->etc_folder);
	if (st == ST_OK)	/* what it brought nobody has refused yet */
		marks_set(m->boot_folder, MARK_REFUSED, false);
	else if (st != ST_NOT_FOUND)
		note(m, "seed not taken");
	choose_config(m);
}
