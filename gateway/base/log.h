/*
 * log.h -- one line on standard error per event that an operator needs.
 *
 * Never: a name, a code, a key, a value, a card number, a message's bytes.
 * What may stand in a line: our own words, counts, sizes, our own random ids,
 * configuration keys and values that are not secret, source names.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

/* Sets the word that starts each line ("intake"); borrowed for ever. */
void log_init(const char *role, enum log_level most);

/* Writes `<level> role: text\n` in one write(2).  Longer lines are cut. */
__attribute__((format(printf, 2, 3)))
void log_line(enum log_level level, const char *format, ...);

/* An event that no input can cause: our own bug.  Logs and aborts. */
_Noreturn void unexpected(const char *what, int number);

#endif
