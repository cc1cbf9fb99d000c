/* The two JSON bodies, through jansson with its heap wiped: what is taken is
 * within what wishes.h allows. */
#include "pickup/wishes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_share(const struct share_wish *w)
{
	if ((w->kind != 'U' && w->kind != 'P') ||
	    w->has_passcode != (w->kind == 'P') ||
	    w->ttl_s < SHARE_TTL_MIN_S || w->ttl_s > SHARE_TTL_MAX_S ||
	    w->max_uses > SHARE_USES_MAX)
		abort();
	for (size_t i = 0; i < sizeof(w->bundle); i++)
		if (memchr("\"\\/ \n", w->bundle[i], 5) != NULL ||
		    w->bundle[i] < ' ' || w->bundle[i] > 'z')
			abort();
}

static void
check_manifest(const struct manifest_wish *w)
{
	static const uint8_t none[sizeof(w->passcode_hash)];

	if (!w->has_passcode && memcmp(w->passcode_hash, none,
	    sizeof(none)) != 0)
		abort();
	if (!w->has_embedded_max && w->embedded_max != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool is_prepared;
	struct span in = { data, len };
	struct share_wish share;
	struct manifest_wish manifest;

	if (!is_prepared)
		wishes_prepare();
	is_prepared = true;
	if (share_wish_read(in, &share) == ST_OK)
		check_share(&share);
	if (manifest_wish_read(in, &manifest) == ST_OK)
		check_manifest(&manifest);
	return 0;
}
