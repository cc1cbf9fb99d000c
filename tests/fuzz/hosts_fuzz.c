/* Texts of hosts files and of resolv.conf. */
#include <stdlib.h>

#include "net/hosts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_storage found[3];
	struct span text = { data, size };

	if (hosts_find(text, "a.test", 443, found, 3) > 3 ||
	    hosts_servers(text, found, 3) > 3)
		abort();
	if (hosts_literal(text, 1, found) == ST_OK &&
	    found[0].ss_family != AF_INET && found[0].ss_family != AF_INET6)
		abort();
	return 0;
}
