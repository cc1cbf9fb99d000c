#include "desk/command.h"

#include "desk/options.h"

#include "session_fake.h"
#include "tap.h"

static struct session session;

/* Runs a command line given as one literal with \0 after each argument. */
#define run(line) run_bytes((line), sizeof(line) - 1)

static void
run_bytes(const char *line, size_t len)
{
	session = (struct session){ 0 };
	session_fake = (struct session_fake){ .finished = -1 };
	command_start(&session, (struct span){ (const uint8_t *)line, len });
}

static int
started(const char *name)
{
	return session_fake.started != NULL && session_fake.finished == -1 &&
	    strcmp(session_fake.started, name) == 0;
}

static int
refused(enum text_id why)
{
	return session_fake.started == NULL && session_fake.printed == why &&
	    session_fake.finished == 64;
}

static void
test_commands(void)
{
	run("card\0new\0");
	ok(started("card_new"), "card new");
	run("card\0new\0--order\0A-17\0--json\0");
	ok(started("card_new") && session.options.json &&
	    strcmp(session.options.order, "A-17") == 0, "with its options");
	run("card\0new\0--birth-name\0DUPONT\0--birth-date\0" "1979-03-28\0");
	ok(started("card_new") && strcmp(session.options.birth_name, "DUPONT")
	    == 0 && strcmp(session.options.birth_date, "1979-03-28") == 0,
	    "R28 the traits of whose order it is");
	run("--json\0status\0");
	ok(started("status") && session.options.json, "--json may stand first");
	run("card\0freeze\0K7QF-M2XW-9D4\0");
	ok(started("card_freeze") &&
	    strcmp(session.options.operand, "K7QF-M2XW-9D4") == 0, "an operand");
	run("bundle\0release\0AAAAAAAAAAAAAAAAAAAAAA\0--biologist\0Dr Anne Martin\0");
	ok(started("bundle_release") && strcmp(session.options.biologist,
	    "Dr Anne Martin") == 0, "R31 bundle release takes a name");
	run("bundle\0list\0--held\0");
	ok(started("bundle_list") && session.options.held, "bundle list --held");
	run("quarantine\0clear\0""7\0");
	ok(started("quarantine_clear"), "R33 quarantine clear");
	run("outbox\0--json\0");
	ok(started("outbox") && session.options.json, "outbox --json");
	run("drop\0check\0");
	ok(started("drop_check"), "drop check");
	run("drop\0init\0");
	ok(started("drop_init"), "drop init");
	run("drop\0stop\0K7QF-M2XW-9D4\0");
	ok(started("drop_stop"), "drop stop");
	run("credential\0list\0");
	ok(started("credential_list"), "credential list");
	run("credential\0clear\0sms\0");
	ok(started("credential_clear") && session_fake.lines_asked == 0,
	    "credential clear wants no line");
	run("alarm\0list\0");
	ok(started("alarm_list"), "alarm list");
	run("alarm\0clear\0""3\0");
	ok(started("alarm_clear"), "alarm clear");
	run("card\0call\0K7QF-M2XW-9D4\0");
	ok(started("card_call"), "card call");
	run("help\0");
	ok(session_fake.finished == 0, "help ends with 0");
	run("");
	ok(session_fake.finished == 0, "nothing at all is help");
}

static void
test_refusals(void)
{
	run("card\0");
	ok(refused(TEXT_NO_SUCH_COMMAND), "half a command");
	run("cards\0");
	ok(refused(TEXT_NO_SUCH_COMMAND), "an unknown word");
	run("card\0list\0--lab\0");
	ok(refused(TEXT_UNKNOWN_OPTION), "another command's option");
	run("bundle\0revoke\0A\0--biologist\0B\0");
	ok(refused(TEXT_UNKNOWN_OPTION), "also with a value");
	run("card\0list\0--birth-name\0DUPONT\0");
	ok(refused(TEXT_UNKNOWN_OPTION), "R28 traits where no card is made");
	run("card\0new\0--order\0");
	ok(refused(TEXT_OPTION_NEEDS_VALUE), "an option without its value");
	run("card\0freeze\0");
	ok(refused(TEXT_WRONG_ARGUMENTS), "an operand is missing");
	run("card\0freeze\0A\0B\0");
	ok(refused(TEXT_WRONG_ARGUMENTS), "an operand too many");
}

static void
test_limits(void)
{
	char line[512] = "card\0new\0--order\0";

	memset(line + 17, 'A', ARGUMENT_MAX + 1);
	run_bytes(line, 17 + ARGUMENT_MAX + 2);
	ok(refused(TEXT_TOO_LONG), "an order over %d characters", ARGUMENT_MAX);
	run_bytes("card", 4);
	ok(session_fake.started == NULL, "an argument without its NUL");
}

/* --- values that come by standard input -------------------------------------- */

static void
line(enum status outcome, const char *text)
{
	const struct msg_input m = { .outcome = outcome,
	    .line = span_of(text) };

	options_line(&session, &m);
}

static void
test_card_for_the_internet(void)
{
	run("card\0new\0--internet\0--phone\0""0612345678\0--mail\0a@b.fr\0"
	    "--language\0en\0");
	ok(started("card_new") && session.options.internet &&
	    strcmp(session.options.phone, "0612345678") == 0 &&
	    strcmp(session.options.mail, "a@b.fr") == 0 &&
	    strcmp(session.options.language, "en") == 0, "as arguments");
	run("card\0new\0");
	ok(started("card_new") && !session.options.internet &&
	    !session.options.secret && session.options.phone[0] == '\0',
	    "A13 nothing of it unless it was asked for");
	run("card\0new\0--secret\0");
	ok(started("card_new") && session.options.secret, "--secret");
	run("card\0list\0--phone\0""0612345678\0");
	ok(refused(TEXT_UNKNOWN_OPTION), "another command takes no phone");
}

static void
test_lines_in_order(void)
{
	run("card\0new\0--birth-name\0-\0--birth-date\0""1979-03-28\0"
	    "--phone\0-\0--mail\0-\0");
	ok(session_fake.started == NULL && session_fake.lines_asked == 1 &&
	    session_fake.asked_line == TEXT_PROMPT_BIRTH_NAME &&
	    !session_fake.is_secret, "the first line is asked for");
	line(ST_OK, "DUPONT");
	ok(session_fake.started == NULL && session_fake.lines_asked == 2 &&
	    session_fake.asked_line == TEXT_PROMPT_PHONE, "then the second");
	line(ST_OK, "0612345678");
	line(ST_OK, "a@b.fr");
	ok(started("card_new") && session_fake.lines_asked == 3 &&
	    strcmp(session.options.birth_name, "DUPONT") == 0 &&
	    strcmp(session.options.phone, "0612345678") == 0 &&
	    strcmp(session.options.mail, "a@b.fr") == 0,
	    "and the command starts when it has them all");
	line(ST_OK, "another");
	ok(session_fake.lines_asked == 3 && strcmp(session.options.mail,
	    "a@b.fr") == 0, "a line that nobody asked for changes nothing");
}

static void
test_secret_line(void)
{
	run("credential\0set\0store\0");
	ok(session_fake.started == NULL && session_fake.is_secret &&
	    session_fake.asked_line == TEXT_PROMPT_SECRET,
	    "a password is asked for without echo");
	line(ST_OK, "hunter2");
	ok(started("credential_set") && strcmp(session.options.line,
	    "hunter2") == 0 && strcmp(session.options.operand, "store") == 0,
	    "and never stands in an argument");
	run("credential\0set\0store\0hunter2\0");
	ok(refused(TEXT_WRONG_ARGUMENTS) && session_fake.lines_asked == 0,
	    "where it does, it is refused");
	run("card\0new\0--order\0-\0");
	ok(started("card_new") && strcmp(session.options.order, "-") == 0,
	    "of what is not private \"-\" is a value");
}

static void
test_bad_lines(void)
{
	static char longer[ARGUMENT_MAX + 2];

	memset(longer, '1', sizeof(longer) - 1);
	run("credential\0set\0store\0");
	line(ST_NOT_FOUND, "");
	ok(refused(TEXT_LINE_MISSING), "standard input has ended");
	run("credential\0set\0store\0");
	line(ST_OK, "");
	ok(refused(TEXT_LINE_INVALID), "an empty line erases nothing");
	run("credential\0set\0store\0");
	line(ST_OK, "a\tb");
	ok(refused(TEXT_LINE_INVALID), "a control character");
	run("credential\0set\0store\0");
	options_line(&session, &(struct msg_input){ .line = {
	    (const uint8_t *)"a\0b", 3 } });
	ok(refused(TEXT_LINE_INVALID), "a NUL");
	run("credential\0set\0store\0");
	line(ST_TOO_BIG, "");
	ok(refused(TEXT_TOO_LONG), "a line over %d bytes", LINE_MAX_BYTES);
	run("card\0new\0--phone\0-\0");
	line(ST_OK, longer);
	ok(refused(TEXT_TOO_LONG), "or over what the option takes");
}

int
main(void)
{
	test_commands();
	test_card_for_the_internet();
	test_lines_in_order();
	test_secret_line();
	test_bad_lines();
	test_refusals();
	test_limits();
	return done_testing();
}
