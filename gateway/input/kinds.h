/*
 * kinds.h -- which kind of input a file is: what its source says, or, where
 * that is `auto`, what its first bytes say.  The table is in kinds.c.
 */
#ifndef INPUT_KINDS_H
#define INPUT_KINDS_H

#include "input/input.h"

/*
 *   ST_OK           *kind is set
 *   ST_NOT_FOUND    a PDF or a TIFF: nothing by itself, another file names it
 *   ST_UNSUPPORTED  nothing that we take
 */
MUST_CHECK enum status kinds_find(const struct config_source *source,
    struct span bytes, const struct input_kind **kind);

/* True where the first bytes of a file make it somebody's attachment. */
bool kinds_is_attachment(struct span bytes);

#endif
