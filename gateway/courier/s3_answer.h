/* s3_answer.h -- what S3 stores answer in XML.  Pure; whatever is not whole is
 * not believed. */
#ifndef COURIER_S3_ANSWER_H
#define COURIER_S3_ANSWER_H

#include "base/span.h"

/* Appends "Code: Message" of an <Error>, printable ASCII only, cut to what
 * fits; nothing where it is none. */
void s3_error(struct span body, struct buf *out);

enum s3_versioning { S3_NEVER, S3_SUSPENDED, S3_ENABLED };

/* GET ?versioning.  ST_OK or ST_MALFORMED. */
MUST_CHECK enum status
s3_versioning(struct span body, enum s3_versioning *out);

/*
 * GET ?lifecycle: after how many days objects called `prefix`... are deleted,
 * the least of the rules in force that apply to all of them; 0: by none.
 * Rules that ask for tags or sizes apply to none.  ST_OK or ST_MALFORMED.
 */
MUST_CHECK enum status
s3_lifecycle(struct span body, const char *prefix, uint64_t *days);

#endif
