#include "init/reasons.h"

#include "tap.h"

static const char *
reset(bool first, const char *planned, const char *panic, bool watchdog)
{
	static char out[REASON_MAX];
	struct reset_facts facts = { first, planned, panic, watchdog };

	reasons_reset(&facts, out);
	return out;
}

static void
test_reset(void)
{
	ok(strcmp(reset(false, "told to", "panic", true), "told to") == 0,
	    "what was planned is believed first");
	ok(strcmp(reset(true, "", "panic", true), "panic") == 0,
	    "then the kernel");
	ok(strstr(reset(true, "", "", true), "watchdog") != NULL,
	    "then the watchdog");
	ok(strcmp(reset(true, "", "", false), "first start") == 0,
	    "a new box");
	ok(strstr(reset(false, "", "", false), "power was cut") != NULL,
	    "else the power was cut");
	ok(strcmp(reset(false, "a\x1b[31m\xc3", "", false), "a?[31m?") == 0,
	    "printable ASCII alone");
}

static void
test_panic(void)
{
	static const char dump[] = "Panic#1 Part1\n<6>[ 1.0] fine\n"
	    "<0>[    9.1] Kernel panic - not syncing: dm-verity device "
	    "corrupted\n<4>[    9.2] CPU: 0\n";
	char out[REASON_MAX], bytes[2 * REASON_MAX];

	ok(reasons_panic(span_of(dump), out) == ST_OK && strcmp(out,
	    "Kernel panic - not syncing: dm-verity device corrupted") == 0,
	    "the panic's line out of a dump");
	ok(reasons_panic(span_of("x device corrupted"), out) == ST_OK &&
	    strcmp(out, "device corrupted") == 0, "without an end");
	ok(reasons_panic(span_of("all is well\n"), out) == ST_NOT_FOUND &&
	    reasons_panic((struct span){ NULL, 0 }, out) == ST_NOT_FOUND,
	    "no panic");
	memset(bytes, 0xff, sizeof(bytes));
	memcpy(bytes, "device corrupted", 16);
	ok(reasons_panic((struct span){ (uint8_t *)bytes, sizeof(bytes) },
	    out) == ST_OK && strlen(out) == REASON_MAX - 1 && out[16] == '?',
	    "bounded, whatever the memory holds");
}

/* --- changes -------------------------------------------------------------------- */

static const struct release_facts old = { "1.0.0", 1, 1, 0 };
static const struct release_facts new = { "1.2.0", 2, 1, 0 };
static const struct record in_a = { .slot = 0, .floor = 1,
    .release = { 1, 1 }, .version = { "1.0.0", "1.0.0" } };
static const struct record in_b = { .slot = 1, .floor = 1,
    .release = { 1, 2 }, .version = { "1.0.0", "1.2.0" } };
static const struct trial b_tried = { 1, 3, "1.2.0" };

static struct control
control(uint8_t priority_a, uint8_t tries_a, uint8_t priority_b,
    uint8_t tries_b, uint8_t last)
{
	return (struct control){ .slot = { { priority_a, tries_a, 0, 0 },
	    { priority_b, tries_b, 0, 0 } }, .last = last };
}

static void
expect(struct change_facts facts, const char *text)
{
	char out[REASON_MAX];
	bool changed = reasons_change(&facts, out);

	ok(changed == (text[0] != '\0') && strcmp(out, text) == 0, "%s",
	    text[0] == '\0' ? "no change" : text);
	if (strcmp(out, text) != 0)
		printf("# was: %s\n", out);
}

static void
test_change(void)
{
	struct control c = control(15, 6, 14, 7, 0);

	expect((struct change_facts){ 0, &old, NULL, NULL, &c, false },
	    "slot a, 1.0.0: first start");
	expect((struct change_facts){ 0, &old, &in_a, NULL, &c, false }, "");
	expect((struct change_facts){ 0, &new, &in_a, NULL, &c, false },
	    "slot a, 1.2.0: written from outside");
	c = control(14, 7, 15, 2, 1);
	expect((struct change_facts){ 1, &new, &in_a, NULL, &c, true },
	    "slot b: update to 1.2.0");
	expect((struct change_facts){ 1, &new, &in_a, &b_tried, &c, false },
	    "slot b: update to 1.2.0");
	c = control(15, 2, 14, 7, 0);
	expect((struct change_facts){ 0, &old, &in_b, NULL, &c, true },
	    "slot a: rolled back to 1.0.0 by command");
}

static void
test_failures(void)
{
	struct control c = control(14, 6, 15, 0, 0);

	expect((struct change_facts){ 0, &old, &in_a, &b_tried, &c, false },
	    "slot a, 1.0.0: slot b (1.2.0) was tried until its tries ran out "
	    "and was never healthy");
	expect((struct change_facts){ 0, &old, &in_a, NULL, &c, false },
	    "slot a, 1.0.0: slot b was tried until its tries ran out and was "
	    "never healthy");
	c = control(14, 7, 15, 2, 1);
	expect((struct change_facts){ 0, &old, &in_a, NULL, &c, true },
	    "slot a, 1.0.0: the boot loader refused slot b");
	c = control(14, 6, 15, 0, 0);
	expect((struct change_facts){ 0, &old, &in_b, NULL, &c, false },
	    "slot a, 1.0.0: slot b (1.2.0) was tried until its tries ran out "
	    "and was never healthy");
	c = control(14, 7, 15, 6, 1);
	expect((struct change_facts){ 0, &old, &in_b, NULL, &c, false },
	    "slot a, 1.0.0: the boot loader refused slot b");
	expect((struct change_facts){ 0, &old, &in_a, NULL, NULL, false }, "");
}

int
main(void)
{
	test_reset();
	test_panic();
	test_change();
	test_failures();
	return done_testing();
}
