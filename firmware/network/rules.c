#include "network/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* `default` is what a port gets when it is moved in; `all` counts besides, for
 * each setting in another way (Documentation/networking/ip-sysctl.rst), so
 * that both say the same. */
#define EVERY(setting, lab, wan, reason) \
	{ "ipv4/conf/all/" setting, lab, wan, false, reason }, \
	{ "ipv4/conf/default/" setting, lab, wan, false, reason }

/* The first one resets others: it stays the first. */
const struct rule rules[] = {
	{ "ipv4/ip_forward", "0", "0", false, "no router, ever" },
	EVERY("accept_redirects", "0", "0", "no router says where to go"),
	EVERY("secure_redirects", "0", "0", "nor one that we know"),
	EVERY("send_redirects", "0", "0", "we are no router"),
	EVERY("accept_source_route", "0", "0", "no sender says which way"),
	EVERY("accept_local", "0", "0", "our own address is ours"),
	EVERY("route_localnet", "0", "0", "127/8 never comes in by a port"),
	EVERY("proxy_arp", "0", "0", "we answer for nobody else"),
	EVERY("bootp_relay", "0", "0", "we relay for nobody"),
	EVERY("arp_ignore", "1", "1", "ARP is answered for the port's own address"),
	EVERY("arp_announce", "2", "2", "and asked from it"),
	{ "ipv4/conf/all/rp_filter", "1", "0", false,
	  "the port's own counts: rules_reverse_path()" },
	{ "ipv4/conf/default/rp_filter", "1", "1", false,
	  "only from where an answer would go" },
	{ "ipv4/icmp_echo_ignore_broadcasts", "1", "1", false,
	  "no part in a flood" },
	{ "ipv4/icmp_ignore_bogus_error_responses", "1", "1", false,
	  "nothing to log" },
	{ "ipv4/icmp_echo_ignore_all", "0", "1", false,
	  "a technician may ping the lab port; the other one answers nobody" },
	{ "ipv4/tcp_syncookies", "1", "1", true, "a flood of SYN" },
	{ "ipv4/tcp_rfc1337", "1", "1", false, "old segments end nothing" },
	{ "ipv4/ip_nonlocal_bind", "1", "0", false,
	  "listeners start though the port comes late" },
	{ "ipv6/conf/all/disable_ipv6", "1", "1", true, "IPv4 only" },
	{ "ipv6/conf/default/disable_ipv6", "1", "1", true, "IPv4 only" },
};
const unsigned n_rules = sizeof(rules) / sizeof(rules[0]);

static enum status
write_rule(const char *name, const char *value)
{
	char path[RULE_PATH_MAX];
	size_t len = strlen(value);
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ST_NOT_FOUND : ST_IO;
	n = write(fd, value, len);
	close(fd);
	return n == (ssize_t)len ? ST_OK : ST_IO;
}

/* See rules.h. */
enum status
rules_apply(bool is_wan, const struct rule **which)
{
	for (unsigned i = 0; i < n_rules; i++) {
		const char *value = is_wan ? rules[i].wan : rules[i].lab;
		enum status st = value == NULL ? ST_OK
		    : write_rule(rules[i].name, value);

		if (st == ST_OK || (st == ST_NOT_FOUND && rules[i].may_lack))
			continue;
		*which = &rules[i];
		return ST_IO;
	}
	return ST_OK;
}

/* See rules.h. */
enum status
rules_reverse_path(const char *port, bool is_strict)
{
	char name[RULE_PATH_MAX];

	snprintf(name, sizeof(name), "ipv4/conf/%s/rp_filter", port);
	return write_rule(name, is_strict ? "1" : "0") == ST_OK ? ST_OK
	    : ST_IO;
}
