/*
 * bundle_tool.c -- what our mapping makes of HL7 messages, for validators that
 * are not in C (fhir_validate.mjs).
 *
 * bundle_tool FILE...: for each report of each file one line: the file's
 * number, what was decided, the FHIR Bundle; of what is refused, a line
 * "<number> refused <error>".
 */
#include <stdio.h>
#include <stdlib.h>

#include "fhir/bundle.h"
#include "intake/facts.h"
#include "input/input.h"
#include "input/release.h"

enum { FILE_MAX = 32 << 20 };

static struct config config;

static struct span
read_file(const char *path)
{
	static uint8_t bytes[FILE_MAX];
	FILE *f = fopen(path, "rb");
	size_t len = f == NULL ? 0 : fread(bytes, 1, sizeof(bytes), f);

	if (f == NULL || fclose(f) != 0) {
		perror(path);
		exit(2);
	}
	return (struct span){ bytes, len };
}

static const char *
release_word(enum release release)
{
	static const char *const words[] = {
#define X(name, text) text,
		RELEASE_MAP(X)
#undef X
	};

	return words[release];
}

static void
print_bundle(int number, struct report *r)
{
	static const struct fhir_identity identity = {
		.box = "test-box", .seed = { 1, 2, 3 },
		.timestamp = { (const uint8_t *)"2026-11-21T10:15:00+01:00", 25 },
		.language = { (const uint8_t *)"fr-FR", 5 },
	};
	struct buf out;

	facts_complete(r, &config, &config.source[0]);
	release_leave_out_confirmed(r);
	printf("%d %s ", number, release_word(r->release));
	out = buf_over(NULL, fhir_bundle_bound(r));
	out.ptr = malloc(out.max);
	if (out.ptr != NULL && fhir_write_bundle(r, &identity, &out) == ST_OK)
		fwrite(out.ptr, 1, out.len, stdout);
	putchar('\n');
	free(out.ptr);
}

static void
print_file(int number, const char *path)
{
	struct input in = { .kind = &input_hl7, .source = &config.source[0],
	    .bytes = read_file(path) };
	struct parsed parsed;
	struct arena arena;

	arena_init(&arena, 256 << 20);
	if (input_hl7.parse(&in, 1795242615000u, &arena, &parsed) != ST_OK)
		printf("%d refused %u\n", number, parsed.reply.error);
	for (size_t i = 0; i < parsed.n_reports; i++)
		print_bundle(number, &parsed.reports[i]);
	arena_clear(&arena);
}

int
main(int argc, char **argv)
{
	config_init(&config);
	config.source[0].production = false;
	for (int i = 1; i < argc; i++)
		print_file(i - 1, argv[i]);
	return 0;
}
