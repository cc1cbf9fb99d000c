#include "config/values.h"

#include <stdio.h>

#include "config/address.h"
#include "config/codes.h"
#include "config/config.h"
#include "config/fingerprints.h"
#include "config/interface.h"
#include "config/networks.h"
#include "config/remote.h"
#include "config/senders.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* --- text ------------------------------------------------------------------ */

static enum status
keep_text(const struct value_row *row, void *field, struct span text)
{
	char *out = field;

	if (text.len < row->least || text.len > row->most ||
	    text.len >= row->size)
		return ST_INVALID;
	if (text.len > 0)
		memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return ST_OK;
}

static enum status
set_id(const struct value_row *row, void *field, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_lower(text.ptr[i]) && !is_digit(text.ptr[i]) &&
		    text.ptr[i] != '-')
			return ST_INVALID;
	return keep_text(row, field, text);
}

static enum status
set_path(const struct value_row *row, void *field, struct span text)
{
	size_t start = 1;

	if (text.len == 0 || text.ptr[0] != '/')
		return ST_INVALID;
	for (size_t i = 1; i <= text.len; i++) {
		struct span part;

		if (i < text.len && text.ptr[i] != '/')
			continue;
		part = span_slice(text, start, i - start);
		if (part.len == 0 || span_is(part, ".") || span_is(part, ".."))
			return ST_INVALID;
		start = i + 1;
	}
	return keep_text(row, field, text);
}

static enum status
set_address(const struct value_row *row, void *field, struct span text)
{
	struct sockaddr_storage address;
	socklen_t len;

	TRY(address_parse(text, &address, &len));
	return keep_text(row, field, text);
}

static enum status
set_listen(const struct value_row *row, void *field, struct span text)
{
	return span_is(text, "none") ? keep_text(row, field, text)
	    : set_address(row, field, text);
}

static enum status
set_folder(const struct value_row *row, void *field, struct span text)
{
	return text.len == 0 ? keep_text(row, field, text)
	    : set_path(row, field, text);
}

static enum status
set_networks(const struct value_row *row, void *field, struct span text)
{
	TRY(networks_check(text));
	return keep_text(row, field, text);
}

static enum status
set_codes(const struct value_row *row, void *field, struct span text)
{
	TRY(codes_check(text));
	return keep_text(row, field, text);
}

static enum status
set_senders(const struct value_row *row, void *field, struct span text)
{
	TRY(senders_check(text));
	return keep_text(row, field, text);
}

static enum status
set_fingerprints(const struct value_row *row, void *field, struct span text)
{
	TRY(fingerprints_check(text));
	return keep_text(row, field, text);
}

static enum status
set_url(const struct value_row *row, void *field, struct span text)
{
	struct remote remote;

	if (text.len > 0)
		TRY(remote_parse_url(text, &remote));
	return keep_text(row, field, text);
}

static enum status
set_server(const struct value_row *row, void *field, struct span text)
{
	struct remote remote;

	if (!span_is(text, "none"))
		TRY(remote_parse_server(text, &remote));
	return keep_text(row, field, text);
}

static enum status
set_hours(const struct value_row *row, void *field, struct span text)
{
	unsigned from, until;

	TRY(hours_parse(text, &from, &until));
	return keep_text(row, field, text);
}

static enum status
set_mailbox(const struct value_row *row, void *field, struct span text)
{
	if (text.len > 0)
		TRY(mailbox_check(text));
	return keep_text(row, field, text);
}

static enum status
set_resolvers(const struct value_row *row, void *field, struct span text)
{
	struct sockaddr_storage servers[RESOLVERS_MAX];
	size_t n;

	TRY(resolvers_parse(text, servers, &n));
	return keep_text(row, field, text);
}

/* The lab port has an address that stays: others look for it. */
static enum status
set_interface(const struct value_row *row, void *field, struct span text)
{
	struct interface parsed;

	TRY(interface_parse(text, &parsed));
	return parsed.kind == INTERFACE_STATIC ? keep_text(row, field, text)
	    : ST_INVALID;
}

static enum status
set_uplink(const struct value_row *row, void *field, struct span text)
{
	struct interface parsed;

	TRY(interface_parse(text, &parsed));
	return keep_text(row, field, text);
}

static enum status
set_gateway(const struct value_row *row, void *field, struct span text)
{
	uint32_t parsed;

	TRY(gateway_parse(text, &parsed));
	return keep_text(row, field, text);
}

/* Letters, digits and hyphens, as BCP 47 has them. */
static enum status
set_language(const struct value_row *row, void *field, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_lower(text.ptr[i]) && !is_upper(text.ptr[i]) &&
		    !is_digit(text.ptr[i]) && text.ptr[i] != '-')
			return ST_INVALID;
	return keep_text(row, field, text);
}

static bool
is_port(struct span text)
{
	unsigned v = 0;

	for (size_t i = 0; i < text.len && i < 6; i++) {
		if (!is_digit(text.ptr[i]))
			return false;
		v = v * 10 + (unsigned)(text.ptr[i] - '0');
	}
	return v > 0 && v <= 65535 && text.len <= 5;
}

/* A host name, or an address without brackets: what a slip can print. */
static enum status
set_origin(const struct value_row *row, void *field, struct span text)
{
	static const char scheme[] = "https://";
	struct span host;
	size_t i = 0;

	if (!span_is(span_slice(text, 0, sizeof(scheme) - 1), scheme))
		return ST_INVALID;
	host = span_slice(text, sizeof(scheme) - 1, text.len);
	while (i < host.len && (is_lower(host.ptr[i]) ||
	    is_digit(host.ptr[i]) || host.ptr[i] == '-' ||
	    host.ptr[i] == '.'))
		i++;
	if (i == 0 || (i < host.len && (host.ptr[i] != ':' ||
	    !is_port(span_slice(host, i + 1, host.len)))))
		return ST_INVALID;
	return keep_text(row, field, text);
}

/* Enough to refuse "Europe/Paris": what follows the name is an offset. */
static enum status
set_timezone(const struct value_row *row, void *field, struct span text)
{
	size_t i = 0;

	if (text.len > 0 && text.ptr[0] == '<') {
		while (i < text.len && text.ptr[i] != '>')
			i++;
		i++;
	} else {
		while (i < text.len && (is_upper(text.ptr[i]) ||
		    is_lower(text.ptr[i])))
			i++;
	}
	if (i < 3)
		return ST_INVALID;
	if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
		i++;
	if (i >= text.len || !is_digit(text.ptr[i]) ||
	    memchr(text.ptr, ' ', text.len) != NULL)
		return ST_INVALID;
	return keep_text(row, field, text);
}

/* --- numbers --------------------------------------------------------------- */

struct unit {
	const char *name;
	uint64_t    factor;
};

static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };
static const struct unit durations[] = {
	{ "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL, 0 },
};
static const struct unit sizes[] = {
	{ "", 1 }, { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { NULL, 0 },
};

static enum status
set_number(const struct value_row *row, const struct unit *unit, void *field,
    struct span text)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < text.len && i < 15 && is_digit(text.ptr[i]); i++)
		v = v * 10 + (uint64_t)(text.ptr[i] - '0');
	if (i == 0)
		return ST_INVALID;
	while (unit->name != NULL &&
	    !span_is(span_slice(text, i, text.len), unit->name))
		unit++;
	/* At most 15 digits and a day: this cannot overflow. */
	v *= unit->factor;
	if (unit->name == NULL || v < row->least || v > row->most)
		return ST_INVALID;
	memcpy(field, &v, sizeof(v));
	return ST_OK;
}

static enum status
set_count(const struct value_row *row, void *field, struct span text)
{
	return set_number(row, plain, field, text);
}

static enum status
set_duration(const struct value_row *row, void *field, struct span text)
{
	return set_number(row, durations, field, text);
}

static enum status
set_size(const struct value_row *row, void *field, struct span text)
{
	return set_number(row, sizes, field, text);
}

/* --- choices --------------------------------------------------------------- */

/* The `n`th word of "a|b|c"; empty after the last. */
static struct span
nth_word(const char *words, unsigned n)
{
	const char *end;

	while (n > 0 && (words = strchr(words, '|')) != NULL) {
		words++;
		n--;
	}
	if (words == NULL)
		return (struct span){ NULL, 0 };
	end = strchr(words, '|');
	return (struct span){ (const uint8_t *)words,
	    end == NULL ? strlen(words) : (size_t)(end - words) };
}

/* The field is a bool or an enum; enums here have the shape of unsigned. */
_Static_assert(sizeof(enum charset_choice) == sizeof(unsigned) &&
    sizeof(enum ack_mode) == sizeof(unsigned) &&
    sizeof(enum drop_kind) == sizeof(unsigned) &&
    sizeof(enum source_format) == sizeof(unsigned), "enums are stored as unsigned");

static enum status
set_choice(const struct value_row *row, void *field, struct span text)
{
	struct span word;

	for (unsigned n = 0; (word = nth_word(row->words, n)).len > 0; n++) {
		bool is_set = n != 0;

		if (!span_equal(word, text))
			continue;
		if (row->size == sizeof(bool))
			memcpy(field, &is_set, sizeof(is_set));
		else
			memcpy(field, &n, sizeof(n));
		return ST_OK;
	}
	return ST_INVALID;
}

static unsigned
choice_of(const struct value_row *row, const void *field)
{
	unsigned n;
	bool is_set;

	if (row->size == sizeof(bool)) {
		memcpy(&is_set, field, sizeof(is_set));
		return is_set;
	}
	memcpy(&n, field, sizeof(n));
	return n;
}

/* --- places in a message --------------------------------------------------- */

/* "1" to "99", then the end or a full stop. */
static size_t
position(struct span s, size_t at)
{
	size_t i = at;

	while (i < s.len && i < at + 2 && is_digit(s.ptr[i]))
		i++;
	return i > at && s.ptr[at] != '0' ? i : 0;
}

/* 9.21, 9.4.2, line-9: places in HPRIM files. */
static bool
is_hprim_field(struct span s)
{
	size_t i;

	if (span_is(span_slice(s, 0, 5), "line-"))
		return position(s, 5) == s.len;
	i = position(s, 0);
	for (int level = 0; i > 0 && level < 2 && (level == 0 || i < s.len);
	    level++)
		i = i < s.len && s.ptr[i] == '.' ? position(s, i + 1) : 0;
	return s.len > 0 && i == s.len;
}

/* PID-3, OBR-20, ZPC-1.2: segment, field, component, subcomponent. */
static bool
is_field(struct span s)
{
	size_t i;

	if (is_hprim_field(s))
		return true;
	if (s.len < 5 || !is_upper(s.ptr[0]) || s.ptr[3] != '-')
		return false;
	for (i = 1; i < 3; i++)
		if (!is_upper(s.ptr[i]) && !is_digit(s.ptr[i]))
			return false;
	i = position(s, 4);
	for (int level = 0; level < 2 && i > 0 && i < s.len; level++)
		i = s.ptr[i] == '.' ? position(s, i + 1) : 0;
	return i == s.len;
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static enum status
set_fields(const struct value_row *row, void *field, struct span text)
{
	char (*paths)[16] = field;
	size_t n = 0, start = 0;

	memset(field, 0, row->size);
	for (size_t i = 0; i <= text.len; i++) {
		struct span one;

		if (i < text.len && text.ptr[i] != ',')
			continue;
		one = trim(span_slice(text, start, i - start));
		if (n == CONFIG_PATHS_MAX || one.len >= sizeof(paths[0]) ||
		    !is_field(one))
			return ST_INVALID;
		memcpy(paths[n++], one.ptr, one.len);
		start = i + 1;
	}
	return ST_OK;
}

static enum status
put_fields(const void *field, struct buf *out)
{
	const char (*paths)[16] = field;

	for (size_t i = 0; i < CONFIG_PATHS_MAX && paths[i][0] != '\0'; i++) {
		if (i > 0)
			TRY(buf_append_text(out, ", "));
		TRY(buf_append_text(out, paths[i]));
	}
	return ST_OK;
}

/* --- the table ------------------------------------------------------------- */

typedef enum status set_fn(const struct value_row *row, void *field,
    struct span text);

static set_fn *const setters[VALUE_KINDS] = {
	[VALUE_ID]       = set_id,
	[VALUE_TEXT]     = keep_text,
	[VALUE_PATH]     = set_path,
	[VALUE_ADDRESS]  = set_address,
	[VALUE_ORIGIN]   = set_origin,
	[VALUE_COUNT]    = set_count,
	[VALUE_DURATION] = set_duration,
	[VALUE_SIZE]     = set_size,
	[VALUE_FIELDS]   = set_fields,
	[VALUE_CHOICE]   = set_choice,
	[VALUE_TIMEZONE] = set_timezone,
	[VALUE_LISTEN]   = set_listen,
	[VALUE_NETWORKS] = set_networks,
	[VALUE_FINGERPRINTS] = set_fingerprints,
	[VALUE_SENDERS]  = set_senders,
	[VALUE_LANGUAGE] = set_language,
	[VALUE_PATTERN]  = keep_text,	/* config_check() looks into it */
	[VALUE_FOLDER]   = set_folder,
	[VALUE_CODES]    = set_codes,
	[VALUE_URL]      = set_url,
	[VALUE_SERVER]   = set_server,
	[VALUE_HOURS]    = set_hours,
	[VALUE_MAILBOX]  = set_mailbox,
	[VALUE_RESOLVERS] = set_resolvers,
	[VALUE_INTERFACE] = set_interface,
	[VALUE_UPLINK]   = set_uplink,
	[VALUE_GATEWAY]  = set_gateway,
};

/* See values.h. */
enum status
value_set(const struct value_row *row, void *owner, struct span text)
{
	return setters[row->kind](row, (uint8_t *)owner + row->offset, text);
}

static enum status
put_number(const void *field, const char *unit, struct buf *out)
{
	char text[32];
	uint64_t v;

	memcpy(&v, field, sizeof(v));
	snprintf(text, sizeof(text), "%llu%s", (unsigned long long)v, unit);
	return buf_append_text(out, text);
}

/* See values.h. */
enum status
value_put(const struct value_row *row, const void *owner, struct buf *out)
{
	const void *field = (const uint8_t *)owner + row->offset;

	switch (row->kind) {
	case VALUE_COUNT:
	case VALUE_SIZE:
		return put_number(field, "", out);
	case VALUE_DURATION:
		return put_number(field, "s", out);
	case VALUE_CHOICE:
		return buf_append_span(out, nth_word(row->words,
		    choice_of(row, field)));
	case VALUE_FIELDS:
		return put_fields(field, out);
	default:
		return buf_append_text(out, field);
	}
}
