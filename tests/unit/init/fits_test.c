#include "init/fits.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static struct config config;

static void
set(char *field, size_t size, const char *value)
{
	snprintf(field, size, "%s", value);
}

/* A site as it should be. */
static void
begin(const char *lab)
{
	memset(&config, 0, sizeof(config));
	set(config.network_lab, sizeof(config.network_lab), lab);
	set(config.mllp_listen, sizeof(config.mllp_listen), "none");
	set(config.mllps_listen, sizeof(config.mllps_listen), "none");
	set(config.fhir_listen, sizeof(config.fhir_listen), "none");
	set(config.pickup_listen, sizeof(config.pickup_listen), "0.0.0.0:443");
}

static void
expect(const char *lab, const char *pickup, const char *key)
{
	const char *found;

	begin(lab);
	set(config.pickup_listen, sizeof(config.pickup_listen), pickup);
	found = fits_not(&config);
	ok(found == NULL ? key == NULL : key != NULL && strcmp(found, key) == 0,
	    "lab %s, pickup %s: %s", lab, pickup, key == NULL ? "fits"
	    : "refused");
}

static void
test_listeners(void)
{
	struct { const char *key; char *listen; } rows[] = {
		{ "mllp.listen", config.mllp_listen },
		{ "mllps.listen", config.mllps_listen },
		{ "fhir.listen", config.fhir_listen },
		{ "pickup.listen", config.pickup_listen },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin("192.168.1.2/24");
		set(rows[i].listen, sizeof(config.mllp_listen),
		    "192.168.9.9:1000");
		ok(fits_not(&config) != NULL &&
		    strcmp(fits_not(&config), rows[i].key) == 0, "%s",
		    rows[i].key);
	}
	begin("192.168.1.2/24");
	set(config.mllp_interface, sizeof(config.mllp_interface), "eth9");
	ok(strcmp(fits_not(&config), "mllp.interface") == 0, "an interface");
}

int
main(void)
{
	expect("10.7.0.5/16", "0.0.0.0:443", NULL);
	expect("10.7.0.5/16", "127.0.0.1:443", NULL);
	expect("10.7.0.5/16", "10.7.0.5:443", NULL);
	expect("10.7.0.5/16", "none", NULL);
	expect("10.7.0.5/16", "192.168.1.2:443", "pickup.listen");
	expect("10.7.0.5/16", "10.7.0.6:443", "pickup.listen");
	expect("10.7.0.5/16", "[::]:443", "pickup.listen");
	expect("none", "0.0.0.0:443", NULL);
	expect("none", "10.7.0.5:443", "pickup.listen");
	test_listeners();
	return done_testing();
}
