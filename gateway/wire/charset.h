/*
 * charset.h -- from a message's character set to UTF-8.
 *
 * HL70211's single-byte sets and UTF-8, and what HPRIM files are written in,
 * with tables of our own.  Windows-1252 stands for ISO-8859-1 too, because
 * those who say the one send the other.  Not: ISO 2022, UTF-16, which no
 * MLLP frame can carry.
 */
#ifndef WIRE_CHARSET_H
#define WIRE_CHARSET_H

#include "base/span.h"

enum charset {
	CHARSET_IS_UTF8,
	CHARSET_IS_LATIN9,		/* ISO-8859-15 */
	CHARSET_IS_WINDOWS1252,
	CHARSET_IS_8859_2, CHARSET_IS_8859_3, CHARSET_IS_8859_4,
	CHARSET_IS_8859_5, CHARSET_IS_8859_6, CHARSET_IS_8859_7,
	CHARSET_IS_8859_8, CHARSET_IS_8859_9,
	CHARSET_IS_CP850, CHARSET_IS_MACROMAN,
	CHARSET_COUNT
};

/* Bytes 0x80-0xff of each set; U+FFFD where it defines nothing.  The row of
 * CHARSET_IS_UTF8 is not used.  charset_tables.c. */
extern const uint16_t charset_upper[CHARSET_COUNT][128];

/* True where `s` is UTF-8 (RFC 3629: no surrogate, nothing overlong). */
bool charset_is_utf8(struct span s);

/* True where `s` is ASCII. */
bool charset_is_ascii(struct span s);

/* True where `s` begins with UTF-8's byte order mark. */
bool charset_has_mark(struct span s);

/*
 * What MSH-18 (HL70211) says, its first repetition, unescaped.
 *
 *   ST_OK
 *   ST_NOT_FOUND    empty, or ASCII: look at the bytes
 *   ST_UNSUPPORTED  a set that this reader has no table for
 */
MUST_CHECK enum status
charset_by_name(struct span name, enum charset *set);

/*
 * Decides how `message` is written.  `declared` is its MSH-18.
 * A byte order mark wins, then the declaration, then the bytes: valid UTF-8
 * is UTF-8, anything else Windows-1252.
 *
 *   ST_OK
 *   ST_CORRUPT      declared UTF-8 or ASCII and is not: `set` is set, to
 *                   what the bytes look like
 *   ST_UNSUPPORTED  declared as something unknown, and not plain ASCII
 */
MUST_CHECK enum status
charset_detect(struct span message, struct span declared, enum charset *set);

/* Bytes that charset_to_utf8() writes for `len` bytes at the most. */
size_t charset_most(size_t len);

/*
 * Appends `in` as UTF-8.  What has no meaning in the set becomes U+FFFD, so
 * that the result is always valid.  ST_OK or ST_NO_SPACE.
 */
MUST_CHECK enum status
charset_to_utf8(struct span in, enum charset set, struct buf *out);

#endif
