#include "config/config.h"

#include <stdarg.h>
#include <stdio.h>

#include "config/keys.h"

enum { VALUE_SHOWN = 120 };	/* bytes of a wrong value in its error */

/* What the parser knows while it goes down the file. */
struct reader {
	struct config       *config;
	struct config_error *error;
	unsigned             line;
	struct config_source *source;	/* NULL: before the first section */
	uint64_t             seen;	/* rows of the section, as bits */
	unsigned             seen_sources;
};

/* --- defaults -------------------------------------------------------------- */

static void
set_defaults(const struct value_row *rows, size_t n, void *owner)
{
	for (size_t i = 0; i < n; i++)
		if (value_set(&rows[i], owner, span_of(rows[i].initial)) !=
		    ST_OK)
			/* A wrong default is found by the first unit test. */
			memset((uint8_t *)owner + rows[i].offset, 0,
			    rows[i].size);
}

static void
init_source(struct config_source *source, struct span name)
{
	memset(source, 0, sizeof(*source));
	set_defaults(config_source_keys, config_n_source_keys, source);
	memcpy(source->name, name.ptr, name.len);
}

/* See config.h. */
void
config_init(struct config *config)
{
	memset(config, 0, sizeof(*config));
	set_defaults(config_keys, config_n_keys, config);
	init_source(&config->source[0], span_of("default"));
	config->n_sources = 1;
}

/* --- errors ---------------------------------------------------------------- */

/* For "%.*s". */
static int
shown(struct span s)
{
	return s.len < VALUE_SHOWN ? (int)s.len : VALUE_SHOWN;
}

#define TEXT(span) shown(span), (const char *)(span).ptr

__attribute__((format(printf, 2, 3)))
static enum status
fail(struct reader *r, const char *format, ...)
{
	va_list args;

	r->error->line = r->line;
	va_start(args, format);
	vsnprintf(r->error->text, sizeof(r->error->text), format, args);
	va_end(args);
	return ST_INVALID;
}

static enum status
fail_unknown(struct reader *r, struct span key)
{
	const struct value_row *like;
	bool in_source = r->source != NULL;

	if (in_source && keys_find(config_keys, config_n_keys, key) != NULL)
		return fail(r, "%.*s: belongs above the first [source NAME] "
		    "section", TEXT(key));
	if (!in_source && keys_find(config_source_keys, config_n_source_keys,
	    key) != NULL)
		return fail(r, "%.*s: belongs below a [source NAME] line",
		    TEXT(key));
	like = in_source
	    ? keys_like(config_source_keys, config_n_source_keys, key)
	    : keys_like(config_keys, config_n_keys, key);
	if (like != NULL)
		return fail(r, "%.*s: unknown key; did you mean %s?",
		    TEXT(key), like->key);
	return fail(r, "%.*s: unknown key; guichetd --example-config lists "
	    "all keys", TEXT(key));
}

static enum status
fail_value(struct reader *r, const struct value_row *row, struct span value)
{
	if (row->kind == VALUE_CHOICE) {
		char words[96];
		size_t n = 0;

		for (const char *p = row->allowed; *p != '\0' &&
		    n + 3 < sizeof(words); p++) {
			words[n++] = *p == '|' ? ',' : *p;
			if (*p == '|')
				words[n++] = ' ';
		}
		words[n] = '\0';
		return fail(r, "%s = %.*s: must be one of: %s", row->key,
		    TEXT(value), words);
	}
	return fail(r, "%s = %.*s: must be %s", row->key, TEXT(value),
	    row->allowed);
}

/* --- lines ----------------------------------------------------------------- */

static struct span
trim(struct span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == '\t' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

static enum status
read_pair(struct reader *r, struct span key, struct span value)
{
	const struct value_row *rows = r->source ? config_source_keys
	    : config_keys;
	size_t n = r->source ? config_n_source_keys : config_n_keys;
	const struct value_row *row = keys_find(rows, n, key);
	void *owner = r->source ? (void *)r->source : (void *)r->config;
	uint64_t bit;

	if (row == NULL)
		return fail_unknown(r, key);
	bit = UINT64_C(1) << (row - rows);
	if (r->seen & bit)
		return fail(r, "%s: set twice%s; keep one of the lines",
		    row->key, r->source ? " in this section" : "");
	r->seen |= bit;
	if (value_set(row, owner, value) != ST_OK)
		return fail_value(r, row, value);
	return ST_OK;
}

static bool
is_source_name(struct span name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	for (size_t i = 0; i < name.len; i++)
		if (memchr(allowed, name.ptr[i], sizeof(allowed) - 1) == NULL)
			return false;
	return name.len > 0 &&
	    name.len < sizeof(((struct config_source *)0)->name);
}

static enum status
open_source(struct reader *r, struct span name)
{
	struct config *c = r->config;
	unsigned i = 0;

	while (i < c->n_sources && !span_is(name, c->source[i].name))
		i++;
	if (r->seen_sources & 1U << i)
		return fail(r, "[source %.*s]: there are two sections of this "
		    "name; join them", TEXT(name));
	if (i == CONFIG_SOURCES_MAX)
		return fail(r, "[source %.*s]: at most %d sources, with the "
		    "one named default", TEXT(name), CONFIG_SOURCES_MAX);
	if (i == c->n_sources)
		init_source(&c->source[c->n_sources++], name);
	r->seen_sources |= 1U << i;
	r->seen = 0;
	r->source = &c->source[i];
	return ST_OK;
}

static enum status
read_section(struct reader *r, struct span line)
{
	static const char word[] = "source ";
	struct span name = { NULL, 0 };

	if (line.ptr[line.len - 1] == ']' &&
	    span_is(span_slice(line, 1, sizeof(word) - 1), word))
		name = trim(span_slice(line, sizeof(word),
		    line.len - sizeof(word) - 1));
	if (!is_source_name(name))
		return fail(r, "%.*s: a section is [source NAME], NAME at "
		    "most 63 of A-Z, a-z, 0-9, dot, hyphen, underscore",
		    TEXT(line));
	return open_source(r, name);
}

/* Bytes of the UTF-8 sequence at `s`; 0 where it is none, or a control
 * character.  RFC 3629 section 4, but for overlong three-byte forms. */
static size_t
sequence(struct span s)
{
	uint8_t c = s.ptr[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3
	    : c < 0xf5 ? 4 : 0;

	if ((c < 0x20 && c != '\t') || c == 0x7f || n > s.len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s.ptr[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static bool
is_text(struct span s)
{
	while (s.len > 0) {
		size_t n = sequence(s);

		if (n == 0)
			return false;
		s = span_slice(s, n, s.len);
	}
	return true;
}

static enum status
read_line(struct reader *r, struct span line)
{
	const uint8_t *equals;
	size_t at;

	line = trim(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return ST_OK;
	if (!is_text(line))
		return fail(r, "bytes that are not UTF-8 text; save the file "
		    "as UTF-8");
	if (line.ptr[0] == '[')
		return read_section(r, line);
	equals = memchr(line.ptr, '=', line.len);
	if (equals == NULL)
		return fail(r, "%.*s: must be KEY = VALUE, [source NAME] or a "
		    "# comment", TEXT(line));
	at = (size_t)(equals - line.ptr);
	return read_pair(r, trim(span_slice(line, 0, at)),
	    trim(span_slice(line, at + 1, line.len)));
}

/* See config.h. */
enum status
config_parse(struct config *config, struct span text, struct config_error *error)
{
	struct reader r = { .config = config, .error = error };

	*error = (struct config_error){ 0 };
	config_init(config);
	if (span_is(span_slice(text, 0, 3), "\xef\xbb\xbf"))
		text = span_slice(text, 3, text.len);
	while (text.len > 0) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		size_t len = end ? (size_t)(end - text.ptr) : text.len;

		r.line++;
		TRY(read_line(&r, span_slice(text, 0, len)));
		text = span_slice(text, len + 1, text.len);
	}
	return ST_OK;
}

/* --- slices ---------------------------------------------------------------- */

static unsigned
role_bit(enum role_id role)
{
	switch (role) {
	case ROLE_INTAKE:
		return TO_INTAKE;
	case ROLE_VAULT:
		return TO_VAULT;
	case ROLE_PICKUP:
		return TO_PICKUP;
	case ROLE_DESK:
		return TO_DESK;
	case ROLE_SPOOL:
		return TO_SPOOL;
	default:
		return 0;
	}
}

static enum status
put_rows(const struct value_row *rows, size_t n, const void *owner,
    unsigned roles, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if ((rows[i].roles & roles) == 0)
			continue;
		TRY(buf_append_text(out, rows[i].key));
		TRY(buf_append_text(out, " = "));
		TRY(value_put(&rows[i], owner, out));
		TRY(buf_append_text(out, "\n"));
	}
	return ST_OK;
}

/* See config.h. */
enum status
config_slice(const struct config *config, enum role_id role, struct buf *out)
{
	unsigned roles = role_bit(role);

	TRY(put_rows(config_keys, config_n_keys, config, roles, out));
	if (roles != TO_INTAKE && roles != TO_SPOOL)
		return ST_OK;
	for (unsigned i = 0; i < config->n_sources; i++) {
		TRY(buf_append_text(out, "[source "));
		TRY(buf_append_text(out, config->source[i].name));
		TRY(buf_append_text(out, "]\n"));
		TRY(put_rows(config_source_keys, config_n_source_keys,
		    &config->source[i], roles, out));
	}
	return ST_OK;
}
