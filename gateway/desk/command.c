#include "desk/command.h"

#include <stdio.h>

#include "desk/options.h"

enum { EX_USAGE = 64, EX_TEMPFAIL = 75 };	/* as in sysexits(3) */

static void help_start(struct session *s);

static const struct command commands[] = {
	{ "card", "new", "card new [--order NUMBER] "
	    "[--birth-name NAME --birth-date YYYY-MM-DD] [--lab] "
	    "[--internet] [--phone NUMBER] [--mail ADDRESS] "
	    "[--language fr|en] [--secret]",
	    0, TAKES_ORDER | TAKES_LAB | TAKES_NOTICES,
	    { "make a card and print its slip, the only place of the code; "
	      "\"-\" reads a name or an address from standard input",
	      "créer une carte et imprimer son ticket, seul endroit du code ; "
	      "« - » lit un nom ou une adresse sur l'entrée standard" },
	    card_new_start, card_new_answer, 0 },
	{ "card", "list", "card list", 0, 0,
	    { "show the cards: number, state, dates, bundles",
	      "montrer les cartes : numéro, état, dates, dossiers" },
	    card_list_start, card_list_answer, 0 },
	{ "card", "freeze", "card freeze NUMBER", 1, 0,
	    { "block a lost card for ever: its keys are destroyed",
	      "bloquer pour toujours une carte perdue : ses clés sont détruites" },
	    card_freeze_start, card_freeze_answer, 0 },
	{ "card", "call", "card call NUMBER", 1, 0,
	    { "ask the patient of a card to telephone, in neutral words",
	      "demander au patient d'une carte de téléphoner, en mots neutres" },
	    card_call_start, card_call_answer, 0 },
	{ "bundle", "list", "bundle list [--card NUMBER] [--held]", 0,
	    TAKES_CARD | TAKES_HELD,
	    { "show the sealed bundles: state, window, size, reads",
	      "montrer les dossiers scellés : état, fenêtre, taille, lectures" },
	    bundle_list_start, bundle_list_answer, 0 },
	{ "bundle", "release", "bundle release BUNDLE --biologist NAME", 1,
	    TAKES_BIOLOGIST,
	    { "open what the hold list withholds; the name goes on record",
	      "ouvrir un dossier retenu ; le nom du biologiste est consigné" },
	    bundle_release_start, bundle_release_answer, 0 },
	{ "bundle", "revoke", "bundle revoke BUNDLE", 1, 0,
	    { "withdraw a bundle at once",
	      "retirer un dossier immédiatement" },
	    bundle_revoke_start, bundle_revoke_answer, 0 },
	{ "quarantine", "list", "quarantine list", 0, 0,
	    { "show the messages whose patient or card cannot be right",
	      "montrer les messages dont le patient ou la carte ne va pas" },
	    quarantine_list_start, quarantine_list_answer, 0 },
	{ "quarantine", "clear", "quarantine clear NUMBER", 1, 0,
	    { "let the LIS send it again, after somebody has looked",
	      "laisser le SIL le renvoyer, après vérification" },
	    quarantine_clear_start, quarantine_clear_answer, 0 },
	{ "outbox", NULL, "outbox", 0, 0,
	    { "what waits to leave the box, by host: how much, since when, why",
	      "ce qui attend de partir, par hôte : combien, depuis quand, pourquoi" },
	    outbox_start, outbox_answer, 0 },
	{ "drop", "check", "drop check", 0, 0,
	    { "look at the object store: is it as it must be?",
	      "examiner le stockage objet : est-il comme il doit être ?" },
	    drop_check_start, drop_check_answer, EX_TEMPFAIL },
	{ "drop", "init", "drop init", 0, 0,
	    { "the same, and set right what can be",
	      "de même, en réglant ce qui peut l'être" },
	    drop_init_start, drop_check_answer, EX_TEMPFAIL },
	{ "drop", "stop", "drop stop CARD", 1, 0,
	    { "end a card's copy on the internet for ever; the branch's stays",
	      "arrêter pour toujours la copie internet d'une carte ; celle du labo reste" },
	    drop_stop_start, drop_stop_answer, 0 },
	{ "credential", "set", "credential set store|mail|sms", 1,
	    TAKES_SECRET_LINE,
	    { "keep a host's password, read from standard input",
	      "garder le mot de passe d'un hôte, lu sur l'entrée standard" },
	    credential_set_start, credential_set_answer, 0 },
	{ "credential", "clear", "credential clear store|mail|sms", 1, 0,
	    { "erase it", "l'effacer" },
	    credential_clear_start, credential_clear_answer, 0 },
	{ "credential", "list", "credential list", 0, 0,
	    { "which hosts have one, since when; never the value",
	      "quels hôtes en ont un, depuis quand ; jamais la valeur" },
	    credential_list_start, credential_list_answer, 0 },
	{ "alarm", "list", "alarm list", 0, 0,
	    { "what somebody must look at",
	      "ce que quelqu'un doit regarder" },
	    alarm_list_start, alarm_list_answer, 0 },
	{ "alarm", "clear", "alarm clear NUMBER", 1, 0,
	    { "somebody has looked", "quelqu'un a regardé" },
	    alarm_clear_start, alarm_clear_answer, 0 },
	{ "status", NULL, "status", 0, 0,
	    { "how the box is: processes, LIS, bundles, store, audit, time",
	      "l'état du boîtier : processus, SIL, dossiers, stockage, audit, heure" },
	    status_start, status_answer, 0 },
	{ "audit", "list", "audit list", 0, 0,
	    { "print the audit records, one JSON line each",
	      "écrire les enregistrements d'audit, une ligne JSON chacun" },
	    audit_list_start, audit_list_answer, 0 },
	{ "audit", "verify", "audit verify", 0, 0,
	    { "recompute the tree over all records and compare its root",
	      "recalculer l'arbre de tous les enregistrements et comparer sa racine" },
	    audit_verify_start, audit_verify_answer, 0 },
	{ "help", NULL, "help", 0, 0,
	    { "this list", "cette liste" }, help_start, NULL, 0 },
};

static void
help_start(struct session *s)
{
	char line[512];

	session_print(s, 1, TEXT_HELP_TITLE);
	for (size_t i = 0; i < COUNT(commands); i++) {
		const struct command *c = &commands[i];

		/* A long usage pushes its explanation to a line of its own. */
		snprintf(line, sizeof(line), strlen(c->usage) > 36
		    ? "  guichet %s\n%45s %s\n" : "  guichet %-36s%s %s\n",
		    c->usage, "", c->help[s->lang]);
		session_write(s, span_of(line));
	}
	session_print(s, 1, TEXT_HELP_INTAKE);	/* not the desk's to answer */
	session_print(s, 1, TEXT_HELP_OPTIONS);
	session_finish(s, 0);
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

/* See command.h. */
void
command_start(struct session *s, struct span arguments)
{
	const char *noun, *verb;
	struct span rest;

	while ((noun = options_next(&arguments)) != NULL && same(noun, "--json"))
		s->options.json = true;
	if (noun == NULL || same(noun, "--help") || same(noun, "-h"))
		noun = "help";
	rest = arguments;
	verb = options_next(&rest);
	s->command = find(noun, verb);
	if (s->command == NULL) {
		session_print(s, 2, TEXT_NO_SUCH_COMMAND, noun);
		session_finish(s, EX_USAGE);
		return;
	}
	if (s->command->verb != NULL)
		arguments = rest;
	options_start(s, arguments);
}
