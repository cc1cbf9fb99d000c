/* format.h -- how the desk writes dates, card numbers and durations. */
#ifndef DESK_FORMAT_H
#define DESK_FORMAT_H

#include "card/symbols.h"
#include "desk/texts.h"

enum { FORMAT_MAX = 32 };

/* "2026-11-21" in English, "21/11/2026" in French; UTC. */
void format_day(enum lang lang, uint64_t epoch_s, char out[static FORMAT_MAX]);

/* "2026-11-21T10:15:00Z"; "-" for 0. */
void format_instant(uint64_t epoch_s, char out[static FORMAT_MAX]);

/* "3 d 4 h", "4 h 5 min", "12 s"; j for days in French. */
void format_span(enum lang lang, uint64_t seconds, char out[static FORMAT_MAX]);

/* "K7QF-M2XW-9D4" from the ten symbols without their check. */
void format_card(struct span card, char out[static FORMAT_MAX]);

/* What staff typed as a card number; statuses as symbols_parse(). */
MUST_CHECK enum status
format_parse_card(const char *typed, struct symbols *card);

/* The number of a row, as a list shows it; ST_OK or ST_INVALID. */
MUST_CHECK enum status format_parse_number(const char *typed, uint64_t *n);

#endif
