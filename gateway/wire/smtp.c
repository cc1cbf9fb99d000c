#include "wire/smtp.h"

#include "base/base64.h"

enum { USER_MAX = 128, SECRET_MAX = 1024 };

/* --- replies ---------------------------------------------------------------- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* Takes a word off `s` and the blanks behind it. */
static struct span
take_word(struct span *s)
{
	size_t len = 0;
	struct span word;

	while (len < s->len && s->ptr[len] != ' ' && s->ptr[len] != '\t')
		len++;
	word = span_slice(*s, 0, len);
	while (len < s->len && (s->ptr[len] == ' ' || s->ptr[len] == '\t'))
		len++;
	*s = span_slice(*s, len, s->len);
	return word;
}

static bool
is_word(struct span s, const char *word)
{
	if (s.len != strlen(word))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (upper(s.ptr[i]) != (uint8_t)word[i])
			return false;
	return true;
}

/* A line of EHLO's reply behind its code. */
static unsigned
extension_of(struct span text)
{
	struct span keyword = take_word(&text);

	if (is_word(keyword, "STARTTLS"))
		return SMTP_STARTTLS;
	if (is_word(keyword, "DSN"))
		return SMTP_DSN;
	if (!is_word(keyword, "AUTH"))
		return 0;
	while (text.len > 0)
		if (is_word(take_word(&text), "PLAIN"))
			return SMTP_AUTH_PLAIN;
	return 0;
}

/* One to three digits and what must follow them. */
static bool
take_number(struct span *s, unsigned *number)
{
	size_t i = 0;

	*number = 0;
	for (; i < s->len && i < 3 && is_digit(s->ptr[i]); i++)
		*number = *number * 10 + (unsigned)(s->ptr[i] - '0');
	*s = span_slice(*s, i, s->len);
	return i > 0;
}

static bool
take_dot(struct span *s)
{
	bool is_dot = s->len > 0 && s->ptr[0] == '.';

	if (is_dot)
		*s = span_slice(*s, 1, s->len);
	return is_dot;
}

static void
read_enhanced(struct smtp_reply *reply, struct span text)
{
	struct span word = take_word(&text);
	unsigned n[3];

	if (!take_number(&word, &n[0]) || !take_dot(&word) ||
	    !take_number(&word, &n[1]) || !take_dot(&word) ||
	    !take_number(&word, &n[2]) || word.len > 0 ||
	    n[0] != reply->code / 100)
		return;
	reply->enhanced_class = n[0];
	reply->enhanced_subject = n[1];
	reply->enhanced_detail = n[2];
}

/* A line without its end.  ST_OK: the reply's last; ST_MORE; ST_MALFORMED. */
static enum status
take_line(struct smtp_reader *r, struct span line)
{
	unsigned code;
	bool is_last = line.len == 3 || (line.len > 3 && line.ptr[3] == ' ');
	struct span text = span_slice(line, 4, line.len);

	if (line.len < 3 || !is_digit(line.ptr[0]) || !is_digit(line.ptr[1]) ||
	    !is_digit(line.ptr[2]) || (!is_last && line.ptr[3] != '-'))
		return ST_MALFORMED;
	code = (unsigned)(line.ptr[0] - '0') * 100 +
	    (unsigned)(line.ptr[1] - '0') * 10 + (unsigned)(line.ptr[2] - '0');
	if (code < 200 || code > 599 ||
	    (r->lines > 0 && code != r->reply.code))
		return ST_MALFORMED;
	r->reply.code = code;
	if (r->lines++ == 0)
		read_enhanced(&r->reply, text);
	else
		r->reply.extensions |= extension_of(text);
	if (is_last)
		return ST_OK;
	return r->lines < SMTP_LINES_MAX ? ST_MORE : ST_TOO_BIG;
}

/* See smtp.h. */
void
smtp_expect(struct smtp_reader *r)
{
	r->reply = (struct smtp_reply){ .code = 0 };
	r->lines = 0;
	r->line_len = 0;
}

/* See smtp.h.  A line ends in CR LF; LF alone is taken for it: what was said
 * is the same and decides about nothing but this reply. */
enum status
smtp_push(struct smtp_reader *r, struct span *in)
{
	enum status st = ST_MORE;

	while (st == ST_MORE && in->len > 0) {
		uint8_t c = in->ptr[0];

		*in = span_slice(*in, 1, in->len);
		if (c == 0)
			return ST_MALFORMED;
		if (c != '\n') {
			if (r->line_len == sizeof(r->line))
				return ST_TOO_BIG;
			r->line[r->line_len++] = c;
			continue;
		}
		if (r->line_len > 0 && r->line[r->line_len - 1] == '\r')
			r->line_len--;
		st = take_line(r, (struct span){ r->line, r->line_len });
		r->line_len = 0;
	}
	return st;
}

/* --- commands --------------------------------------------------------------- */

/* Nothing that could end an argument or a line. */
static bool
is_argument(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || s.ptr[i] == '<' ||
		    s.ptr[i] == '>')
			return false;
	return s.len > 0;
}

/* See smtp.h. */
enum status
smtp_ehlo(struct span domain, struct buf *out)
{
	if (!is_argument(domain))
		return ST_INVALID;
	if (out->max - out->len < domain.len + sizeof("EHLO \r\n") - 1)
		return ST_NO_SPACE;
	TRY(buf_append_text(out, "EHLO "));
	TRY(buf_append_span(out, domain));
	return buf_append_text(out, "\r\n");
}

static bool
has_nul(struct span s)
{
	return s.len > 0 && memchr(s.ptr, 0, s.len) != NULL;
}

/* See smtp.h.  base64_encode() lets its input lie at the end of the room that
 * its output takes: the secret is written once, in `out`, which the caller
 * wipes. */
enum status
smtp_auth_plain(struct span user, struct span secret, bool only_response,
    struct buf *out)
{
	size_t plain = 2 + user.len + secret.len;
	size_t coded = (plain + 2) / 3 * 4, start = out->len;
	const char *command = only_response ? "" : "AUTH PLAIN ";
	uint8_t *at;

	if (has_nul(user) || has_nul(secret) || user.len > USER_MAX ||
	    secret.len > SECRET_MAX)
		return ST_INVALID;
	if (out->max - out->len < strlen(command) + coded + 2)
		return ST_NO_SPACE;
	TRY(buf_append_text(out, command));
	at = out->ptr + out->len + coded - plain;
	at[0] = 0;
	memcpy(at + 1, user.ptr, user.len);
	at[1 + user.len] = 0;
	memcpy(at + 2 + user.len, secret.ptr, secret.len);
	if (base64_encode((struct span){ at, plain }, out) != ST_OK) {
		out->len = start;
		return ST_NO_SPACE;
	}
	return buf_append_text(out, "\r\n");
}

/* RFC 3461 section 4: what would be read as an escape is escaped. */
static enum status
put_xtext(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = (char)s.ptr[i];

		if (c == '+' || c == '=')
			TRY(buf_append_text(out, c == '+' ? "+2B" : "+3D"));
		else
			TRY(buf_append(out, &c, 1));
	}
	return ST_OK;
}

static enum status
put_mail(struct span from, bool has_dsn, struct span envelope, struct buf *out)
{
	TRY(buf_append_text(out, "MAIL FROM:<"));
	TRY(buf_append_span(out, from));
	/* A bounce need not carry the text back. */
	TRY(buf_append_text(out, has_dsn ? "> RET=HDRS" : ">"));
	if (has_dsn && envelope.len > 0 && envelope.len <= SMTP_ENVELOPE_MAX) {
		TRY(buf_append_text(out, " ENVID="));
		TRY(put_xtext(envelope, out));
	}
	return buf_append_text(out, "\r\n");
}

/* See smtp.h. */
enum status
smtp_mail(struct span from, bool has_dsn, struct span envelope,
    struct buf *out)
{
	size_t start = out->len;
	enum status st;

	if (!is_argument(from) || (envelope.len > 0 && !is_argument(envelope)))
		return ST_INVALID;
	st = put_mail(from, has_dsn, envelope, out);
	if (st != ST_OK)
		out->len = start;
	return st;
}

static enum status
put_rcpt(struct span to, bool has_dsn, struct buf *out)
{
	TRY(buf_append_text(out, "RCPT TO:<"));
	TRY(buf_append_span(out, to));
	TRY(buf_append_text(out, ">"));
	if (has_dsn) {
		TRY(buf_append_text(out, " NOTIFY=FAILURE ORCPT=rfc822;"));
		TRY(put_xtext(to, out));
	}
	return buf_append_text(out, "\r\n");
}

/* See smtp.h. */
enum status
smtp_rcpt(struct span to, bool has_dsn, struct buf *out)
{
	size_t start = out->len;
	enum status st;

	if (!is_argument(to))
		return ST_INVALID;
	st = put_rcpt(to, has_dsn, out);
	if (st != ST_OK)
		out->len = start;
	return st;
}

/* See smtp.h. */
enum status
smtp_data(struct span message, struct buf *out)
{
	bool at_start = true;

	for (size_t i = 0; i < message.len; i++) {
		uint8_t c = message.ptr[i];

		if (at_start && c == '.')
			TRY(buf_append_text(out, "."));
		TRY(buf_append(out, &c, 1));
		at_start = c == '\n';
	}
	if (!at_start)
		TRY(buf_append_text(out, "\r\n"));
	return buf_append_text(out, ".\r\n");
}
