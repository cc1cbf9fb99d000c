/* identity_files.h -- PEM text as files, because that is what is loaded. */
#ifndef TESTS_UNIT_NET_IDENTITY_FILES_H
#define TESTS_UNIT_NET_IDENTITY_FILES_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `name` below a fresh folder; the path is static and unlinked by nobody. */
static inline const char *
identity_file(const char *name, const char *text, mode_t mode)
{
	static char folder[32] = "";
	static char paths[32][64];
	static unsigned n;
	char *path = paths[n++ % 32];
	int fd;

	if (folder[0] == 0) {
		strcpy(folder, "/tmp/guichet-pem-XXXXXX");
		if (mkdtemp(folder) == NULL)
			abort();
	}
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
	    fchmod(fd, mode) != 0)
		abort();
	close(fd);
	return path;
}

#endif
