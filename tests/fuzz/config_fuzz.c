/* A configuration file, and then every role's slice of it, which must parse
 * to the same. */
#include <stdint.h>
#include <stdlib.h>

#include "config/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_slice(const struct config *config, enum role_id role)
{
	static uint8_t bytes[128 * 1024], again[128 * 1024];
	struct buf first = buf_over(bytes, sizeof(bytes));
	struct buf second = buf_over(again, sizeof(again));
	static struct config parsed;
	struct config_error error;

	if (config_slice(config, role, &first) != ST_OK ||
	    config_parse(&parsed, buf_span(&first), &error) != ST_OK ||
	    config_slice(&parsed, role, &second) != ST_OK ||
	    !span_equal(buf_span(&first), buf_span(&second)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct config config;
	struct config_error error;

	if (config_check(&config, (struct span){ data, len }, &error) != ST_OK)
		return 0;
	check_slice(&config, ROLE_INTAKE);
	check_slice(&config, ROLE_VAULT);
	check_slice(&config, ROLE_PICKUP);
	check_slice(&config, ROLE_DESK);
	return 0;
}
