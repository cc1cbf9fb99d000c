/* replay.c -- runs a fuzz target over the files and folders it is given, and
 * over every prefix of each file: a parser must survive any cut. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum { PREFIX_MAX = 4096, PATH_BYTES = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int files;

static void
run_prefix(const uint8_t *data, size_t len)
{
	/* An exact allocation, so that a read past the end is seen. */
	uint8_t *copy = malloc(len == 0 ? 1 : len);

	if (copy == NULL)
		abort();
	memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void
run_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL)
		return;
	len = fread(data, 1, sizeof(data), f);
	fclose(f);
	run_prefix(data, len);
	for (size_t cut = 0; cut < len && cut < PREFIX_MAX; cut++)
		run_prefix(data, cut);
	files++;
}

static void
run_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	char name[PATH_BYTES];

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		run_file(name);
	}
	closedir(d);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_folder(argv[i]);
	ok(files > 0, "%d corpus files and all their prefixes survive", files);
	return done_testing();
}
