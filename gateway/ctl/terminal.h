/*
 * terminal.h -- what every command of `guichet` needs: its language, a
 * connection to the process that answers, and its output.
 */
#ifndef CTL_TERMINAL_H
#define CTL_TERMINAL_H

#include <stdbool.h>

#include "base/span.h"

/* After sysexits(3). */
enum {
	EXIT_USAGE = 64, EXIT_NO_INPUT = 66, EXIT_UNAVAILABLE = 69,
	EXIT_IO = 74
};

/* LC_ALL, LC_MESSAGES or LANG say so. */
bool terminal_is_french(void);

/* Standard output, or standard error where `stream` is 2. */
void terminal_print(uint64_t stream, struct span text);

/* To read: the file of that name, `-` is standard input; or -1 with errno. */
int terminal_open_file(const char *path);

/* Why, in few words: errno's own in English, those that people meet in
 * French.  Static storage, until the next call. */
const char *terminal_reason(int error, bool french);

/* Says, by errno, why the file cannot be read.  Returns EXIT_NO_INPUT. */
int terminal_fail_file(const char *path, bool french);

/* A connected local socket, or, with --service, one that leads to the same
 * on a box (ctl/service.h); or -1 after a line that says what to do. */
int terminal_connect(const char *path, bool french);

/* The desk's socket: --socket, else GUICHET_SOCKET, else the usual place.
 * `given` is NULL where the command line names none. */
const char *terminal_socket(const char *given);

enum { TERMINAL_PATH_MAX = 256 };

/* Another process's socket, `name`, in the same folder as the desk's.  False
 * where the path is too long. */
bool terminal_socket_beside(const char *desk, const char *name,
    char out[static TERMINAL_PATH_MAX]);

#endif
