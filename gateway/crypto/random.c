#include "crypto/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/log.h"

/* See random.h. */
void
random_bytes(void *out, size_t len)
{
	unsigned char *to = out;

	while (len > 0) {
		ssize_t got = getrandom(to, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		/* There is no safe way on without randomness. */
		if (got <= 0)
			unexpected("getrandom", errno);
		to += got;
		len -= (size_t)got;
	}
}
