/* Every public sample message gets a defined answer, whatever it is cut
 * into.  The samples are not ours and not here: without them, skipped. */
#include "intake/parse.h"

#include <dirent.h>
#include <stdlib.h>

#include "message.h"
#include "tap.h"
#include "wire/hl7.h"

enum { SAMPLE_MAX = 1 << 20, PATH_BYTES = 512 };

static const char *const folders[] = {
	"../shared/samples/cdc-reportstream",
	"../shared/samples/node-hl7-complete",
};

static struct {
	unsigned files, messages, taken, refused, closed, ignored, silent;
	unsigned reports, panels, observations, documents;
	unsigned releases[RELEASE_COUNT], errors[300];
} seen;

static unsigned undefined;	/* answers that no rule allows */

static void
count_answer(enum status st)
{
	const struct hl7_ack_reply *r = &parsed.reply;
	bool refused = r->error >= 100 && r->error < 208 && r->text != NULL &&
	    (r->code == HL7_AE || r->code == HL7_AR || r->code == HL7_CE ||
	    r->code == HL7_CR);

	seen.messages++;
	if (st == ST_OK) {
		seen.taken++;
		seen.silent += !parsed.answer;
		undefined += parsed.n_reports == 0 || r->error != 0;
		return;
	}
	undefined += st != ST_INVALID || parsed.n_reports != 0;
	if (refused) {
		seen.refused++;
		seen.errors[r->error]++;
	} else if (parsed.ignored) {
		seen.ignored++;
	} else {
		seen.closed++;
		undefined += parsed.answer;
	}
}

static void
count_reports(void)
{
	for (size_t i = 0; i < parsed.n_reports; i++) {
		const struct report *r = &parsed.reports[i];

		seen.reports++;
		seen.releases[r->release]++;
		seen.panels += (unsigned)r->n_panels;
		seen.documents += (unsigned)r->n_documents;
		for (size_t k = 0; k < r->n_panels; k++)
			seen.observations +=
			    (unsigned)r->panels[k].n_observations;
		undefined += r->release >= RELEASE_COUNT ||
		    (r->release != RELEASE_DELIVER &&
		    r->release_reason == NULL);
	}
}

/* Each of the messages in a file, as a session would cut and parse it. */
static void
run_messages(struct span file)
{
	struct span message;

	while (hl7_next_message(&file, &message) == ST_OK) {
		arena_clear(&arena);
		arena_init(&arena, 16 << 20);
		count_answer(parse_frame(message, &source, NOW_MS, &arena,
		    &parsed));
		count_reports();
	}
}

/* A frame cut anywhere must not crash; what it answers does not matter. */
static void
run_cuts(struct span file)
{
	for (size_t cut = 0; cut < file.len; cut += 1 + file.len / 257) {
		arena_clear(&arena);
		arena_init(&arena, 16 << 20);
		(void)!parse_frame(span_slice(file, 0, cut), &source, NOW_MS,
		    &arena, &parsed);
	}
}

static void
run_file(const char *path)
{
	static uint8_t data[SAMPLE_MAX];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL)
		return;
	len = fread(data, 1, sizeof(data), f);
	fclose(f);
	seen.files++;
	run_messages((struct span){ data, len });
	run_cuts((struct span){ data, len });
}

static void
run_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[PATH_BYTES];

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		run_file(path);
	}
	closedir(d);
}

static void
print_distribution(void)
{
	printf("# %u files, %u messages: %u taken (%u want no answer), "
	    "%u refused, %u ignored, %u closed\n", seen.files, seen.messages,
	    seen.taken, seen.silent, seen.refused, seen.ignored, seen.closed);
	printf("# %u reports: %u deliver, %u withhold, %u withdraw, %u "
	    "incident; %u panels, %u observations, %u documents\n",
	    seen.reports, seen.releases[RELEASE_DELIVER],
	    seen.releases[RELEASE_WITHHOLD], seen.releases[RELEASE_WITHDRAW],
	    seen.releases[RELEASE_INCIDENT], seen.panels, seen.observations,
	    seen.documents);
	for (unsigned i = 0; i < COUNT(seen.errors); i++)
		if (seen.errors[i] > 0)
			printf("# error %u: %u\n", i, seen.errors[i]);
}

int
main(void)
{
	source_init();
	source.production = false;	/* many samples are marked T */
	for (size_t i = 0; i < COUNT(folders); i++)
		run_folder(folders[i]);
	arena_clear(&arena);
	if (seen.files == 0) {
		skip("sample messages", "../shared/samples is not here");
		return done_testing();
	}
	print_distribution();
	ok(seen.files == 184, "all 184 sample files are read");
	ok(undefined == 0, "every message gets a defined answer");
	ok(seen.taken > 0 && seen.refused > 0, "some are taken, some refused");
	ok(seen.messages == seen.taken + seen.refused + seen.ignored +
	    seen.closed, "none is counted twice");
	return done_testing();
}
