#include "wire/sms_template.h"

static const char *const place_name[SMS_PLACES] = {
#define X(name, text) [SMS_##name] = text,
	SMS_PLACE_MAP(X)
#undef X
};

static const char hex[] = "0123456789ABCDEF";

/* A template in pieces: bytes as they are, then perhaps a place. */
struct piece {
	struct span bytes, name;	/* name: empty at the end */
};

/* Bytes of the place that begins at the start of `s`; 0: none does. */
static size_t
place_bytes(struct span s)
{
	size_t i = 1;

	if (s.len == 0 || s.ptr[0] != '{')
		return 0;
	while (i < s.len && ((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ||
	    s.ptr[i] == '_'))
		i++;
	return i > 1 && i < s.len && s.ptr[i] == '}' ? i + 1 : 0;
}

/* Takes the next piece off `s`. */
static struct piece
take_piece(struct span *s)
{
	struct piece p = { .bytes = *s };

	for (size_t i = 0; i < s->len; i++) {
		size_t len = place_bytes(span_slice(*s, i, s->len));

		if (len == 0)
			continue;
		p.bytes = span_slice(*s, 0, i);
		p.name = span_slice(*s, i + 1, len - 2);
		*s = span_slice(*s, i + len, s->len);
		return p;
	}
	*s = span_slice(*s, s->len, 0);
	return p;
}

static enum status
find_place(struct span name, enum sms_place *place)
{
	for (enum sms_place i = SMS_USER; i < SMS_PLACES; i++)
		if (span_is(name, place_name[i])) {
			*place = i;
			return ST_OK;
		}
	return ST_NOT_FOUND;
}

/* See sms_template.h. */
enum status
sms_template_check(struct span text, unsigned *places, struct span *unknown)
{
	enum sms_place place = SMS_USER;
	unsigned found = 0;

	while (text.len > 0) {
		struct piece p = take_piece(&text);

		if (p.name.len == 0)
			break;
		*unknown = p.name;
		TRY(find_place(p.name, &place));
		found |= 1u << place;
	}
	*places = found;
	return ST_OK;
}

/* --- values ----------------------------------------------------------------- */

/* RFC 3986 section 2.3. */
static bool
is_unreserved(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

static enum status
put_form(uint8_t c, struct buf *out)
{
	char code[3] = { '%', hex[c >> 4], hex[c & 15] };

	return is_unreserved(c) ? buf_append(out, &c, 1)
	    : buf_append(out, code, sizeof(code));
}

static enum status
put_json(uint8_t c, struct buf *out)
{
	char code[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	if (c == '"' || c == '\\')
		TRY(buf_append_text(out, "\\"));
	return c < ' ' ? buf_append(out, code, sizeof(code))
	    : buf_append(out, &c, 1);
}

static enum status
put_header(uint8_t c, struct buf *out)
{
	return c < ' ' || c == 0x7f ? ST_INVALID : buf_append(out, &c, 1);
}

static enum status
put_value(struct span value, enum sms_escape escape, struct buf *out)
{
	static enum status (*const put[])(uint8_t, struct buf *) = {
		[SMS_AS_FORM] = put_form,
		[SMS_AS_JSON] = put_json,
		[SMS_AS_HEADER] = put_header,
	};

	for (size_t i = 0; i < value.len; i++)
		TRY(put[escape](value.ptr[i], out));
	return ST_OK;
}

/* See sms_template.h. */
enum status
sms_template_fill(struct span text, enum sms_escape escape,
    const struct span value[static SMS_PLACES], struct buf *out)
{
	enum sms_place place = SMS_USER;

	while (text.len > 0) {
		struct piece p = take_piece(&text);

		TRY(buf_append_span(out, p.bytes));
		if (p.name.len == 0)
			break;
		TRY(find_place(p.name, &place));
		TRY(put_value(value[place], escape, out));
	}
	return ST_OK;
}
