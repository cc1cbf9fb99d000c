/* Answers of name servers: the first byte chooses the question.  Whatever
 * comes, at most so many addresses, and the same again. */
#include <stdlib.h>

#include "net/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = { "a.test", "b.a.test", "x" };
	struct in6_addr found[4];
	enum dns_kind kind;
	struct span message;
	size_t n = 0, again = 0;
	enum status st;

	if (size == 0)
		return 0;
	kind = (data[0] & 1) != 0 ? DNS_AAAA : DNS_A;
	message = (struct span){ data + 1, size - 1 };
	st = dns_read(message, hosts[data[0] / 2 % COUNT(hosts)], kind, found,
	    COUNT(found), &n);
	if (st == ST_OK && n > COUNT(found))
		abort();
	if (dns_read(message, hosts[data[0] / 2 % COUNT(hosts)], kind, found,
	    COUNT(found), &again) != st || again != n)
		abort();
	return 0;
}
