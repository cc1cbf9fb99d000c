#include "health/plan.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "tap.h"

static struct config config;
static struct plan plan;

/* What config_init() gives, as far as a plan looks. */
static void
reset(void)
{
	config = (struct config){ .mllp_connections_max = 64, .n_sources = 1 };
	strcpy(config.mllp_listen, "0.0.0.0:2575");
	strcpy(config.mllp_networks, "127.0.0.0/8, 192.168.0.0/16, ::1/128");
	strcpy(config.pickup_listen, "0.0.0.0:443");
	strcpy(config.source[0].name, "default");
	strcpy(config.source[0].networks, "any");
	config.source[0].connections_max = 32;
	config.source[0].production = true;
}

static const char *
text_of(const struct sockaddr_storage *a)
{
	static char text[INET6_ADDRSTRLEN + 8];
	char host[INET6_ADDRSTRLEN];
	const void *bytes = a->ss_family == AF_INET
	    ? (const void *)&((const struct sockaddr_in *)a)->sin_addr
	    : (const void *)&((const struct sockaddr_in6 *)a)->sin6_addr;

	inet_ntop(a->ss_family, bytes, host, sizeof(host));
	snprintf(text, sizeof(text), "%s %u", host, plan_port(a));
	return text;
}

static void
test_addresses(void)
{
	reset();
	ok(plan_make(&config, &plan) == ST_OK && plan.has_mllp,
	    "what a box is by default");
	ok(strcmp(text_of(&plan.mllp), "127.0.0.1 2575") == 0 &&
	    strcmp(text_of(&plan.pickup), "127.0.0.1 443") == 0,
	    "any address is reached by loopback");
	strcpy(config.mllp_listen, "[::]:2575");
	strcpy(config.pickup_listen, "192.168.1.2:8443");
	ok(plan_make(&config, &plan) == ST_OK &&
	    strcmp(text_of(&plan.mllp), "::1 2575") == 0 &&
	    strcmp(text_of(&plan.pickup), "192.168.1.2 8443") == 0,
	    "of IPv6 too; and one of its own is reached there");
	strcpy(config.pickup_listen, "nowhere");
	ok(plan_make(&config, &plan) == ST_INVALID, "no address");
}

static void
test_mllp_is_left_alone(void)
{
	reset();
	strcpy(config.mllp_listen, "none");
	ok(plan_make(&config, &plan) == ST_OK && !plan.has_mllp, "none");
	reset();
	strcpy(config.mllp_interface, "eth1");
	ok(plan_make(&config, &plan) == ST_OK && !plan.has_mllp,
	    "bound to an interface");
	reset();
	strcpy(config.mllp_networks, "192.168.0.0/16");
	ok(plan_make(&config, &plan) == ST_OK && !plan.has_mllp,
	    "our address would be audited");
	reset();
	strcpy(config.source[0].networks, "192.168.1.0/24");
	ok(plan_make(&config, &plan) == ST_OK && !plan.has_mllp,
	    "no source has our address");
	reset();
	strcpy(config.source[0].clients, "00");
	ok(plan_make(&config, &plan) == ST_OK && !plan.has_mllp,
	    "the only source is known by certificates");
}

static void
test_room(void)
{
	reset();
	ok(plan_make(&config, &plan) == ST_OK && plan.mllp_room == 32,
	    "the source has less room than all");
	config.mllp_connections_max = 2;
	ok(plan_make(&config, &plan) == ST_OK && plan.mllp_room == 2,
	    "all have less than the source");
	config.source[1] = config.source[0];
	config.source[1].connections_max = 1;
	config.n_sources = 2;
	ok(plan_make(&config, &plan) == ST_OK && plan.mllp_room == 1,
	    "the narrowest that could be ours");
}

static void
test_source(void)
{
	reset();
	config.source[0].format = FORMAT_HPRIM_SANTE;
	ok(plan_make(&config, &plan) == ST_OK &&
	    plan.source == &config.source[0], "no source takes HL7");
	config.source[1] = config.source[0];
	config.source[1].format = FORMAT_HL7;
	config.n_sources = 2;
	ok(plan_make(&config, &plan) == ST_OK &&
	    plan.source == &config.source[1], "the one that does");
}

static bool
has(const struct buf *b, const char *text)
{
	return memmem(b->ptr, b->len, text, strlen(text)) != NULL;
}

static void
test_message(void)
{
	uint8_t bytes[PLAN_MESSAGE_MAX];
	struct buf m = buf_over(bytes, sizeof(bytes));

	reset();
	ok(plan_message(&config.source[0], "20261122120000", &m) == ST_OK &&
	    has(&m, "|HEALTH|P|2.5.1") && has(&m, "|I\r"),
	    "production: P, results to come");
	config.source[0].production = false;
	strcpy(config.source[0].senders, " GLIMS / LABO 1 , X/Y");
	m.len = 0;
	ok(plan_message(&config.source[0], "20261122120000", &m) == ST_OK &&
	    has(&m, "|HEALTH|T|2.5.1"), "else a test");
	ok(has(&m, "MSH|^~\\&|GLIMS|") && has(&m, "LABO 1|GUICHET|"),
	    "in the name of its first sender");
	strcpy(config.source[0].senders, "*/LABO1");
	m.len = 0;
	ok(plan_message(&config.source[0], "20261122120000", &m) == ST_OK &&
	    has(&m, "|GUICHET-HEALTH|LABO1|"), "a star is anybody");
	m = buf_over(bytes, 100);
	ok(plan_message(&config.source[0], "20261122120000", &m) ==
	    ST_NO_SPACE && m.len == 0, "no room");
}

int
main(void)
{
	test_addresses();
	test_mllp_is_left_alone();
	test_room();
	test_source();
	test_message();
	return done_testing();
}
