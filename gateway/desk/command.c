#include "desk/command.h"

#include <stdio.h>

enum { EX_USAGE = 64 };	/* as in sysexits(3) */

static void help_start(struct session *s);

static const struct command commands[] = {
	{ "card", "new", "card new [--order NUMBER] "
	    "[--birth-name NAME --birth-date YYYY-MM-DD] [--lab]",
	    0, true, true, false,
	    { "make a card and print its slip, the only place of the code",
	      "créer une carte et imprimer son ticket, seul endroit du code" },
	    card_new_start, card_new_answer },
	{ "card", "list", "card list", 0, false, false, false,
	    { "show the cards: number, state, dates, bundles",
	      "montrer les cartes : numéro, état, dates, dossiers" },
	    card_list_start, card_list_answer },
	{ "card", "freeze", "card freeze NUMBER", 1, false, false, false,
	    { "block a lost card for ever: its keys are destroyed",
	      "bloquer pour toujours une carte perdue : ses clés sont détruites" },
	    card_freeze_start, card_freeze_answer },
	{ "bundle", "list", "bundle list [--card NUMBER] [--held]", 0, false, false, true,
	    { "show the sealed bundles: state, window, size, reads",
	      "montrer les dossiers scellés : état, fenêtre, taille, lectures" },
	    bundle_list_start, bundle_list_answer },
	{ "bundle", "release", "bundle release BUNDLE --biologist NAME", 1, false, false, false,
	    { "open what the hold list withholds; the name goes on record",
	      "ouvrir un dossier retenu ; le nom du biologiste est consigné" },
	    bundle_release_start, bundle_release_answer },
	{ "bundle", "revoke", "bundle revoke BUNDLE", 1, false, false, false,
	    { "withdraw a bundle at once",
	      "retirer un dossier immédiatement" },
	    bundle_revoke_start, bundle_revoke_answer },
	{ "quarantine", "list", "quarantine list", 0, false, false, false,
	    { "show the messages whose patient or card cannot be right",
	      "montrer les messages dont le patient ou la carte ne va pas" },
	    quarantine_list_start, quarantine_list_answer },
	{ "quarantine", "clear", "quarantine clear NUMBER", 1, false, false, false,
	    { "let the LIS send it again, after somebody has looked",
	      "laisser le SIL le renvoyer, après vérification" },
	    quarantine_clear_start, quarantine_clear_answer },
	{ "status", NULL, "status", 0, false, false, false,
	    { "how the box is: processes, LIS, bundles, store, audit, time",
	      "l'état du boîtier : processus, SIL, dossiers, stockage, audit, heure" },
	    status_start, status_answer },
	{ "audit", "list", "audit list", 0, false, false, false,
	    { "print the audit records, one JSON line each",
	      "écrire les enregistrements d'audit, une ligne JSON chacun" },
	    audit_list_start, audit_list_answer },
	{ "audit", "verify", "audit verify", 0, false, false, false,
	    { "recompute the tree over all records and compare its root",
	      "recalculer l'arbre de tous les enregistrements et comparer sa racine" },
	    audit_verify_start, audit_verify_answer },
	{ "help", NULL, "help", 0, false, false, false,
	    { "this list", "cette liste" }, help_start, NULL },
};

static void
help_start(struct session *s)
{
	char line[256];

	session_print(s, 1, TEXT_HELP_TITLE);
	for (size_t i = 0; i < COUNT(commands); i++) {
		snprintf(line, sizeof(line), "  guichet %-36s %s\n",
		    commands[i].usage, commands[i].help[s->lang]);
		session_write(s, span_of(line));
	}
	session_print(s, 1, TEXT_HELP_INTAKE);	/* not the desk's to answer */
	session_print(s, 1, TEXT_HELP_OPTIONS);
	session_finish(s, 0);
}

/* The next NUL-ended argument, or NULL at the end. */
static const char *
next_argument(struct span *arguments)
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
same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static const struct command *
find(const char *noun, const char *verb)
{
	for (size_t i = 0; i < COUNT(commands); i++) {
		const struct command *c = &commands[i];

		if (!same(c->noun, noun))
			continue;
		if (c->verb == NULL || (verb != NULL && same(c->verb, verb)))
			return c;
	}
	return NULL;
}

static bool
refuse(struct session *s, enum text_id id, const char *what)
{
	session_print(s, 2, id, s->command->usage, what, s->command->usage);
	session_finish(s, EX_USAGE);
	return false;
}

/* Copies `value` into an option; says so where it is too long. */
static bool
keep(struct session *s, char *where, const char *value)
{
	if (strlen(value) > ARGUMENT_MAX) {
		session_print(s, 2, TEXT_TOO_LONG, s->command->usage, value,
		    (unsigned)ARGUMENT_MAX);
		session_finish(s, EX_USAGE);
		return false;
	}
	memcpy(where, value, strlen(value) + 1);
	return true;
}

/* One option with a value; `where` NULL: the command does not take it. */
static bool
read_valued(struct session *s, const char *option, char *where,
    struct span *arguments)
{
	const char *value;

	if (where == NULL)
		return refuse(s, TEXT_UNKNOWN_OPTION, option);
	value = next_argument(arguments);
	if (value == NULL || *value == '\0')
		return refuse(s, TEXT_OPTION_NEEDS_VALUE, option);
	return keep(s, where, value);
}

static bool
read_option(struct session *s, const char *option, struct span *arguments)
{
	const struct command *c = s->command;

	if (same(option, "--json")) {
		s->options.json = true;
		return true;
	}
	if (same(option, "--lab") && c->takes_lab) {
		s->options.lab = true;
		return true;
	}
	if (same(option, "--held") && c->start == bundle_list_start) {
		s->options.held = true;
		return true;
	}
	if (same(option, "--biologist"))
		return read_valued(s, option, c->start == bundle_release_start
		    ? s->options.biologist : NULL, arguments);
	if (same(option, "--order"))
		return read_valued(s, option,
		    c->takes_order ? s->options.order : NULL, arguments);
	if (same(option, "--birth-name"))
		return read_valued(s, option,
		    c->takes_order ? s->options.birth_name : NULL, arguments);
	if (same(option, "--birth-date"))
		return read_valued(s, option,
		    c->takes_order ? s->options.birth_date : NULL, arguments);
	if (same(option, "--card"))
		return read_valued(s, option,
		    c->takes_card ? s->options.card : NULL, arguments);
	return refuse(s, TEXT_UNKNOWN_OPTION, option);
}

static bool
read_arguments(struct session *s, struct span arguments)
{
	unsigned operands = 0;
	const char *a;

	while ((a = next_argument(&arguments)) != NULL) {
		if (a[0] == '-' && a[1] == '-') {
			if (!read_option(s, a, &arguments))
				return false;
			continue;
		}
		if (++operands > s->command->operands)
			break;
		if (!keep(s, s->options.operand, a))
			return false;
	}
	if (operands == s->command->operands)
		return true;
	session_print(s, 2, TEXT_WRONG_ARGUMENTS, s->command->usage,
	    s->command->usage);
	session_finish(s, EX_USAGE);
	return false;
}

/* See command.h. */
void
command_start(struct session *s, struct span arguments)
{
	const char *noun, *verb;
	struct span rest;

	while ((noun = next_argument(&arguments)) != NULL && same(noun, "--json"))
		s->options.json = true;
	if (noun == NULL || same(noun, "--help") || same(noun, "-h"))
		noun = "help";
	rest = arguments;
	verb = next_argument(&rest);
	s->command = find(noun, verb);
	if (s->command == NULL) {
		session_print(s, 2, TEXT_NO_SUCH_COMMAND, noun);
		session_finish(s, EX_USAGE);
		return;
	}
	if (s->command->verb != NULL)
		arguments = rest;
	if (read_arguments(s, arguments))
		s->command->start(s);
}
