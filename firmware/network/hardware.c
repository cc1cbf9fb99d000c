#include "network/hardware.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"

enum {
	MAC_TEXT = 18,		/* "02:00:5e:00:53:01\n" */
	RANDOM_KIND = '1',	/* NET_ADDR_RANDOM of <linux/netdevice.h> */
	LOCAL = 0x02, GROUP = 0x01	/* of the first byte, IEEE 802 */
};

/* --- which one ---------------------------------------------------------------- */

static bool
is_at(const char *sys, const char *port, const char *place)
{
	char link[PATH_MAX], real[PATH_MAX];
	int len = snprintf(link, sizeof(link), "%s/%s/device", sys, port);

	return len > 0 && (size_t)len < sizeof(link) &&
	    realpath(link, real) != NULL && strstr(real, place) != NULL;
}

/* See hardware.h. */
enum status
hardware_find(const char *sys, const char *place,
    char name[static HARDWARE_NAME_MAX])
{
	const struct dirent *e;
	unsigned found = 0;
	DIR *d;

	if (*place == '\0')
		return ST_NOT_FOUND;
	d = opendir(sys);
	if (d == NULL)
		return ST_IO;
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (e->d_name[0] == '.' || len >= HARDWARE_NAME_MAX ||
		    !is_at(sys, e->d_name, place))
			continue;
		memcpy(name, e->d_name, len + 1);
		found++;
	}
	closedir(d);
	return found == 1 ? ST_OK : found == 0 ? ST_NOT_FOUND : ST_EXISTS;
}

static ssize_t
read_file(const char *path, char *to, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, to, max);
	close(fd);
	return n;
}

/* See hardware.h. */
bool
hardware_has_own_mac(const char *sys, const char *name)
{
	char path[PATH_MAX], kind[4];
	int len = snprintf(path, sizeof(path), "%s/%s/addr_assign_type", sys,
	    name);

	return len < 0 || (size_t)len >= sizeof(path) ||
	    read_file(path, kind, sizeof(kind)) < 1 || kind[0] != RANDOM_KIND;
}

/* --- its address -------------------------------------------------------------- */

static bool
parse_mac(const char text[static MAC_TEXT], uint8_t *mac)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < MAC_TEXT; i += 3) {
		const char *high = memchr(digits, text[i], 16);
		const char *low = memchr(digits, text[i + 1], 16);

		if (high == NULL || low == NULL ||
		    text[i + 2] != (i + 3 < MAC_TEXT ? ':' : '\n'))
			return false;
		mac[i / 3] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return (mac[0] & (LOCAL | GROUP)) == LOCAL;
}

static void
make_mac(uint8_t *mac)
{
	if (getrandom(mac, HARDWARE_MAC_BYTES, 0) != HARDWARE_MAC_BYTES)
		unexpected("no random bytes", errno);
	mac[0] = (uint8_t)((mac[0] & ~GROUP) | LOCAL);
}

static enum status
write_whole(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	bool is_written;

	if (fd < 0)
		return ST_IO;
	is_written = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	close(fd);
	return is_written ? ST_OK : ST_IO;
}

static enum status
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return ST_IO;
	result = fsync(fd);
	close(fd);
	return result == 0 ? ST_OK : ST_IO;
}

/* The whole file or none, also after a cut. */
static enum status
keep_mac(const char *folder, const char *path, const uint8_t *mac)
{
	char next[PATH_MAX], text[MAC_TEXT + 1];

	if ((size_t)snprintf(next, sizeof(next), "%s.new", path) >=
	    sizeof(next)) {
		errno = ENAMETOOLONG;
		return ST_IO;
	}
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x\n",
	    mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	TRY(write_whole(next, text, MAC_TEXT));
	if (rename(next, path) != 0)
		return ST_IO;
	return sync_folder(folder);
}

/* See hardware.h. */
enum status
hardware_kept_mac(const char *folder, const char *side,
    uint8_t mac[static HARDWARE_MAC_BYTES])
{
	char path[PATH_MAX], text[MAC_TEXT + 1];
	int len = snprintf(path, sizeof(path), "%s/mac-%s", folder, side);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		make_mac(mac);
		errno = ENAMETOOLONG;
		return ST_IO;
	}
	if (read_file(path, text, sizeof(text)) == MAC_TEXT &&
	    parse_mac(text, mac))
		return ST_OK;
	make_mac(mac);
	return keep_mac(folder, path, mac);
}
