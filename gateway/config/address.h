/* address.h -- "127.0.0.1:2575" or "[::1]:2575" -> what bind(2) takes. */
#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include <sys/socket.h>

#include "base/span.h"

/* ST_OK or ST_INVALID.  No names are looked up; port 0 is refused. */
MUST_CHECK enum status
address_parse(struct span text, struct sockaddr_storage *address, socklen_t *len);

#endif
