/*
 * guichet-health -c FILE -- does the box that runs by FILE serve?  0: yes;
 * 1: no, and a line on standard error says which exchange failed; ten seconds
 * at most.  PID 1 runs it, in the namespace of the lab port.
 *
 * Trusts nobody: what intake and pickup answer is looked at from an empty
 * root, as a user of its own.
 * Never: stores, changes or counts anything; see health.h.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "health/health.h"
#include "health/policy.h"

enum { EXIT_USAGE = 64 };

int
main(int argc, char **argv)
{
	static struct health health;
	uint16_t ports[2];
	unsigned n;

	log_init("health", LOG_NOTICE);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "--policy") == 0) {
		sandbox_print(&health_policy);
		return 0;
	}
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fputs("usage: guichet-health -c FILE | --policy\n", stderr);
		return EXIT_USAGE;
	}
	if (!health_prepare(&health, argv[2]))
		return 1;
	n = health_ports(&health, ports);
	sandbox_enter(health_policy_of(ports, n));
	return health_run(&health);
}
