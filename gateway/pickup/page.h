/*
 * page.h -- the pickup page, part of the program (gateway/web/README.md).
 */
#ifndef PICKUP_PAGE_H
#define PICKUP_PAGE_H

#include "base/span.h"
#include "config/config.h"

/*
 * Fills the placeholders from `config`, HTML-escaped.
 * ST_OK; ST_NO_SPACE; ST_NOT_FOUND where the page names one that is unknown.
 */
MUST_CHECK enum status page_prepare(const struct config *config);

/* The page; valid until the process ends. */
struct span page_bytes(void);

/* Its Content-Security-Policy; static storage. */
const char *page_policy(void);

/* Fills `page` into `out`; part of page_prepare(), for tests. */
MUST_CHECK enum status
page_fill(struct span page, const struct config *config, struct buf *out);

#endif
