#include "desk/options.h"

#include <stddef.h>

enum { EX_USAGE = 64 };	/* as in sysexits(3) */

/* Where a value goes; `max` 0: a flag, without one. */
struct option {
	const char  *name;	/* NULL: the line of TAKES_SECRET_LINE */
	unsigned     taken_by;	/* TAKES_...; 0: by every command */
	size_t       where, max;
	bool         is_private;	/* "-": by a line of standard input */
	enum text_id prompt;
};

#define FLAG(field) offsetof(struct options, field), 0, false, TEXT_COUNT
#define VALUE(field, max) offsetof(struct options, field), max, false, TEXT_COUNT
#define PRIVATE(field, max, prompt) \
	offsetof(struct options, field), max, true, TEXT_PROMPT_##prompt

static const struct option options[] = {
	{ "--json",       0,               FLAG(json) },
	{ "--lab",        TAKES_LAB,       FLAG(lab) },
	{ "--held",       TAKES_HELD,      FLAG(held) },
	{ "--internet",   TAKES_NOTICES,   FLAG(internet) },
	{ "--secret",     TAKES_NOTICES,   FLAG(secret) },
	{ "--card",       TAKES_CARD,      VALUE(card, ARGUMENT_MAX) },
	{ "--biologist",  TAKES_BIOLOGIST, VALUE(biologist, ARGUMENT_MAX) },
	{ "--order",      TAKES_ORDER,     VALUE(order, ARGUMENT_MAX) },
	{ "--language",   TAKES_NOTICES,   VALUE(language, ARGUMENT_MAX) },
	{ "--birth-name", TAKES_ORDER,
	    PRIVATE(birth_name, ARGUMENT_MAX, BIRTH_NAME) },
	{ "--birth-date", TAKES_ORDER,
	    PRIVATE(birth_date, ARGUMENT_MAX, BIRTH_DATE) },
	{ "--phone",      TAKES_NOTICES, PRIVATE(phone, ARGUMENT_MAX, PHONE) },
	{ "--mail",       TAKES_NOTICES, PRIVATE(mail, MAILBOX_BYTES, MAIL) },
	{ NULL,  TAKES_SECRET_LINE, PRIVATE(line, LINE_MAX_BYTES, SECRET) },
};

/* See options.h. */
const char *
options_next(struct span *arguments)
{
	const char *text = (const char *)arguments->ptr;
	const uint8_t *end;

	if (arguments->len == 0)
		return NULL;
	end = memchr(arguments->ptr, 0, arguments->len);
	if (end == NULL)
		return NULL;
	*arguments = span_slice(*arguments,
	    (size_t)(end - arguments->ptr) + 1, arguments->len);
	return text;
}

static bool
refuse(struct session *s, enum text_id id, const char *what)
{
	session_print(s, 2, id, s->command->usage, what, s->command->usage);
	session_finish(s, EX_USAGE);
	return false;
}

static bool
refuse_length(struct session *s, const char *what, size_t max)
{
	session_print(s, 2, TEXT_TOO_LONG, s->command->usage, what,
	    (unsigned)max);
	session_finish(s, EX_USAGE);
	return false;
}

static char *
place(struct session *s, const struct option *o)
{
	return (char *)&s->options + o->where;
}

/* How the option is called in a sentence. */
static const char *
name_of(const struct session *s, const struct option *o)
{
	return o->name != NULL ? o->name
	    : text_in(s->lang, TEXT_THE_SECRET);
}

static bool
keep(struct session *s, const struct option *o, const char *value)
{
	if (strlen(value) > o->max)
		return refuse_length(s, o->is_private ? name_of(s, o) : value,
		    o->max);
	memcpy(place(s, o), value, strlen(value) + 1);
	return true;
}

static bool
is_taken(const struct command *c, const struct option *o)
{
	return o->taken_by == 0 || (c->takes & o->taken_by) != 0;
}

static const struct option *
find(const struct command *c, const char *name)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (options[i].name != NULL
		    && strcmp(options[i].name, name) == 0
		    && is_taken(c, &options[i]))
			return &options[i];
	return NULL;
}

static bool
wait_for(struct session *s, const struct option *o)
{
	if (s->wait.n == COUNT(s->wait.option))
		return refuse(s, TEXT_WRONG_ARGUMENTS, s->command->usage);
	s->wait.option[s->wait.n++] = (uint8_t)(o - options);
	return true;
}

static bool
read_option(struct session *s, const char *name, struct span *arguments)
{
	const struct option *o = find(s->command, name);
	const char *value;

	if (o == NULL)
		return refuse(s, TEXT_UNKNOWN_OPTION, name);
	if (o->max == 0) {
		*(bool *)(void *)place(s, o) = true;
		return true;
	}
	value = options_next(arguments);
	if (value == NULL || *value == '\0')
		return refuse(s, TEXT_OPTION_NEEDS_VALUE, name);
	if (o->is_private && strcmp(value, "-") == 0)
		return wait_for(s, o);
	return keep(s, o, value);
}

static bool
read_operand(struct session *s, const char *value)
{
	if (strlen(value) > ARGUMENT_MAX)
		return refuse_length(s, value, ARGUMENT_MAX);
	memcpy(s->options.operand, value, strlen(value) + 1);
	return true;
}

static bool
read_arguments(struct session *s, struct span arguments)
{
	unsigned operands = 0;
	const char *a;

	while ((a = options_next(&arguments)) != NULL) {
		if (a[0] == '-' && a[1] == '-') {
			if (!read_option(s, a, &arguments))
				return false;
			continue;
		}
		if (++operands > s->command->operands)
			break;
		if (!read_operand(s, a))
			return false;
	}
	if (operands == s->command->operands)
		return true;
	return refuse(s, TEXT_WRONG_ARGUMENTS, s->command->usage);
}

/* Asks for the next line, or has them all. */
static void
go_on(struct session *s)
{
	const struct option *o;

	if (s->wait.next == s->wait.n) {
		s->command->start(s);
		return;
	}
	o = &options[s->wait.option[s->wait.next]];
	session_ask_line(s, o->prompt, o->name == NULL);
}

/* See options.h. */
void
options_start(struct session *s, struct span arguments)
{
	if (!read_arguments(s, arguments))
		return;
	for (size_t i = 0; i < COUNT(options); i++)
		if (options[i].name == NULL && is_taken(s->command, &options[i])
		    && !wait_for(s, &options[i]))
			return;
	go_on(s);
}

/* A header or a command of a protocol must not end inside a value. */
static bool
is_text(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] < ' ' || line.ptr[i] == 0x7f)
			return false;
	return line.len > 0;
}

/* See options.h. */
void
options_line(struct session *s, const struct msg_input *m)
{
	const struct option *o;

	if (s->command == NULL || s->wait.next == s->wait.n)
		return;
	o = &options[s->wait.option[s->wait.next++]];
	if (m->outcome == ST_TOO_BIG || m->line.len > o->max) {
		(void)refuse_length(s, name_of(s, o), o->max);
	} else if (m->outcome != ST_OK) {
		(void)refuse(s, TEXT_LINE_MISSING, name_of(s, o));
	} else if (!is_text(m->line)) {
		(void)refuse(s, TEXT_LINE_INVALID, name_of(s, o));
	} else {
		memcpy(place(s, o), m->line.ptr, m->line.len);
		place(s, o)[m->line.len] = '\0';
		go_on(s);
	}
}
