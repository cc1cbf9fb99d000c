/* span.h -- borrowed bytes (struct span) and owned bytes (struct buf). */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"

/* Bytes that somebody else owns; valid only as long as the owner says. */
struct span {
	const uint8_t *ptr;
	size_t         len;	/* bytes */
};

/* Bytes appended into storage that the caller owns; never grows. */
struct buf {
	uint8_t *ptr;
	size_t   len;		/* bytes used */
	size_t   max;		/* bytes available */
};

/* A span over a C string, without its NUL. */
static inline struct span
span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

/* Not constant time: never for secrets, see crypto/constant_time.h. */
static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
span_is(struct span a, const char *text)
{
	return span_equal(a, span_of(text));
}

/* Bytes [from, from + len) of `s`, clipped to what there is. */
static inline struct span
span_slice(struct span s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct span){ s.len == 0 ? s.ptr : s.ptr + from, len };
}

static inline struct buf
buf_over(void *storage, size_t size)
{
	return (struct buf){ storage, 0, size };
}

static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->ptr, b->len };
}

/* ST_OK, or ST_NO_SPACE with `b` untouched. */
static inline MUST_CHECK enum status
buf_append(struct buf *b, const void *src, size_t len)
{
	if (len > b->max - b->len)
		return ST_NO_SPACE;
	if (len > 0)
		memcpy(b->ptr + b->len, src, len);
	b->len += len;
	return ST_OK;
}

/* ST_OK, or ST_NO_SPACE with `b` untouched. */
static inline MUST_CHECK enum status
buf_append_span(struct buf *b, struct span s)
{
	return buf_append(b, s.ptr, s.len);
}

/* ST_OK, or ST_NO_SPACE with `b` untouched. */
static inline MUST_CHECK enum status
buf_append_text(struct buf *b, const char *text)
{
	return buf_append(b, text, strlen(text));
}

#endif
