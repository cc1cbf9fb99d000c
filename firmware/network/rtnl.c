#include "network/rtnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	REQUEST_MAX = 256,
	ANSWER_MAX = 8192,	/* a port with all it has */
	ANSWER_SECONDS = 5,	/* the kernel answers at once */
	LOWER_UP = 1 << 16	/* IFF_LOWER_UP of <linux/if.h>, which does not
				   go with <net/if.h> */
};

/* A request with room for a few attributes, aligned for its head. */
union request {
	struct nlmsghdr head;
	uint8_t         bytes[REQUEST_MAX];
};

union answer {
	struct nlmsghdr head;
	uint8_t         bytes[ANSWER_MAX];
};

/* --- building --------------------------------------------------------------- */

static void
begin(union request *r, uint16_t type, unsigned flags, const void *body,
    size_t len)
{
	memset(r, 0, sizeof(*r));
	r->head.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	memcpy(r->bytes + NLMSG_HDRLEN, body, len);
}

/* Every request's attributes are our own: that they fit is no question. */
static void
add(union request *r, uint16_t type, const void *value, size_t len)
{
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);
	struct rtattr a = { (uint16_t)RTA_LENGTH(len), type };

	memcpy(r->bytes + at, &a, sizeof(a));
	memcpy(r->bytes + at + RTA_LENGTH(0), value, len);
	r->head.nlmsg_len = (uint32_t)(at + RTA_LENGTH(len));
}

static void
begin_link(union request *r, uint16_t type, int index, unsigned flags,
    unsigned change)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = index,
	    .ifi_flags = flags, .ifi_change = change };

	begin(r, type, 0, &link, sizeof(link));
}

/* --- asking ----------------------------------------------------------------- */

static enum status
status_of(int error)
{
	if (error == 0)
		return ST_OK;
	errno = -error;
	switch (errno) {
	case ENODEV: case ESRCH: case EADDRNOTAVAIL:
		return ST_NOT_FOUND;
	case EEXIST:
		return ST_EXISTS;
	default:
		return ST_IO;
	}
}

static ssize_t
hear(int fd, union answer *a)
{
	struct sockaddr_nl from;
	socklen_t len = sizeof(from);
	ssize_t n;

	do {
		len = sizeof(from);
		n = recvfrom(fd, a->bytes, sizeof(a->bytes), 0,
		    (struct sockaddr *)&from, &len);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	return n;
}

/* The kernel says first which port was asked for, where one was, and then
 * whether it went well. */
static enum status
take_answer(const union answer *a, size_t len, uint32_t sequence,
    struct ifinfomsg *port, bool *is_done)
{
	const struct nlmsghdr *h = &a->head;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_seq != sequence)
			continue;
		if (h->nlmsg_type == NLMSG_ERROR &&
		    h->nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr))) {
			*is_done = true;
			return status_of(
			    ((const struct nlmsgerr *)NLMSG_DATA(h))->error);
		}
		if (h->nlmsg_type == RTM_NEWLINK && port != NULL &&
		    h->nlmsg_len >= NLMSG_LENGTH(sizeof(*port)))
			memcpy(port, NLMSG_DATA(h), sizeof(*port));
	}
	return ST_OK;
}

static enum status
ask(int fd, union request *r, struct ifinfomsg *port)
{
	static union answer a;		/* not secret; one at a time */
	static uint32_t sequence;	/* nobody's late answer is ours */
	bool is_done = false;
	enum status st = ST_OK;

	r->head.nlmsg_seq = ++sequence;
	if (send(fd, r->bytes, r->head.nlmsg_len, 0) < 0)
		return ST_IO;
	while (!is_done) {
		ssize_t n = hear(fd, &a);

		if (n < 0)
			return ST_IO;
		st = take_answer(&a, (size_t)n, sequence, port, &is_done);
	}
	return st;
}

/* See rtnl.h. */
enum status
rtnl_open(int *fd)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };

	*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (*fd < 0)
		return ST_IO;
	if (bind(*fd, (struct sockaddr *)&self, sizeof(self)) == 0 &&
	    setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience)) == 0)
		return ST_OK;
	close(*fd);
	*fd = -1;
	return ST_IO;
}

/* --- ports ------------------------------------------------------------------ */

/* See rtnl.h. */
enum status
rtnl_find(int fd, const char *name, int *index)
{
	struct ifinfomsg port = { 0 };
	union request r;

	begin_link(&r, RTM_GETLINK, 0, 0, 0);
	add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	TRY(ask(fd, &r, &port));
	if (port.ifi_index < 1)
		return ST_NOT_FOUND;
	*index = port.ifi_index;
	return ST_OK;
}

/* See rtnl.h. */
enum status
rtnl_look(int fd, int index, bool *has_carrier)
{
	struct ifinfomsg port = { 0 };
	union request r;

	begin_link(&r, RTM_GETLINK, index, 0, 0);
	TRY(ask(fd, &r, &port));
	*has_carrier = (port.ifi_flags & LOWER_UP) != 0;
	return ST_OK;
}

/* See rtnl.h. */
enum status
rtnl_down(int fd, int index)
{
	union request r;

	begin_link(&r, RTM_NEWLINK, index, 0, IFF_UP);
	return ask(fd, &r, NULL);
}

/* See rtnl.h. */
enum status
rtnl_up(int fd, int index)
{
	union request r;

	begin_link(&r, RTM_NEWLINK, index, IFF_UP, IFF_UP);
	return ask(fd, &r, NULL);
}

/* See rtnl.h. */
enum status
rtnl_set_mac(int fd, int index, const uint8_t mac[static RTNL_MAC_BYTES])
{
	union request r;

	begin_link(&r, RTM_NEWLINK, index, 0, 0);
	add(&r, IFLA_ADDRESS, mac, RTNL_MAC_BYTES);
	return ask(fd, &r, NULL);
}

/* See rtnl.h. */
enum status
rtnl_move(int fd, int index, int netns, const char *name)
{
	union request r;
	uint32_t to = (uint32_t)netns;

	begin_link(&r, RTM_NEWLINK, index, 0, 0);
	add(&r, IFLA_NET_NS_FD, &to, sizeof(to));
	add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	return ask(fd, &r, NULL);
}

/* --- addresses and routes --------------------------------------------------- */

static enum status
change_address(int fd, uint16_t type, unsigned flags, int index,
    uint32_t address, unsigned prefix)
{
	struct ifaddrmsg body = { .ifa_family = AF_INET,
	    .ifa_prefixlen = (uint8_t)prefix, .ifa_scope = RT_SCOPE_UNIVERSE,
	    .ifa_index = (uint32_t)index };
	uint32_t local = htonl(address);
	uint32_t everybody = htonl(address | UINT32_MAX >> prefix);
	union request r;

	begin(&r, type, flags, &body, sizeof(body));
	add(&r, IFA_LOCAL, &local, sizeof(local));
	add(&r, IFA_ADDRESS, &local, sizeof(local));
	add(&r, IFA_BROADCAST, &everybody, sizeof(everybody));
	return ask(fd, &r, NULL);
}

/* See rtnl.h. */
enum status
rtnl_add_address(int fd, int index, uint32_t address, unsigned prefix)
{
	return change_address(fd, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
	    index, address, prefix);
}

/* See rtnl.h. */
enum status
rtnl_remove_address(int fd, int index, uint32_t address, unsigned prefix)
{
	return change_address(fd, RTM_DELADDR, 0, index, address, prefix);
}

static void
begin_route(union request *r, uint16_t type, unsigned flags, int index)
{
	struct rtmsg body = { .rtm_family = AF_INET,
	    .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
	    .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST };
	uint32_t out = (uint32_t)index;

	begin(r, type, flags, &body, sizeof(body));
	add(r, RTA_OIF, &out, sizeof(out));
}

/* See rtnl.h. */
enum status
rtnl_set_router(int fd, int index, uint32_t router)
{
	uint32_t gateway = htonl(router);
	union request r;

	begin_route(&r, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, index);
	add(&r, RTA_GATEWAY, &gateway, sizeof(gateway));
	return ask(fd, &r, NULL);
}

/* See rtnl.h. */
enum status
rtnl_remove_router(int fd, int index)
{
	union request r;

	begin_route(&r, RTM_DELROUTE, 0, index);
	return ask(fd, &r, NULL);
}
