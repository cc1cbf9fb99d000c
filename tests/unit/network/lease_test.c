#include "network/lease.h"

#include "tap.h"

#define ADDRESS(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (c) << 8 | (d))

static const struct interface lab = {
	.kind = INTERFACE_STATIC, .address = ADDRESS(192, 168, 1, 2),
	.prefix = 24,
};

static struct lease
good(void)
{
	return (struct lease){ .address = ADDRESS(10, 0, 3, 15), .prefix = 24,
	    .router = ADDRESS(10, 0, 3, 1),
	    .dns = { ADDRESS(10, 0, 3, 1), ADDRESS(9, 9, 9, 9) },
	    .seconds = 3600 };
}

static void
test_good_ones_are_taken(void)
{
	struct lease l = good(), none = { 0 };

	ok(lease_refusal(&l, &lab) == NULL, "a lease like others");
	l.router = 0;
	l.dns[0] = l.dns[1] = 0;
	ok(lease_refusal(&l, NULL) == NULL, "no router and no name server");
	ok(lease_refusal(&none, &lab) == NULL, "the end of a lease");
	none.seconds = 1;
	ok(lease_refusal(&none, &lab) != NULL, "an end with more in it");
}

static void
test_addresses_are_hosts(void)
{
	static const uint32_t bad[] = {
		ADDRESS(10, 0, 3, 0), ADDRESS(10, 0, 3, 255),
		ADDRESS(127, 0, 0, 1), ADDRESS(0, 0, 3, 15),
		ADDRESS(224, 0, 0, 1), ADDRESS(255, 255, 255, 255),
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct lease l = good();

		l.router = 0;
		l.address = bad[i];
		ok(lease_refusal(&l, NULL) != NULL, "address %08x is refused",
		    (unsigned)bad[i]);
	}
}

static void
test_prefixes_are_bounded(void)
{
	struct lease l = good();

	l.router = 0;
	for (uint32_t p = 0; p <= 40; p++) {
		l.prefix = p;
		if ((lease_refusal(&l, NULL) == NULL) != (p >= 8 && p <= 30))
			break;
	}
	/* 10.0.3.15 is the broadcast of its /28, /29 and /30. */
	ok(l.prefix == 28, "prefixes of 8 to 30, if the address is a host's");
	l.address = ADDRESS(10, 0, 3, 14);
	l.prefix = 30;
	ok(lease_refusal(&l, NULL) == NULL, "30");
	l.prefix = UINT32_MAX;
	ok(lease_refusal(&l, NULL) != NULL, "4294967295");
}

static void
test_routers_are_neighbours(void)
{
	struct lease l = good();

	l.router = ADDRESS(10, 0, 4, 1);
	ok(lease_refusal(&l, NULL) != NULL, "another network's");
	l.router = l.address;
	ok(lease_refusal(&l, NULL) != NULL, "ourselves");
	l.router = ADDRESS(10, 0, 3, 255);
	ok(lease_refusal(&l, NULL) != NULL, "everybody");
}

static void
test_name_servers_are_hosts(void)
{
	struct lease l = good();

	l.dns[2] = ADDRESS(127, 0, 0, 53);
	ok(lease_refusal(&l, NULL) != NULL, "loopback");
	l.dns[2] = ADDRESS(239, 0, 0, 1);
	ok(lease_refusal(&l, NULL) != NULL, "multicast");
	l = good();
	l.dns[1] = 0;
	l.dns[2] = ADDRESS(9, 9, 9, 9);
	ok(lease_refusal(&l, NULL) != NULL, "one after the end");
}

static void
test_times_are_bounded(void)
{
	struct lease l = good();

	l.seconds = LEASE_SECONDS_LEAST - 1;
	ok(lease_refusal(&l, NULL) != NULL, "too short");
	l.seconds = LEASE_SECONDS_MOST + 1;
	ok(lease_refusal(&l, NULL) != NULL, "too long");
}

static void
test_the_labs_network_is_refused(void)
{
	struct interface wide = lab;
	struct lease l = good();

	l.address = ADDRESS(192, 168, 1, 77);
	l.router = 0;
	ok(lease_refusal(&l, &lab) != NULL, "the same");
	ok(lease_refusal(&l, NULL) == NULL, "where it is known");
	l.prefix = 16;
	ok(lease_refusal(&l, &lab) != NULL, "one around it");
	l.prefix = 28;
	ok(lease_refusal(&l, &lab) != NULL, "one in it");
	l.address = ADDRESS(192, 168, 2, 77);
	l.prefix = 24;
	ok(lease_refusal(&l, &lab) == NULL, "the next one is not");
	wide.prefix = 16;
	ok(lease_refusal(&l, &wide) != NULL, "unless the lab's is wider");
}

static void
test_resolv_is_as_the_resolver_reads_it(void)
{
	static const char want[] =
	    "nameserver 10.0.3.1\nnameserver 9.9.9.9\n";
	struct lease l = good(), none = { 0 };
	uint8_t bytes[sizeof(want) - 1];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(lease_resolv(&l, &out) == ST_OK && span_is(buf_span(&out), want),
	    "a line for each server");
	out = buf_over(bytes, sizeof(bytes) - 1);
	ok(lease_resolv(&l, &out) == ST_NO_SPACE, "no room for the last");
	out = buf_over(bytes, sizeof(bytes));
	ok(lease_resolv(&none, &out) == ST_OK && out.len == 0, "none: nothing");
}

int
main(void)
{
	test_good_ones_are_taken();
	test_addresses_are_hosts();
	test_prefixes_are_bounded();
	test_routers_are_neighbours();
	test_name_servers_are_hosts();
	test_times_are_bounded();
	test_the_labs_network_is_refused();
	test_resolv_is_as_the_resolver_reads_it();
	return done_testing();
}
