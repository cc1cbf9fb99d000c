#include "desk/command.h"

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

int
main(void)
{
	test_commands();
	test_refusals();
	test_limits();
	return done_testing();
}
