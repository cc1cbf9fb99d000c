#include "config/box.h"

#include <stdio.h>

#include "tap.h"

static const char *const facts[] = {
	"board = qemu-virt", "version = 1.4.0", "release = 14", "floor = 12",
	"slot = b", "reset = the watchdog", "change =  ", "data = checked",
	"network = lab 192.168.1.2/24, wan dhcp", "lab = /run/netns/lab",
	"wan = /run/netns/wan", "boot = /dev/vda3", "root = /dev/vda5",
	"control = /dev/vda2", "keys = /etc/guichet/update.keys",
	"service = /dev/vport0p1",
};

/* All facts, but the one that `other` begins as in its place; "-key" leaves
 * one out. */
static struct span
text_with(const char *other)
{
	static char text[BOX_TEXT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < COUNT(facts); i++) {
		const char *line = facts[i];
		size_t key = strcspn(line, " ");

		if (other[0] == '-' && strlen(other + 1) == key &&
		    strncmp(other + 1, line, key) == 0)
			continue;
		if (strncmp(other, line, key + 1) == 0)
			line = other;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s\n", line);
	}
	return (struct span){ (const uint8_t *)text, len };
}

static void
test_whole(void)
{
	struct box box, again;
	uint8_t bytes[BOX_TEXT_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));
	unsigned line;

	ok(box_parse(text_with("change = "), &box, &line) == ST_OK,
	    "every fact, one of them empty");
	ok(strcmp(box.board, "qemu-virt") == 0 && box.release == 14 &&
	    box.floor == 12 && box.slot == 1 && box.change[0] == '\0' &&
	    strcmp(box.service, "/dev/vport0p1") == 0, "is what it says");
	ok(box_print(&box, &out) == ST_OK && box_parse(buf_span(&out), &again,
	    &line) == ST_OK && memcmp(&box, &again, sizeof(box)) == 0,
	    "printed and read again it is the same");
	memcpy(box.reset, "tab\t\xff", sizeof("tab\t\xff"));
	out.len = 0;
	ok(box_print(&box, &out) == ST_OK && box_parse(buf_span(&out), &again,
	    &line) == ST_OK && strcmp(again.reset, "tab??") == 0,
	    "what is not printable is not printed");
	out = buf_over(bytes, 20);
	ok(box_print(&box, &out) == ST_NO_SPACE, "no room, no half a box");
}

static void
expect(const char *other, unsigned wanted, const char *claim)
{
	struct box box;
	unsigned line;

	ok(box_parse(text_with(other), &box, &line) == ST_INVALID &&
	    line == wanted, "%s: line %u", claim, wanted);
}

static void
test_refused(void)
{
	static const char long_name[] =
	    "board = a2345678901234567890123456789012";
	char other[32];

	for (size_t i = 0; i < COUNT(facts); i++) {
		snprintf(other, sizeof(other), "-%.*s",
		    (int)strcspn(facts[i], " "), facts[i]);
		expect(other, 0, other);
	}
	expect("slot = c", 5, "a third slot");
	expect("slot =", 5, "no value at all");
	expect("release = 1x", 3, "a number that is none");
	expect("release = ", 3, "an empty one");
	expect("release = 1234567890123456789", 3, "one that could overflow");
	expect(long_name, 1, "a name that does not fit");
	expect("board = caf\xc3\xa9", 1, "a letter that is not ASCII");
	expect("lab = ", 10, "no network");
	expect("wan = /run/netns/wan\nwan = /run/netns/lab", 12, "a fact twice");
	expect("wan = /run/netns/wan\nnews = none", 12, "an unknown fact");
	expect("wan = /run/netns/wan\n", 12, "an empty line");
}

int
main(void)
{
	test_whole();
	test_refused();
	return done_testing();
}
