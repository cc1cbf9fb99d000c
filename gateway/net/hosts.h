/*
 * hosts.h -- the texts of /etc/hosts (hosts(5)) and /etc/resolv.conf
 * (resolv.conf(5)).  Pure; lines that mean nothing are skipped.
 *
 * Of resolv.conf the name servers count, nothing else.
 */
#ifndef NET_HOSTS_H
#define NET_HOSTS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/span.h"

/* An IPv4 or IPv6 address in text (no scope), with a port in host order.
 * ST_OK or ST_INVALID. */
MUST_CHECK enum status
hosts_literal(struct span text, uint16_t port, struct sockaddr_storage *out);

/* Addresses of `host` in the text of a hosts file; at most `max`.  Returns
 * how many. */
size_t hosts_find(struct span text, const char *host, uint16_t port,
    struct sockaddr_storage *out, size_t max);

/* The name servers of a resolv.conf; at most `max`.  Returns how many. */
size_t hosts_servers(struct span text, struct sockaddr_storage *out,
    size_t max);

#endif
