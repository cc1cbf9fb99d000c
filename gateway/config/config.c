#include "config/config.h"

#include <stdarg.h>
#include <stdio.h>

#include "config/keys.h"

enum { VALUE_SHOWN = 120 };	/* bytes of a wrong value in its error */

enum section { SECTION_TOP, SECTION_SOURCE, SECTION_HOLD, SECTIONS };

/* What the parser knows while it goes down the file. */
struct reader {
	struct config       *config;
	struct config_error *error;
	const struct config_help *help;		/* NULL: none */
	unsigned             line;
	enum section         section;
	void                *owner;	/* struct that its keys are fields of */
	unsigned             section_line;
	bool                 seen[KEYS_MAX];	/* rows of the section */
	unsigned             seen_sources;
};

/* The keys of a section. */
struct rows {
	const char *header;
	const struct value_row *row;
	size_t n;
};

static struct rows
rows_of(enum section section)
{
	switch (section) {
	case SECTION_SOURCE:
		return (struct rows){ "[source NAME]", config_source_keys,
		    config_n_source_keys };
	case SECTION_HOLD:
		return (struct rows){ "[hold NAME]", config_hold_keys,
		    config_n_hold_keys };
	default:
		return (struct rows){ NULL, config_keys, config_n_keys };
	}
}

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
	struct rows own = rows_of(r->section);
	const struct value_row *like = r->help == NULL ? NULL
	    : r->help->like(own.row, own.n, key);

	for (enum section s = SECTION_TOP; s < SECTIONS; s++) {
		struct rows rows = rows_of(s);

		if (keys_find(rows.row, rows.n, key) == NULL)
			continue;
		if (rows.header == NULL)
			return fail(r, "%.*s: belongs above the first [source "
			    "NAME] section", TEXT(key));
		return fail(r, "%.*s: belongs below a %s line", TEXT(key),
		    rows.header);
	}
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

		for (const char *p = row->words; *p != '\0' &&
		    n + 3 < sizeof(words); p++) {
			words[n++] = *p == '|' ? ',' : *p;
			if (*p == '|')
				words[n++] = ' ';
		}
		words[n] = '\0';
		return fail(r, "%s = %.*s: must be one of: %s", row->key,
		    TEXT(value), words);
	}
	return r->help == NULL ? fail(r, "%s: not allowed", row->key)
	    : fail(r, "%s = %.*s: must be %s", row->key, TEXT(value),
	    r->help->allowed(row));
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
	struct rows rows = rows_of(r->section);
	const struct value_row *row = keys_find(rows.row, rows.n, key);
	bool *seen;

	if (row == NULL)
		return fail_unknown(r, key);
	seen = &r->seen[row - rows.row];
	if (*seen)
		return fail(r, "%s: set twice%s; keep one of the lines",
		    row->key, rows.header != NULL ? " in this section" : "");
	*seen = true;
	if (value_set(row, r->owner, value) != ST_OK || (r->help != NULL &&
	    r->help->check(row, value) != ST_OK))
		return fail_value(r, row, value);
	return ST_OK;
}

static bool
is_name(struct span name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	for (size_t i = 0; i < name.len; i++)
		if (memchr(allowed, name.ptr[i], sizeof(allowed) - 1) == NULL)
			return false;
	return name.len > 0 &&
	    name.len < sizeof(((struct config_source *)0)->name);
}

static void
begin_section(struct reader *r, enum section section, void *owner)
{
	r->section = section;
	r->owner = owner;
	r->section_line = r->line;
	memset(r->seen, 0, sizeof(r->seen));
}

/* A list without anything on it was meant to hold something. */
static enum status
end_section(struct reader *r)
{
	const struct config_hold *hold = r->owner;

	if (r->section != SECTION_HOLD || hold->codes[0] != '\0')
		return ST_OK;
	r->line = r->section_line;
	return fail(r, "[hold %s]: codes is missing: which examinations?",
	    hold->name);
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
	begin_section(r, SECTION_SOURCE, &c->source[i]);
	return ST_OK;
}

static enum status
open_hold(struct reader *r, struct span name)
{
	struct config *c = r->config;

	for (unsigned i = 0; i < c->n_holds; i++)
		if (span_is(name, c->hold[i].name))
			return fail(r, "[hold %.*s]: there are two sections "
			    "of this name; join them", TEXT(name));
	if (c->n_holds == CONFIG_HOLDS_MAX)
		return fail(r, "[hold %.*s]: at most %d hold sections; put "
		    "several codes into one", TEXT(name), CONFIG_HOLDS_MAX);
	memcpy(c->hold[c->n_holds].name, name.ptr, name.len);
	begin_section(r, SECTION_HOLD, &c->hold[c->n_holds++]);
	return ST_OK;
}

/* "[word NAME]": the name, empty where the line is nothing of the kind. */
static struct span
section_name(struct span line, const char *word)
{
	size_t len = strlen(word);

	if (line.ptr[line.len - 1] != ']' ||
	    !span_is(span_slice(line, 1, len), word))
		return (struct span){ 0 };
	return trim(span_slice(line, len + 1, line.len - len - 2));
}

static enum status
read_section(struct reader *r, struct span line)
{
	struct span source = section_name(line, "source ");
	struct span hold = section_name(line, "hold ");

	TRY(end_section(r));
	if (is_name(source))
		return open_source(r, source);
	if (is_name(hold))
		return open_hold(r, hold);
	return fail(r, "%.*s: a section is [source NAME] or [hold NAME], NAME "
	    "at most 63 of A-Z, a-z, 0-9, dot, hyphen, underscore",
	    TEXT(line));
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
		return fail(r, "%.*s: must be KEY = VALUE, [source NAME], "
		    "[hold NAME] or a # comment", TEXT(line));
	at = (size_t)(equals - line.ptr);
	return read_pair(r, trim(span_slice(line, 0, at)),
	    trim(span_slice(line, at + 1, line.len)));
}

/* See config.h. */
enum status
config_read(struct config *config, struct span text,
    const struct config_help *help, struct config_error *error)
{
	struct reader r = { .config = config, .error = error, .help = help,
	    .owner = config };

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
	return end_section(&r);
}

/* See config.h. */
enum status
config_parse(struct config *config, struct span text, struct config_error *error)
{
	return config_read(config, text, NULL, error);
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
	case ROLE_COURIER:
		return TO_COURIER;
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

/* Sections of a kind, each below its header. */
static enum status
put_section(const char *word, const char *name, const struct rows *rows,
    const void *owner, unsigned roles, struct buf *out)
{
	TRY(buf_append_text(out, word));
	TRY(buf_append_text(out, name));
	TRY(buf_append_text(out, "]\n"));
	return put_rows(rows->row, rows->n, owner, roles, out);
}

/* See config.h. */
enum status
config_slice(const struct config *config, enum role_id role, struct buf *out)
{
	const struct rows source = rows_of(SECTION_SOURCE);
	const struct rows hold = rows_of(SECTION_HOLD);
	unsigned roles = role_bit(role);

	TRY(put_rows(config_keys, config_n_keys, config, roles, out));
	if (roles != TO_INTAKE && roles != TO_SPOOL)
		return ST_OK;
	for (unsigned i = 0; i < config->n_sources; i++)
		TRY(put_section("[source ", config->source[i].name, &source,
		    &config->source[i], roles, out));
	for (unsigned i = 0; roles == TO_INTAKE && i < config->n_holds; i++)
		TRY(put_section("[hold ", config->hold[i].name, &hold,
		    &config->hold[i], roles, out));
	return ST_OK;
}
