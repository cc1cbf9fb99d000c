#include "network/hardware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char sys[] = "/tmp/guichet-hardware-XXXXXX";

static void
path(char *out, const char *format, const char *a)
{
	int n = snprintf(out, 256, "%s/", sys);

	snprintf(out + n, 256 - (size_t)n, format, a);
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	if (f != NULL) {
		fputs(text, f);
		fclose(f);
	}
}

/* A port `name` whose device is `device`, with a kind of address. */
static void
make_port(const char *name, const char *device, const char *kind)
{
	char folder[256], target[256], link[256], file[256];

	path(folder, "class/%s", name);
	path(target, "devices/%s", device);
	mkdir(folder, 0755);
	mkdir(target, 0755);
	path(link, "class/%s/device", name);
	path(file, "class/%s/addr_assign_type", name);
	if (symlink(target, link) != 0)
		return;
	write_file(file, kind);
}

static void
test_ports_are_found_by_their_device(const char *class)
{
	char name[HARDWARE_NAME_MAX] = "";

	ok(hardware_find(class, "a000200.virtio", name) == ST_OK &&
	    strcmp(name, "eth1") == 0, "by a part of the real path");
	ok(hardware_find(class, "virtio", name) == ST_EXISTS,
	    "two ports are no answer");
	ok(hardware_find(class, "usb", name) == ST_NOT_FOUND, "none");
	ok(hardware_find(class, "", name) == ST_NOT_FOUND, "nothing is none");
	ok(hardware_find("/nonexistent", "virtio", name) == ST_IO,
	    "no folder");
}

static void
test_addresses_of_their_own(const char *class)
{
	ok(hardware_has_own_mac(class, "eth0"), "burnt in");
	ok(!hardware_has_own_mac(class, "eth1"), "made up by the driver");
	ok(hardware_has_own_mac(class, "none"), "nobody knows: leave it");
}

static bool
is_local(const uint8_t mac[static HARDWARE_MAC_BYTES])
{
	return (mac[0] & 3) == 2;
}

static void
test_addresses_are_kept(void)
{
	uint8_t first[HARDWARE_MAC_BYTES], then[HARDWARE_MAC_BYTES];
	char file[256];

	ok(hardware_kept_mac(sys, "lab", first) == ST_OK && is_local(first),
	    "made: local, of one port");
	ok(hardware_kept_mac(sys, "lab", then) == ST_OK &&
	    memcmp(first, then, sizeof(first)) == 0, "the same again");
	ok(hardware_kept_mac(sys, "wan", then) == ST_OK &&
	    memcmp(first, then, sizeof(first)) != 0, "another for the other");
	ok(hardware_kept_mac("/nonexistent", "lab", then) == ST_IO &&
	    is_local(then), "nowhere to keep it: one all the same");
	path(file, "mac-%s", "lab");
	write_file(file, "01:02:03:04:05:06\n");
	ok(hardware_kept_mac(sys, "lab", then) == ST_OK && is_local(then),
	    "a group's address is replaced");
	ok(hardware_kept_mac(sys, "lab", first) == ST_OK &&
	    memcmp(first, then, sizeof(first)) == 0, "and kept");
	write_file(file, "02:02:03:04:05:");
	ok(hardware_kept_mac(sys, "lab", then) == ST_OK && is_local(then) &&
	    memcmp(first, then, sizeof(first)) != 0, "half a file, too");
}

int
main(void)
{
	char class[256], folder[256];

	if (mkdtemp(sys) == NULL)
		return 1;
	path(class, "%s", "class");
	path(folder, "%s", "devices");
	mkdir(class, 0755);
	mkdir(folder, 0755);
	make_port("eth0", "a000000.virtio_mmio", "0\n");
	make_port("eth1", "a000200.virtio_mmio", "1\n");
	path(folder, "%s", "class/lo");
	mkdir(folder, 0755);
	test_ports_are_found_by_their_device(class);
	test_addresses_of_their_own(class);
	test_addresses_are_kept();
	snprintf(folder, sizeof(folder), "rm -r '%s'", sys);
	if (system(folder) != 0)
		printf("# %s stays\n", sys);
	return done_testing();
}
