/*
 * memory_init -- PID 1 of a test image for a moment: leaves a child behind that
 * says on the console what memory the box uses, and becomes /init.
 *
 * `memory: MemTotal 487320 kB` and so on, then a line for each process.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { IDLE_S = 25 };

/* Lines of a file of /proc that begin with one of the keys. */
static void
tell(FILE *out, const char *path, const char *const *keys)
{
	char line[256];
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return;
	fprintf(out, "<4>memory:");
	while (fgets(line, sizeof(line), file) != NULL)
		for (const char *const *key = keys; *key != NULL; key++)
			if (strncmp(line, *key, strlen(*key)) == 0) {
				line[strcspn(line, "\n")] = '\0';
				fprintf(out, " %s", line);
			}
	fprintf(out, "\n");
	fflush(out);
	fclose(file);
}

static void
tell_processes(FILE *out)
{
	static const char *const keys[] = { "Name:", "VmRSS:", "RssAnon:", NULL };
	char path[300];
	struct dirent *entry;
	DIR *folder = opendir("/proc");

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/status", entry->d_name);
		tell(out, path, keys);
	}
	closedir(folder);
}

int
main(void)
{
	static const char *const keys[] = { "MemTotal:", "MemFree:",
	    "MemAvailable:", "Cached:", "Mapped:", "Shmem:",
	    "Slab:", NULL };
	FILE *out;

	if (fork() != 0) {
		execl("/init", "/init", (char *)NULL);
		return 1;
	}
	sleep(IDLE_S);
	out = fopen("/dev/kmsg", "we");
	if (out == NULL)
		return 1;
	setvbuf(out, NULL, _IOLBF, 1024);	/* one record for one line */
	tell(out, "/proc/meminfo", keys);
	tell_processes(out);
	fprintf(out, "<4>memory: end\n");
	return 0;
}
