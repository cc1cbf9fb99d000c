/*
 * json_writer.h -- writes JSON (RFC 8259) into a buffer, minified.
 *
 * Numbers are passed on as the text they came as: 5.10 stays 5.10 (R40).
 * Never: reads JSON (that is jansson's, whose names ours must not repeat:
 * one program may link both), allocates.
 *
 * The writer remembers its first failure; callers write the whole document
 * and ask json_finish() once.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/span.h"

struct json_writer {
	struct buf *out;	/* borrowed until json_finish() */
	enum status failed;
	bool comma;		/* a value stands before the next one */
	unsigned depth;
};

void json_start(struct json_writer *w, struct buf *out);

/* ST_OK, or the first failure: ST_NO_SPACE; ST_INVALID where an object or
 * array is still open. */
MUST_CHECK enum status json_finish(struct json_writer *w);

/* `key` NULL inside an array or at the top; otherwise the member's name. */
void json_object_begin(struct json_writer *w, const char *key);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w, const char *key);
void json_array_end(struct json_writer *w);

/* Text is UTF-8; bytes that are not become U+FFFD, so that what leaves is
 * valid.  Control characters are escaped. */
void json_span(struct json_writer *w, const char *key, struct span text);
void json_text(struct json_writer *w, const char *key, const char *text);

/* A string in pieces, for text that is made on the way (a narrative).  A
 * piece must not end inside a UTF-8 sequence. */
void json_string_begin(struct json_writer *w, const char *key);
void json_string_add(struct json_writer *w, struct span piece);
void json_string_end(struct json_writer *w);

void json_uint(struct json_writer *w, const char *key, uint64_t value);
void json_bool(struct json_writer *w, const char *key, bool value);
void json_nothing(struct json_writer *w, const char *key);

/* `number` must be a JSON number already, otherwise ST_INVALID is kept. */
void json_number(struct json_writer *w, const char *key, struct span number);

/* `json` is a JSON value already, from a writer of ours: it is not checked. */
void json_raw(struct json_writer *w, const char *key, struct span json);

/* base64 with padding of `bytes`, as a string. */
void json_base64(struct json_writer *w, const char *key, struct span bytes);

/* base64url without padding of `bytes`, as a string. */
void json_base64url(struct json_writer *w, const char *key, struct span bytes);

#endif
