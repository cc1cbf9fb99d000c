#include "init/past.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "init/files.h"
#include "tap.h"

static char name[] = "/tmp/guichet-past-XXXXXX";
static char pstore[64];
static int folder;

static const struct release_facts first = { "1.0.0", 1, 1, 0 };
static const struct release_facts second = { "1.2.0", 2, 1, 0 };
static const struct record in_a = { .slot = 0, .floor = 1,
    .release = { 1, 1 }, .version = { "1.0.0", "1.0.0" } };
static const struct control fresh = { .slot = { { 15, 6, 0, 0 },
    { 14, 7, 0, 0 } } };
static const struct control armed = { .slot = { { 14, 7, 0, 0 },
    { 15, 2, 0, 0 } }, .last = 1 };
static const struct control used_up = { .slot = { { 14, 6, 0, 0 },
    { 15, 0, 0, 0 } } };

static void
empty(void)
{
	char line[256];

	snprintf(line, sizeof(line), "rm -rf %s; mkdir -p %s", name, pstore);
	if (system(line) != 0)
		abort();
	if (folder >= 0)
		close(folder);
	folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* One start, up to the comparison. */
static struct past
boot(unsigned slot, const struct release_facts *release,
    const struct control *control)
{
	struct past p;

	past_read(&p, folder, pstore, false);
	past_compare(&p, slot, release, control);
	return p;
}

static void
commit(struct past *p, const struct record *record)
{
	if (past_commit(p, record) != ST_OK)
		abort();
}

static void
test_first(void)
{
	struct past p;

	empty();
	p = boot(0, &first, &fresh);
	ok(!p.has_record && strcmp(p.reset, "first start") == 0 &&
	    strstr(p.change, "slot a, 1.0.0: first start") != NULL,
	    "a new box");
	commit(&p, &in_a);
	p = boot(0, &first, &fresh);
	ok(p.has_record && strstr(p.reset, "power was cut") != NULL &&
	    strstr(p.change, "first start") != NULL,
	    "then its power was cut; the slot is what it was");
}

static void
test_update_and_back(void)
{
	struct past p;

	empty();
	p = boot(0, &first, &fresh);
	commit(&p, &in_a);
	past_plan(&p, PAST_ASKED);
	p = boot(1, &second, &armed);
	ok(p.was_asked && strcmp(p.reset, PAST_ASKED) == 0 &&
	    strstr(p.change, "slot b: update to 1.2.0") != NULL,
	    "an update is being tried");
	past_plan(&p, "not healthy within 60 seconds");
	p = boot(1, &second, &armed);
	ok(!p.was_asked && strcmp(p.reset, "not healthy within 60 seconds")
	    == 0 && p.trial.times == 2, "twice");
	p = boot(0, &first, &used_up);
	ok(strstr(p.change, "slot b (1.2.0) was tried") != NULL,
	    "and given up: said why");
	commit(&p, &in_a);
	p = boot(0, &first, &fresh);
	ok(!p.has_trial && strstr(p.change, "was tried") != NULL,
	    "which stays the last change");
}

static void
test_pstore(void)
{
	struct past p;
	char file[96];
	FILE *dump;

	empty();
	snprintf(file, sizeof(file), "%s/dmesg-ramoops-0", pstore);
	dump = fopen(file, "w");
	if (dump == NULL)
		abort();
	fputs("Panic#1\n<0>[ 1.0] Kernel panic - not syncing: x\n", dump);
	fclose(dump);
	p = boot(0, &first, &fresh);
	ok(strcmp(p.reset, "Kernel panic - not syncing: x") == 0,
	    "the kernel's last words");
	ok(access(file, F_OK) != 0, "are heard once");
}

static void
test_nothing_remembered(void)
{
	struct past p;

	past_read(&p, -1, "/nothing", true);
	past_compare(&p, 1, &first, NULL);
	past_plan(&p, "x");
	ok(strstr(p.reset, "watchdog") != NULL && p.change[0] != '\0' &&
	    past_commit(&p, &in_a) == ST_IO, "without a data partition");
	empty();
	if (files_write(folder, "state", span_of("slot = 7\n"), 0600) != ST_OK)
		abort();
	p = boot(0, &first, &fresh);
	ok(!p.has_record, "a damaged record is none");
}

/* A start, healthy, cut anywhere: the start after it knows as much. */
static void
test_power_cuts(void)
{
	bool is_cut = true;
	int at;

	for (at = 0; is_cut; at++) {
		struct past p;

		empty();
		p = boot(0, &first, &fresh);
		commit(&p, &in_a);
		past_plan(&p, PAST_ASKED);
		cut_at = at;
		p = boot(1, &second, &armed);
		is_cut = past_commit(&p, &in_a) != ST_OK;
		cut_at = CUT_NEVER;
		p = boot(0, &first, &fresh);
		ok(p.has_record && p.record.release[0] == 1,
		    "power cut at call %d: the record is whole", at);
	}
	ok(at > 15, "%d calls", at);
}

int
main(void)
{
	char line[128];

	if (mkdtemp(name) == NULL)
		abort();
	folder = -1;
	snprintf(pstore, sizeof(pstore), "%s/pstore", name);
	test_first();
	test_update_and_back();
	test_pstore();
	test_nothing_remembered();
	test_power_cuts();
	snprintf(line, sizeof(line), "rm -r %s", name);
	return system(line) != 0 || done_testing();
}
