/*
 * network_tool -- the part of init that has to do with the two ports, and
 * nothing else, for network_test.py:
 *
 *     network_tool SYS KEEP RESOLV NETNS DHCP EMPTY LAB ROUTER WAN WAIT_MS
 *
 * NETNS-lab and NETNS-wan are the namespaces that it makes.  What network_text()
 * says goes to standard output whenever it changes; ends with its input.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "network/network.h"
#include "os/moment.h"

enum { STEP_MS = 100, PATH_BYTES = 256 };

static uint64_t
now_ms(void)
{
	return moment_ms(CLOCK_BOOTTIME);
}

static void
say(const struct network *n)
{
	static char before[NETWORK_TEXT_MAX];
	char text[NETWORK_TEXT_MAX];

	if (strcmp(network_text(n, text), before) == 0)
		return;
	memcpy(before, text, sizeof(before));
	puts(text);
	fflush(stdout);
}

static void
reap(struct network *n)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		if (!network_on_exit(n, pid, now_ms()))
			unexpected("a child of nobody", pid);
}

static void
run(struct network *n)
{
	for (;;) {
		struct pollfd fd[2] = { { .fd = 0, .events = POLLIN },
		    { .fd = network_fd(n), .events = POLLIN } };

		say(n);
		if (poll(fd, 2, STEP_MS) < 0 || fd[0].revents != 0)
			return;
		if (fd[1].revents != 0)
			network_on_readable(n, now_ms());
		reap(n);
		network_tick(n, now_ms());
	}
}

static bool
make_plan(struct network_plan *plan, char **argv)
{
	static char netns[NETWORK_SIDES][PATH_BYTES];

	network_plan_box(plan);
	plan->sys = argv[1];
	plan->keep = argv[2];
	plan->resolv = argv[3];
	for (unsigned s = 0; s < NETWORK_SIDES; s++) {
		snprintf(netns[s], PATH_BYTES, "%s-%s", argv[4],
		    network_names[s]);
		plan->port[s].netns = netns[s];
		plan->port[s].place = s == NETWORK_LAB ? "test-lab-port"
		    : "test-wan-port";
	}
	plan->dhcp = argv[5];
	plan->empty = argv[6];
	plan->wait_ms = (unsigned)atoi(argv[10]);
	return interface_parse(span_of(argv[7]),
	    &plan->port[NETWORK_LAB].address) == ST_OK &&
	    gateway_parse(span_of(argv[8]), &plan->port[NETWORK_LAB].router)
	    == ST_OK && interface_parse(span_of(argv[9]),
	    &plan->port[NETWORK_WAN].address) == ST_OK;
}

int
main(int argc, char **argv)
{
	static struct network network;
	struct network_plan plan;

	log_init("network_tool", LOG_DEBUG);
	if (argc != 11 || !make_plan(&plan, argv)) {
		fprintf(stderr, "network_tool: see its head\n");
		return 2;
	}
	if (network_start(&network, &plan, now_ms()) != ST_OK)
		return 1;
	run(&network);
	return 0;
}
