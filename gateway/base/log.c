#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_BYTES = 1024 };

static const char *log_role = "guichet";
static enum log_level log_most = LOG_NOTICE;

/* The numbers are syslog's, so that journald and the kernel log sort them. */
static const char *const prefixes[] = {
	[LOG_ERROR] = "<3>", [LOG_WARNING] = "<4>",
	[LOG_NOTICE] = "<5>", [LOG_DEBUG] = "<7>",
};

/* See log.h. */
void
log_init(const char *role, enum log_level most)
{
	log_role = role;
	log_most = most;
}

static size_t
clip(int printed, size_t room)
{
	if (printed < 0)
		return 0;
	return (size_t)printed < room ? (size_t)printed : room - 1;
}

/* See log.h. */
void
log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_BYTES];
	size_t len;
	va_list args;

	if (level > log_most)
		return;
	len = clip(snprintf(line, sizeof(line), "%s%s: ", prefixes[level],
	    log_role), sizeof(line));
	va_start(args, format);
	len += clip(vsnprintf(line + len, sizeof(line) - len - 1, format, args),
	    sizeof(line) - len - 1);
	va_end(args);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return;		/* nobody is left to be told */
}

/* See log.h. */
void
unexpected(const char *what, int number)
{
	log_line(LOG_ERROR, "bug: %s (%d)", what, number);
	abort();
}
