/*
 * rtnl.h -- what of rtnetlink(7) two ports need: one request, one answer.
 *
 * A socket belongs to the namespace in which it was opened, whoever uses it
 * later.  Only the kernel's answers to our own request count.
 * All: ST_OK; ST_NOT_FOUND no such port, address or route; ST_EXISTS it is
 * there already; ST_IO the kernel refused, with errno.
 */
#ifndef NETWORK_RTNL_H
#define NETWORK_RTNL_H

#include <stdbool.h>

#include "base/status.h"
#include "config/interface.h"

enum { RTNL_MAC_BYTES = 6 };

/* In the namespace of the caller; close-on-exec. */
MUST_CHECK enum status rtnl_open(int *fd);

/* The index of the port with that name: at least 1. */
MUST_CHECK enum status rtnl_find(int fd, const char *name, int *index);

/* Is there a port with that index, and does its cable lead anywhere? */
MUST_CHECK enum status rtnl_look(int fd, int index, bool *has_carrier);

/* Down, as it must be to be named, moved or given a hardware address. */
MUST_CHECK enum status rtnl_down(int fd, int index);
MUST_CHECK enum status rtnl_up(int fd, int index);

MUST_CHECK enum status
rtnl_set_mac(int fd, int index, const uint8_t mac[static RTNL_MAC_BYTES]);

/* Moves it into the namespace `netns` (a descriptor), where its name is
 * `name`, at most 15 bytes. */
MUST_CHECK enum status
rtnl_move(int fd, int index, int netns, const char *name);

/* Addresses are in host order.  The second takes an address away, and with it
 * the routes that need it. */
MUST_CHECK enum status
rtnl_add_address(int fd, int index, uint32_t address, unsigned prefix);
MUST_CHECK enum status
rtnl_remove_address(int fd, int index, uint32_t address, unsigned prefix);

/* The route to everywhere else, instead of the one there was. */
MUST_CHECK enum status
rtnl_set_router(int fd, int index, uint32_t router);
MUST_CHECK enum status rtnl_remove_router(int fd, int index);

#endif
