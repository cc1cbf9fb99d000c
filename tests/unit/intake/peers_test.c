#include "intake/peers.h"

#include <stdlib.h>

#include "tap.h"

#define ONE "0000000000000000000000000000000000000000000000000000000000000001"
#define TWO "0000000000000000000000000000000000000000000000000000000000000002"

static struct config config;

static void
add(const char *name, const char *networks, const char *clients)
{
	struct config_source *s = &config.source[config.n_sources++];

	memset(s, 0, sizeof(*s));
	strcpy(s->name, name);
	strcpy(s->networks, networks);
	strcpy(s->clients, clients);
}

static void
fresh(void)
{
	memset(&config, 0, sizeof(config));
	strcpy(config.mllp_networks, "10.0.0.0/8");
}

static const char *
at(uint8_t last)
{
	uint8_t address[16] = { [10] = 0xff, [11] = 0xff, [12] = 10,
	    [15] = last };
	const struct config_source *s = peers_by_address(&config, address);

	return s == NULL ? "nobody" : s->name;
}

static const char *
with(uint8_t last)
{
	uint8_t fingerprint[32] = { [31] = last };
	const struct config_source *s = peers_by_fingerprint(&config,
	    fingerprint);

	return s == NULL ? "nobody" : s->name;
}

static void
test_by_address(void)
{
	fresh();
	add("default", "any", "");
	add("one", "10.0.0.1", "");
	add("both", "10.0.0.1, 10.0.0.2", "");
	ok(strcmp(at(1), "one") == 0, "R10 the first that has the address");
	ok(strcmp(at(2), "both") == 0, "R10 the next one");
	ok(strcmp(at(3), "default") == 0, "R10 default comes last, wherever it "
	    "stands");
	strcpy(config.source[0].networks, "10.0.0.9");
	ok(strcmp(at(3), "nobody") == 0, "R10 default has networks, too");
	config.n_sources = 0;
	ok(strcmp(at(3), "nobody") == 0, "R10 without sources: nobody");
}

static void
test_clients_are_not_addresses(void)
{
	fresh();
	add("tls", "any", ONE);
	add("default", "any", "");
	ok(strcmp(at(1), "default") == 0, "R10 a source with certificates is "
	    "not known by any address");
	strcpy(config.source[0].networks, "10.0.0.1");
	ok(strcmp(at(1), "tls") == 0, "R10 unless its networks say so");
	fresh();
	add("default", "any", ONE);
	ok(strcmp(at(1), "nobody") == 0, "R10 nor is default");
}

static void
test_by_fingerprint(void)
{
	fresh();
	add("plain", "any", "");
	add("one", "any", ONE);
	add("two", "any", ONE "," TWO);
	ok(strcmp(with(1), "one") == 0, "R10 the first that lists it");
	ok(strcmp(with(2), "two") == 0, "R10 the second of a list");
	ok(strcmp(with(3), "nobody") == 0, "R10 unknown: nobody, not default");
}

static void
test_may_connect(void)
{
	uint8_t in[16] = { [10] = 0xff, [11] = 0xff, [12] = 10 };
	uint8_t out[16] = { [10] = 0xff, [11] = 0xff, [12] = 11 };

	fresh();
	ok(peers_may_connect(&config, in) && !peers_may_connect(&config, out),
	    "R10 mllp.networks");
}

int
main(void)
{
	test_by_address();
	test_clients_are_not_addresses();
	test_by_fingerprint();
	test_may_connect();
	return done_testing();
}
