#include "supervisor/load.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

enum { FILE_BYTES = 64 * 1024 };

static enum status
read_file(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	while (fd >= 0 && out->len < out->max && n > 0) {
		n = read(fd, out->ptr + out->len, out->max - out->len);
		if (n > 0)
			out->len += (size_t)n;
	}
	if (fd < 0 || n < 0) {
		log_line(LOG_ERROR, "%s: %s; name a file that this user may "
		    "read; guichetd --example-config prints one", path,
		    strerror(errno));
		if (fd >= 0)
			close(fd);
		return ST_INVALID;
	}
	close(fd);
	if (out->len < out->max)
		return ST_OK;
	log_line(LOG_ERROR, "%s: longer than %d bytes: not a configuration",
	    path, FILE_BYTES);
	return ST_INVALID;
}

/* See load.h. */
enum status
load_config(const char *path, struct config *config)
{
	static uint8_t bytes[FILE_BYTES];	/* not secret */
	struct buf text = buf_over(bytes, sizeof(bytes));
	struct config_error error;

	TRY(read_file(path, &text));
	if (config_parse(config, buf_span(&text), &error) == ST_OK)
		return ST_OK;
	log_line(LOG_ERROR, "%s: line %u: %s", path, error.line, error.text);
	return ST_INVALID;
}
