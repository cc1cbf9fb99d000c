#include "supervisor/load.h"

#include <errno.h>

#include "base/log.h"
#include "config/check.h"
#include "os/whole.h"

enum { FILE_BYTES = 64 * 1024 };

static enum status
read_file(const char *path, const char *hint, struct buf *out)
{
	enum status st = whole_load(path, out);

	if (st == ST_OK)
		return ST_OK;
	if (st == ST_IO)
		log_line(LOG_ERROR, "%s: %s; %s", path, strerror(errno), hint);
	else
		log_line(LOG_ERROR, "%s: longer than %zu bytes: not what it "
		    "should be", path, out->max - 1);
	return ST_INVALID;
}

/* See load.h. */
enum status
load_config(const char *path, struct config *config)
{
	static uint8_t bytes[FILE_BYTES];	/* not secret */
	struct buf text = buf_over(bytes, sizeof(bytes));
	struct config_error error;

	TRY(read_file(path, "name a file that this user may read; "
	    "guichetd --example-config prints one", &text));
	if (config_check(config, buf_span(&text), &error) == ST_OK)
		return ST_OK;
	log_line(LOG_ERROR, "%s: line %u: %s", path, error.line, error.text);
	return ST_INVALID;
}

static const char written_by_init[] = "init writes it";

/* See load.h. */
enum status
load_box(const char *path, struct box *box)
{
	static uint8_t bytes[BOX_TEXT_MAX];	/* not secret */
	struct buf text = buf_over(bytes, sizeof(bytes));
	unsigned line;

	TRY(read_file(path, written_by_init, &text));
	if (box_parse(buf_span(&text), box, &line) == ST_OK)
		return ST_OK;
	if (line == 0)
		log_line(LOG_ERROR, "%s: a key is missing, or the end; %s", path,
		    written_by_init);
	else
		log_line(LOG_ERROR, "%s: line %u: not a fact of a box; %s", path,
		    line, written_by_init);
	return ST_INVALID;
}

/* See load.h. */
enum status
load_update_keys(const char *path, struct update_keys *keys)
{
	uint8_t bytes[UPDATE_KEYS_TEXT_MAX + 1];	/* public */
	struct buf text = buf_over(bytes, sizeof(bytes));

	TRY(read_file(path, "it belongs to the image", &text));
	if (update_keys_parse(buf_span(&text), keys) == ST_OK)
		return ST_OK;
	log_line(LOG_ERROR, "%s: must be 1 to %d lines of %d hexadecimal digits "
	    "each, P-256 points that begin with 04", path, UPDATE_KEYS_MAX,
	    2 * UPDATE_KEY_BYTES);
	return ST_INVALID;
}
