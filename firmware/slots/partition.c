#include "slots/partition.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { UEVENT_BYTES = 1024, LONG_PATH = 512 };

static enum status
read_uevent(const char *sys, const char *device, char out[static UEVENT_BYTES])
{
	char path[LONG_PATH];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/class/block/%s/uevent", sys, device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ST_IO;
	n = read(fd, out, UEVENT_BYTES - 1);
	close(fd);
	if (n < 0)
		return ST_IO;
	out[n] = '\0';
	return ST_OK;
}

/* The value of `key` among lines KEY=value; ST_NOT_FOUND where there is none
 * that fits. */
static enum status
find_value(const char *lines, const char *key, char *out, size_t max)
{
	size_t key_len = strlen(key), len;

	while (lines != NULL && *lines != '\0') {
		const char *value = lines + key_len + 1;

		len = strcspn(lines, "\n");
		if (len > key_len && strncmp(lines, key, key_len) == 0 &&
		    lines[key_len] == '=' && len - key_len - 1 < max) {
			memcpy(out, value, len - key_len - 1);
			out[len - key_len - 1] = '\0';
			return ST_OK;
		}
		lines += len + (lines[len] == '\n');
	}
	return ST_NOT_FOUND;
}

/* A partition's folder lies in its disk's: .../block/vda/vda4. */
static enum status
disk_of(const char *sys, const char *device, char disk[static PARTITION_DISK_MAX])
{
	char path[LONG_PATH], real[PATH_MAX];
	char *last, *before;

	snprintf(path, sizeof(path), "%s/class/block/%s", sys, device);
	if (realpath(path, real) == NULL)
		return ST_NOT_FOUND;
	last = strrchr(real, '/');
	if (last == NULL)
		return ST_NOT_FOUND;
	*last = '\0';
	before = strrchr(real, '/');
	if (before == NULL || strlen(before + 1) >= PARTITION_DISK_MAX)
		return ST_NOT_FOUND;
	strcpy(disk, before + 1);
	return ST_OK;
}

/* See partition.h. */
enum status
partition_boot_disk(const char *sys, char disk[static PARTITION_DISK_MAX])
{
	char path[LONG_PATH];
	const struct dirent *entry;
	enum status st = ST_NOT_FOUND;
	DIR *slaves;

	snprintf(path, sizeof(path), "%s/class/block/dm-0/slaves", sys);
	slaves = opendir(path);
	if (slaves == NULL)
		return ST_NOT_FOUND;
	while (st != ST_OK && (entry = readdir(slaves)) != NULL)
		if (entry->d_name[0] != '.')
			st = disk_of(sys, entry->d_name, disk);
	closedir(slaves);
	return st;
}

/* ST_NOT_FOUND where `device` is not the partition that is looked for. */
static enum status
look_at(const char *sys, const char *device, const char *disk,
    const char *name, struct partition *out)
{
	char lines[UEVENT_BYTES], value[PARTITION_DISK_MAX];
	struct partition found;

	TRY(read_uevent(sys, device, lines));
	TRY(find_value(lines, "PARTNAME", value, sizeof(value)));
	if (strcmp(value, name) != 0)
		return ST_NOT_FOUND;
	TRY(disk_of(sys, device, found.disk));
	if (disk[0] != '\0' && strcmp(disk, found.disk) != 0)
		return ST_NOT_FOUND;
	TRY(find_value(lines, "PARTN", value, sizeof(value)));
	found.number = (unsigned)strtoul(value, NULL, 10);
	TRY(find_value(lines, "DEVNAME", value, sizeof(value)));
	snprintf(found.path, sizeof(found.path), "/dev/%s", value);
	*out = found;
	return ST_OK;
}

/* See partition.h. */
enum status
partition_find(const char *sys, const char *disk, const char *name,
    struct partition *out)
{
	char path[LONG_PATH];
	const struct dirent *entry;
	struct partition found;
	unsigned n = 0;
	DIR *devices;

	snprintf(path, sizeof(path), "%s/class/block", sys);
	devices = opendir(path);
	if (devices == NULL)
		return ST_IO;
	while ((entry = readdir(devices)) != NULL)
		if (entry->d_name[0] != '.' && look_at(sys, entry->d_name, disk,
		    name, &found) == ST_OK)
			n++;
	closedir(devices);
	if (n != 1)
		return n == 0 ? ST_NOT_FOUND : ST_EXISTS;
	*out = found;
	return ST_OK;
}
