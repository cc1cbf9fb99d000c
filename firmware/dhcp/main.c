/*
 * guichet-dhcp -- asks the WAN port's network for an address, and tells init
 * what it was given.
 *
 * Trusts nobody: every byte on its socket is the network's.
 * Never: opens a file, makes a socket, changes an address or a route; it has
 * no privilege and is in no namespace that has a port.
 * Descriptors: 3 init, 4 a UDP socket, bound to the WAN port and to port 68.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/log.h"
#include "dhcp/client.h"
#include "dhcp/policy.h"
#include "os/moment.h"
#include "os/passing.h"

enum {
	INIT_FD = 3, UDP_FD = 4,
	SERVER_PORT = 67,
	EXIT_GONE = 0, EXIT_REFUSED = 71	/* EX_OSERR */
};

static _Noreturn void
refuse(const char *what)
{
	log_line(LOG_ERROR, "%s: %s", what, strerror(errno));
	exit(EXIT_REFUSED);
}

static uint64_t
now_ms(void)
{
	return moment_ms(CLOCK_BOOTTIME);
}

static uint32_t
random32(void)
{
	uint32_t r;

	if (getrandom(&r, sizeof(r), 0) != sizeof(r))
		refuse("random bytes");
	return r;
}

/* --- before the sandbox ------------------------------------------------------------- */

static void
find_mac(uint8_t *mac)
{
	struct ifreq port = { 0 };
	socklen_t len = sizeof(port.ifr_name);

	if (getsockopt(UDP_FD, SOL_SOCKET, SO_BINDTODEVICE, port.ifr_name,
	    &len) != 0 || len == 0 || port.ifr_name[0] == '\0')
		refuse("the socket is bound to no port");
	if (ioctl(UDP_FD, SIOCGIFHWADDR, &port) != 0 ||
	    port.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		refuse("its hardware address");
	memcpy(mac, port.ifr_hwaddr.sa_data, PACKET_MAC_BYTES);
}

/* --- doing what the client says ------------------------------------------------------- */

/* What is lost on the way, or has none yet, is asked again. */
static void
send_question(const struct client_action *action)
{
	uint8_t bytes[PACKET_SENT_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(SERVER_PORT),
	    .sin_addr.s_addr = htonl(action->to == 0 ? INADDR_BROADCAST
	    : action->to) };

	if (packet_write(&action->question, &out) != ST_OK)
		unexpected("a question is too long", (int)out.len);
	if (sendto(UDP_FD, bytes, out.len, MSG_NOSIGNAL | MSG_DONTWAIT,
	    (struct sockaddr *)&to, sizeof(to)) < 0)
		log_line(LOG_DEBUG, "not sent: %s", strerror(errno));
}

static void
act(const struct client_action *action)
{
	const struct span news = { (const uint8_t *)&action->lease,
	    sizeof(action->lease) };

	if (action->has_question)
		send_question(action);
	if (action->has_news && passing_send(INIT_FD, news, -1) != ST_OK)
		exit(EXIT_GONE);	/* it starts another one */
}

static void
take_datagram(struct client *c)
{
	uint8_t bytes[PACKET_READ_MAX];
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	struct packet_answer answer;
	struct client_action action;
	ssize_t n = recvfrom(UDP_FD, bytes, sizeof(bytes), MSG_DONTWAIT,
	    (struct sockaddr *)&from, &len);

	if (n < 0 || from.sin_port != htons(SERVER_PORT) ||
	    packet_read((struct span){ bytes, (size_t)n }, c->mac, &answer) !=
	    ST_OK)
		return;
	client_on_answer(c, &answer, now_ms(), random32(), &action);
	act(&action);
}

static int
run(struct client *c)
{
	struct pollfd fd[2] = { { .fd = INIT_FD },
	    { .fd = UDP_FD, .events = POLLIN } };

	for (;;) {
		uint64_t now = now_ms(), wake = client_wakes_ms(c);
		uint64_t ms = wake > now ? wake - now : 0;
		struct timespec wait = { .tv_sec = (time_t)(ms / 1000),
		    .tv_nsec = (long)(ms % 1000) * 1000000 };
		struct client_action action;

		if (ppoll(fd, COUNT(fd), &wait, NULL) < 0 && errno != EINTR)
			refuse("poll");
		if (fd[0].revents != 0)
			return EXIT_GONE;
		if (fd[1].revents != 0)
			take_datagram(c);
		client_on_time(c, now_ms(), random32(), &action);
		act(&action);
	}
}

int
main(int argc, char **argv)
{
	static struct client client;
	uint8_t mac[PACKET_MAC_BYTES];

	log_init("dhcp", LOG_NOTICE);
	if (argc == 2 && strcmp(argv[1], "--policy") == 0) {
		sandbox_print(&dhcp_policy);
		return 0;
	}
	find_mac(mac);
	client_init(&client, mac);
	sandbox_enter(&dhcp_policy);
	return run(&client);
}
