/* Every public sample message gets the answer that the table says, whatever
 * it is cut into.  The samples are not ours and not here: without them,
 * skipped.  The same table on the wire: integration/intake_samples_test.py */
#include "input/parse.h"

#include <stdlib.h>

#include "message.h"
#include "tap.h"
#include "wire/hl7.h"

#define SAMPLES "../shared/samples/"

enum { SAMPLE_MAX = 1 << 20, PATH_BYTES = 512, LINE_BYTES = 1024 };

/* A line of tests/integration/samples.tsv. */
struct row {
	char *file, *answer, *release, *why;
	unsigned message, bundles, observations, documents;
};

static uint8_t data[SAMPLE_MAX];

static struct {
	unsigned files, messages, taken;
} seen;

static char *
next_column(char **rest)
{
	static char none[1];
	char *column = strsep(rest, "\t\n");

	return column == NULL ? none : column;
}

static unsigned
next_number(char **rest)
{
	return (unsigned)strtoul(next_column(rest), NULL, 10);
}

static void
row_read(char *line, struct row *row)
{
	row->file = next_column(&line);
	row->message = next_number(&line);
	row->answer = next_column(&line);
	row->bundles = next_number(&line);
	row->release = next_column(&line);
	row->observations = next_number(&line);
	row->documents = next_number(&line);
	row->why = next_column(&line);
}

/* --- what the parser says, in the words of the table ----------------------- */

static const char *
answer_of(void)
{
	static const char *const code[] = {
		[HL7_AA] = "AA", [HL7_AE] = "AE", [HL7_AR] = "AR",
		[HL7_CA] = "CA", [HL7_CE] = "CE", [HL7_CR] = "CR",
	};
	const struct hl7_ack_reply *r = &parsed.reply;
	static char text[64];

	if (!parsed.answer)
		return "none";
	if (r->error == 0)
		return code[r->code];
	if (r->segment == NULL || r->field == 0)
		snprintf(text, sizeof(text), "%s %u%s%s", code[r->code],
		    r->error, r->segment == NULL ? "" : " ",
		    r->segment == NULL ? "" : r->segment);
	else
		snprintf(text, sizeof(text), "%s %u %s-%u", code[r->code],
		    r->error, r->segment, r->field);
	return text;
}

static const char *
release_name(void)
{
	static const char *const name[] = {
#define X(name, text) text,
		RELEASE_MAP(X)
#undef X
	};

	return parsed.n_reports == 0 ? "-" : name[parsed.reports[0].release];
}

static unsigned
count_observations(void)
{
	size_t n = 0;

	for (size_t i = 0; i < parsed.n_reports; i++)
		for (size_t k = 0; k < parsed.reports[i].n_panels; k++)
			n += parsed.reports[i].panels[k].n_observations;
	return (unsigned)n;
}

static unsigned
count_documents(void)
{
	size_t n = 0;

	for (size_t i = 0; i < parsed.n_reports; i++)
		n += parsed.reports[i].n_documents;
	return (unsigned)n;
}

static void
check_message(const struct row *row)
{
	bool good = strcmp(answer_of(), row->answer) == 0 &&
	    parsed.n_reports == row->bundles &&
	    strcmp(release_name(), row->release) == 0 &&
	    count_observations() == row->observations &&
	    count_documents() == row->documents;

	ok(good, "%s %u: %s, %s; %s", row->file, row->message, row->answer,
	    row->release, row->why);
	if (!good)
		printf("# it is %s, %zu bundles, %s, %u observations, "
		    "%u documents\n", answer_of(), parsed.n_reports,
		    release_name(), count_observations(), count_documents());
	seen.messages++;
	seen.taken += parsed.n_reports > 0;
}

/* --- the samples ------------------------------------------------------------ */

static struct span
load(const char *name)
{
	char path[PATH_BYTES];
	FILE *f;
	size_t len;

	snprintf(path, sizeof(path), SAMPLES "%s", name);
	f = fopen(path, "rb");
	if (f == NULL)
		return (struct span){ 0 };
	len = fread(data, 1, sizeof(data), f);
	fclose(f);
	return (struct span){ data, len };
}

static void
parse_it(struct span message)
{
	arena_clear(&arena);
	arena_init(&arena, 16 << 20);
	(void)!parse_frame(message, &source, NOW_MS, &arena, &parsed);
}

/* A frame cut anywhere must not crash; what it answers does not matter. */
static void
run_cuts(struct span file)
{
	for (size_t cut = 0; cut < file.len; cut += 1 + file.len / 61)
		parse_it(span_slice(file, 0, cut));
}

/* The message that a row is about; its file is loaded with its first one. */
static void
run_row(const struct row *row)
{
	static struct span rest;
	struct span message;

	if (row->message == 1) {
		rest = load(row->file);
		seen.files++;
		run_cuts(rest);
	}
	if (hl7_next_message(&rest, &message) != ST_OK) {
		ok(false, "%s has message %u", row->file, row->message);
		return;
	}
	parse_it(message);
	check_message(row);
}

int
main(void)
{
	FILE *table = fopen("tests/integration/samples.tsv", "r");
	char line[LINE_BYTES];
	struct row row;

	source_init();
	source.production = false;	/* many samples are marked T */
	if (!ok(table != NULL, "the table of samples is here"))
		return done_testing();
	if (load("cdc-reportstream/valid.hl7").len == 0) {
		skip("sample messages", SAMPLES " is not here");
		return done_testing();
	}
	while (fgets(line, sizeof(line), table) != NULL) {
		if (line[0] == '#')
			continue;
		row_read(line, &row);
		run_row(&row);
	}
	fclose(table);
	arena_clear(&arena);
	ok(seen.files == 184 && seen.messages == 207 && seen.taken > 60,
	    "%u files, %u messages, %u of them taken", seen.files,
	    seen.messages, seen.taken);
	return done_testing();
}
