#include "wire/mail_message.h"

#include <stdio.h>

#include "base/base64.h"

/* RFC 2047 section 2: a line has 76 characters, of which "Subject: " is 9 and
 * "=?utf-8?B?" and "?=" are 12; the 52 of base64 then hold 39 bytes. */
enum { WORD_BYTES = 39, PLAIN_MAX = 60, LINE_MAX_CHARS = 75 };

/* --- headers ---------------------------------------------------------------- */

/* A header may carry it as it is, in quotation marks too. */
static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c < ' ' || c > '~' || strchr("\"\\=?<>@,;:()[]", c) != NULL)
			return false;
	}
	return text.len > 0 && text.len <= PLAIN_MAX && text.ptr[0] != ' ' &&
	    text.ptr[text.len - 1] != ' ';
}

/* Bytes of `text` for one encoded word: whole characters (RFC 2047 section
 * 5). */
static size_t
word_bytes(struct span text)
{
	size_t len = WORD_BYTES;

	if (text.len <= WORD_BYTES)
		return text.len;
	while (len > WORD_BYTES - 3 && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static enum status
put_encoded(struct span text, struct buf *out)
{
	const char *before = " =?utf-8?B?";

	while (text.len > 0) {
		size_t len = word_bytes(text);

		TRY(buf_append_text(out, before));
		before = "\r\n =?utf-8?B?";
		TRY(base64_encode(span_slice(text, 0, len), out));
		TRY(buf_append_text(out, "?="));
		text = span_slice(text, len, text.len);
	}
	return ST_OK;
}

static enum status
put_header(const char *name, struct span value, struct buf *out)
{
	TRY(buf_append_text(out, name));
	TRY(buf_append_text(out, ": "));
	TRY(buf_append_span(out, value));
	return buf_append_text(out, "\r\n");
}

static enum status
put_subject(struct span text, struct buf *out)
{
	if (is_plain(text))
		return put_header("Subject", text, out);
	TRY(buf_append_text(out, "Subject:"));
	TRY(put_encoded(text, out));
	return buf_append_text(out, "\r\n");
}

static enum status
put_from(const struct mail_message *m, struct buf *out)
{
	TRY(buf_append_text(out, "From:"));
	if (is_plain(m->from_name)) {
		TRY(buf_append_text(out, " \""));
		TRY(buf_append_span(out, m->from_name));
		TRY(buf_append_text(out, "\""));
	} else {
		TRY(put_encoded(m->from_name, out));
	}
	TRY(buf_append_text(out, m->from_name.len > 0 ? "\r\n <" : " <"));
	TRY(buf_append_span(out, m->from));
	return buf_append_text(out, ">\r\n");
}

/* The Gregorian calendar, counted in years that begin in March. */
static void
civil_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	enum { DAYS_400 = 146097, FROM_MARCH_0000 = 719468 };
	uint64_t z = days + FROM_MARCH_0000;
	uint64_t era = z / DAYS_400, d = z % DAYS_400;
	uint64_t y = (d - d / 1460 + d / 36524 - d / (DAYS_400 - 1)) / 365;
	uint64_t of_year = d - (365 * y + y / 4 - y / 100);
	uint64_t m = (5 * of_year + 2) / 153;

	*day = (unsigned)(of_year - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = (unsigned)(y + era * 400 + (*month <= 2));
}

/* RFC 5322 section 3.3. */
static enum status
put_date(uint64_t now_s, struct buf *out)
{
	static const char week[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	unsigned year, month, day, s = (unsigned)(now_s % 86400);
	char text[64];

	civil_of(now_s / 86400, &year, &month, &day);
	snprintf(text, sizeof(text), "%.3s, %u %.3s %04u %02u:%02u:%02u +0000",
	    week + 3 * (now_s / 86400 % 7), day, months + 3 * (month - 1),
	    year % 10000, s / 3600, s / 60 % 60, s % 60);
	return put_header("Date", span_of(text), out);
}

/* See mail_message.h. */
struct span
mail_domain(struct span address)
{
	for (size_t i = address.len; i-- > 0;)
		if (address.ptr[i] == '@')
			return span_slice(address, i + 1, address.len);
	return (struct span){ NULL, 0 };
}

static enum status
put_message_id(const struct mail_message *m, struct buf *out)
{
	TRY(buf_append_text(out, "Message-ID: <"));
	TRY(buf_append_span(out, m->reference));
	TRY(buf_append_text(out, "@"));
	TRY(buf_append_span(out, mail_domain(m->from)));
	return buf_append_text(out, ">\r\n");
}

/* --- the body: RFC 2045 section 6.7 ----------------------------------------- */

/* As it is, unless a line could be taken for the end of the message, for an
 * mbox's next one, or loses its last blank. */
static bool
is_literal(uint8_t c, bool at_start, bool at_end)
{
	if (c == ' ')
		return !at_end;
	if (at_start && (c == '.' || c == 'F' || c == '-'))
		return false;
	return c > ' ' && c <= '~' && c != '=';
}

static enum status
put_body(struct span body, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t column = 0;

	for (size_t i = 0; i < body.len; i++) {
		uint8_t c = body.ptr[i];
		bool at_end = i + 1 == body.len || body.ptr[i + 1] == '\n';
		char code[3] = { '=', hex[c >> 4], hex[c & 15] };
		size_t len = is_literal(c, column == 0, at_end) ? 1 : 3;

		if (c == '\n') {
			TRY(buf_append_text(out, "\r\n"));
			column = 0;
			continue;
		}
		if (column + len > LINE_MAX_CHARS) {
			TRY(buf_append_text(out, "=\r\n"));
			column = 0;
			len = is_literal(c, true, at_end) ? 1 : 3;
		}
		TRY(buf_append(out, len == 1 ? (const char *)&c : code, len));
		column += len;
	}
	return column == 0 ? ST_OK : buf_append_text(out, "\r\n");
}

/* See mail_message.h. */
enum status
mail_message_write(const struct mail_message *m, struct buf *out)
{
	TRY(put_date(m->now_s, out));
	TRY(put_from(m, out));
	TRY(put_header("To", m->to, out));
	TRY(put_subject(m->subject, out));
	TRY(put_message_id(m, out));
	/* RFC 3834: no "out of office" comes back. */
	TRY(buf_append_text(out, "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
	return put_body(m->body, out);
}
