/*
 * guichetd -- starts the roles, hands each its descriptors and its slice of
 * the configuration, and restarts the dead.
 *
 * Trusts the configuration file and nothing else.
 * Never: parses what came from outside, keeps a key, serves without a
 * sandbox.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "config/example.h"
#include "supervisor/load.h"
#include "supervisor/pairs.h"
#include "supervisor/supervisor.h"

static const char usage[] =
    "usage: guichetd -c FILE [--check]   run, or only check FILE\n"
    "       guichetd -c FILE --box BOX [--pulse FD]\n"
    "                                    run on an appliance: init does\n"
    "       guichetd --example-config    print a commented example\n";

struct options {
	const char *file, *box, *pulse;
	bool only_check, example, help;
};

static bool
read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			o->file = argv[++i];
		} else if (strcmp(argv[i], "--box") == 0 && i + 1 < argc) {
			o->box = argv[++i];
		} else if (strcmp(argv[i], "--pulse") == 0 && i + 1 < argc) {
			o->pulse = argv[++i];
		} else if (strcmp(argv[i], "--check") == 0) {
			o->only_check = true;
		} else if (strcmp(argv[i], "--example-config") == 0) {
			o->example = true;
		} else if (strcmp(argv[i], "--help") == 0) {
			o->help = true;
		} else {
			fprintf(stderr, "guichetd: %s: %s\n%s", argv[i],
			    strcmp(argv[i], "-c") == 0 ||
			    strcmp(argv[i], "--box") == 0 ? "needs a file"
			    : "unknown option", usage);
			return false;
		}
	}
	if (o->file != NULL || o->example || o->help)
		return true;
	fprintf(stderr, "guichetd: -c FILE is missing\n%s", usage);
	return false;
}

/* 0, 1 and 2 are always open: a listening socket must never become one. */
static void
open_standard(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return;
	while (fd <= STDERR_FILENO && fd >= 0)
		fd = dup(fd);
	dup2(fd, STDIN_FILENO);
	close(fd);
}

/* Whoever starts us may have signals blocked: we would never hear SIGTERM. */
static void
unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
say_what_is_missing(void)
{
	if (geteuid() == 0)
		return;
	log_line(LOG_WARNING, "not started as root: all roles run as user %u "
	    "with the file tree's own root; every other part of the sandbox "
	    "is in force", (unsigned)geteuid());
}

/* What init says, and the keys it names; nothing without --box. */
static enum status
load_report(const struct options *o, struct supervisor_setup *setup)
{
	static struct box box;
	static struct update_keys keys;
	struct report *report = &setup->report;

	if (o->box == NULL)
		return ST_OK;
	TRY(load_box(o->box, &box));
	TRY(load_update_keys(box.keys, &keys));
	report->box = &box;
	report->keys = &keys;
	setup->pulse.box = &box;
	setup->pulse.fd = o->pulse == NULL ? -1 : atoi(o->pulse);
	return ST_OK;
}

/* Sockets belong to the network in which they are opened. */
static enum status
open_all(struct supervisor_setup *setup, struct listeners *listeners)
{
	const struct box *box = setup->report.box;

	setup->listeners = listeners;
	TRY(places_open(setup->places, box));
	TRY(places_enter(setup->places, PLACE_LAB));
	TRY(listeners_open(listeners, setup->config, setup->folders, box));
	TRY(places_enter(setup->places, PLACE_NONE));
	listeners_open_devices(listeners, setup->config, box);
	return ST_OK;
}

/* Whoever starts us finds the same out: the role says so, and serves nobody. */
static int
say_checked(const struct options *o, const struct config *config,
    const struct folders *folders)
{
	if (pairs_check(folders, config) != 0)
		return ROLE_EXIT_CONFIG;
	printf("%s: nothing is wrong\n", o->file);
	return 0;
}

static int
serve(const struct options *o)
{
	static struct config config;
	static struct folders folders;
	struct listeners listeners;
	struct places places;
	struct supervisor_setup setup = { .config = &config,
	    .folders = &folders, .places = &places,
	    .report.booted = folders.booted, .pulse.fd = -1 };

	if (load_report(o, &setup) != ST_OK ||
	    load_config(o->file, &config) != ST_OK ||
	    folders_name(&folders, &config) != ST_OK ||
	    folders_check(&folders, &config, setup.report.box) != 0)
		return ROLE_EXIT_CONFIG;
	if (o->only_check)
		return say_checked(o, &config, &folders);
	if (folders_make(&folders) != ST_OK ||
	    folders_lock(&folders) != ST_OK ||
	    open_all(&setup, &listeners) != ST_OK)
		return ROLE_EXIT_CONFIG;
	say_what_is_missing();
	return supervisor_run(&setup);
}

int
main(int argc, char **argv)
{
	struct options options = { 0 };

	open_standard();
	unblock_signals();
	signal(SIGPIPE, SIG_IGN);	/* whoever reads our log may restart */
	log_init("guichetd", LOG_NOTICE);
	if (!read_options(argc, argv, &options))
		return ROLE_EXIT_USAGE;
	if (options.help || options.example) {
		if (options.help)
			fputs(usage, stdout);
		else
			config_example(stdout);
		return 0;
	}
	return serve(&options);
}
