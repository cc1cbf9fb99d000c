/* dialect_text.h -- the pieces that the dialects build requests from. */
#ifndef COURIER_DIALECT_TEXT_H
#define COURIER_DIALECT_TEXT_H

#include "base/span.h"
#include "config/config.h"

enum {
	/* Sealed objects close at most 30 days after they were made
	 * (bundle.window); the next run of a daily rule is within one more. */
	LIFECYCLE_OBJECT_DAYS = 31,
	/* An index is rewritten seldom and lives as long as its card. */
	LIFECYCLE_INDEX_SPARE_DAYS = 31,
	DECIMAL_MAX = 20		/* digits of a uint64_t */
};

/* For S3's rule: days after which an index that was not rewritten has
 * outlived every card of this configuration. */
uint64_t lifecycle_index_days(const struct config *config);

/* Appends "Name: value\r\n".  ST_OK; ST_NO_SPACE; ST_INVALID where the value
 * has a control character: it could end the header. */
MUST_CHECK enum status
text_header(struct buf *out, const char *name, struct span value);

/* Appends a decimal number.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status text_decimal(struct buf *out, uint64_t value);

#endif
