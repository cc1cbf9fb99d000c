/*
 * slip.h -- the slip: the only place where a code is ever shown.
 *
 * No name, no birth date, no exam, no address, no day code.  Its QR is the
 * pickup page's address with card and code in the fragment, which a browser
 * never sends (docs/formats/card.md); a card for the internet has a second one
 * with the viewer's address.
 */
#ifndef DESK_SLIP_H
#define DESK_SLIP_H

#include "card/issue.h"
#include "desk/session.h"

enum { SLIP_URL_MAX = 320 };

/* `url` gets "<page>/#1.CARD.CODE", both with their check symbol, no
 * hyphens.  SECRET: the caller wipes it.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
slip_url(const char *page, const struct card_issued *card, struct buf *url);

/* Prints the slip as text, with the QR in half blocks. */
void slip_print(struct session *s, const struct card_issued *card,
    uint64_t expires_s);

/* Prints {"card","code","url","expires","internet"}: the last is null, or
 * {"url","qr_url"} of the page at home. */
void slip_print_json(struct session *s, const struct card_issued *card,
    uint64_t expires_s);

#endif
